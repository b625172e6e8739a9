"""What an accelerator decides."""

import pytest
import tensorflow as tf

from tf_nst.ops import accelerators


@pytest.fixture
def machine(monkeypatch):
    """A machine with devices of these kinds."""

    def make(*kinds: str) -> None:
        monkeypatch.setattr(
            tf.config, "list_logical_devices", lambda kind: [kind] * (kind in kinds)
        )
        monkeypatch.setattr(accelerators, "accelerator", accelerators.accelerator.__wrapped__)

    return make


@pytest.mark.parametrize(
    ("kinds", "kind", "decomposes", "wide"),
    [
        (("CPU",), "", True, tf.float64),
        (("CPU", "GPU"), "GPU", False, tf.float64),
        (("CPU", "TPU"), "TPU", False, tf.float32),
    ],
    ids=str,
)
def test_accelerators_multiply_and_a_tpu_has_no_float64(machine, kinds, kind, decomposes, wide):
    machine(*kinds)
    assert accelerators.accelerator() == kind
    assert accelerators.decomposes() is decomposes
    assert accelerators.wide_dtype() == wide
