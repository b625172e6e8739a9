"""Which dtype and compiler suit a device."""

import io

import pytest
import tensorflow as tf

from tf_nst import config
from tf_nst.engine import precision
from tf_nst.engine.precision import PRECISIONS, Precision, choose_precision, device_kind


def on_devices(monkeypatch, *, gpu=None, tpu=False, cpu_flags="", vendor="GenuineIntel"):
    """A machine with these devices; `gpu` is its compute capability."""
    gpus = [] if gpu is None else [tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")]
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind=None: gpus if kind == "GPU" else []
    )
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["TPU"] if tpu else [])
    monkeypatch.setattr(
        tf.config.experimental,
        "get_device_details",
        lambda device: {"device_name": "Model 3", "compute_capability": gpu},
    )
    lines = (
        f"processor : 0\nvendor_id\t: {vendor}\nmodel name\t: Some CPU\n"
        f"flags\t\t: fpu {cpu_flags}\n\nflags : amx_bf16"
    )
    monkeypatch.setattr("builtins.open", lambda *_, **__: io.StringIO(lines))


@pytest.mark.parametrize(
    ("devices", "kind"),
    [
        ({}, "CPU"),
        ({"cpu_flags": "avx2 avx512f"}, "CPU"),
        ({"cpu_flags": "avx512_bf16", "vendor": "AuthenticAMD"}, "CPU with bfloat16"),
        ({"cpu_flags": "avx512f avx512_bf16 amx_tile"}, "CPU"),
        ({"cpu_flags": "amx_bf16 amx_tile"}, "CPU with bfloat16"),
        ({"gpu": (7, 5), "cpu_flags": "amx_bf16"}, "GPU"),
        ({"gpu": (8, 0)}, "GPU with bfloat16"),
        ({"gpu": (9, 0)}, "GPU with bfloat16"),
        ({"gpu": (12, 0)}, "GPU with bfloat16"),
        ({"tpu": True, "cpu_flags": "amx_bf16"}, "TPU"),
    ],
)
def test_the_kind_of_device(monkeypatch, devices, kind):
    on_devices(monkeypatch, **devices)
    assert device_kind() == kind


def test_a_machine_without_cpuinfo_is_a_plain_cpu(monkeypatch):
    on_devices(monkeypatch)

    def no_file(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", no_file)
    assert device_kind() == "CPU"
    assert precision.device_name().startswith("CPU (unnamed, ")


@pytest.mark.parametrize(
    ("devices", "name"),
    [({}, "CPU (Some CPU, "), ({"gpu": (8, 0)}, "GPU (Model 3)"), ({"tpu": True}, "TPU")],
)
def test_the_name_is_for_a_person(monkeypatch, devices, name):
    on_devices(monkeypatch, **devices)
    assert precision.device_name().startswith(name)


@pytest.mark.parametrize("kind", PRECISIONS)
def test_auto_is_the_row_of_the_device(monkeypatch, kind):
    monkeypatch.setattr(precision, "device_kind", lambda: kind)
    assert choose_precision("auto", "auto") == PRECISIONS[kind]


@pytest.mark.parametrize("kind", PRECISIONS)
def test_what_is_asked_for_is_taken_on_every_device(monkeypatch, kind):
    monkeypatch.setattr(precision, "device_kind", lambda: kind)
    assert choose_precision("float32", "on") == Precision("float32", xla=True)
    assert choose_precision("bfloat16", "off") == Precision("bfloat16", xla=False)
    assert choose_precision("float32", "auto").xla == PRECISIONS[kind].xla
    assert choose_precision("auto", "on").dtype == PRECISIONS[kind].dtype


def test_no_cpu_takes_xla_and_every_accelerator_does():
    for kind, row in PRECISIONS.items():
        assert row.xla == (not kind.startswith("CPU"))


def test_every_dtype_of_the_table_is_a_choice():
    assert {row.dtype for row in PRECISIONS.values()} <= set(config.PRECISIONS)
