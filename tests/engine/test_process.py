"""What the process is told, with a stand-in for the GPU."""

import pytest
import tensorflow as tf

from tf_nst.engine import process
from tf_nst.planning.precision import PRECISIONS


@pytest.fixture
def calls(monkeypatch):
    """What was set of two GPUs and of the process, in order."""
    gpus = [tf.config.PhysicalDevice(f"/physical_device:GPU:{index}", "GPU") for index in (0, 1)]
    recorded = []
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
    monkeypatch.setattr(
        tf.config.experimental,
        "set_memory_growth",
        lambda gpu, enable: recorded.append((gpu.name[-5:], "growth", enable)),
    )
    monkeypatch.setattr(
        tf.config,
        "set_logical_device_configuration",
        lambda gpu, parts: recorded.append((gpu.name[-5:], [part.memory_limit for part in parts])),
    )
    monkeypatch.setattr(
        tf.config.experimental, "enable_op_determinism", lambda: recorded.append("deterministic")
    )
    return recorded


def test_memory_grows_with_what_is_used(calls):
    process.configure_process(0.0, deterministic=False)
    assert calls == [("GPU:0", "growth", True), ("GPU:1", "growth", True)]


def test_memory_is_the_limit_of_each_gpus_allocator(calls):
    """In units of 2^20 bytes."""
    process.configure_process(2.097152, deterministic=False)
    assert calls == [("GPU:0", [pytest.approx(2000)]), ("GPU:1", [pytest.approx(2000)])]


def test_deterministic_operations_are_asked_for(calls):
    process.configure_process(0.0, deterministic=True)
    assert calls[0] == "deterministic"


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
def test_gpus_in_use_stay_as_they_are(calls, monkeypatch, error):
    def refuse(gpu, enable):
        raise error("Physical devices cannot be modified after being initialized")

    monkeypatch.setattr(tf.config.experimental, "set_memory_growth", refuse)
    process.configure_process(0.0, deterministic=False)


def test_float32_is_float32_wherever_it_runs(calls):
    """TensorFlow lets a GPU multiply with 10 of its 23 bits of fraction unless told otherwise."""
    tf.config.experimental.enable_tensor_float_32_execution(True)
    process.configure_process(0.0, deterministic=False)
    assert not tf.config.experimental.tensor_float_32_execution_enabled()


def test_no_device_takes_float16():
    """Its sums overflow."""
    assert {row.dtype for row in PRECISIONS.values()} == {"float32", "bfloat16"}
