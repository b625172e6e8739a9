"""Which dtype and compiler suit a device."""

import io

import pytest
import tensorflow as tf

from tf_nst import config
from tf_nst.planning import precision
from tf_nst.planning.precision import (
    PRECISIONS,
    Precision,
    choose_precision,
    convolution_library,
    device_kind,
    device_name,
)


def on_devices(monkeypatch, *, gpu=(0, 0), cpu_flags="", vendor="GenuineIntel"):
    """A machine with such a CPU and a GPU of this compute capability."""
    gpus = [tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: gpus)
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
    ("device", "details", "kind"),
    [
        ("CPU", {}, "CPU"),
        ("CPU", {"cpu_flags": "avx2 avx512f"}, "CPU"),
        ("CPU", {"cpu_flags": "avx512_bf16", "vendor": "AuthenticAMD"}, "CPU with bfloat16"),
        ("CPU", {"cpu_flags": "avx512f avx512_bf16 amx_tile"}, "CPU"),
        ("CPU", {"cpu_flags": "amx_bf16 amx_tile"}, "CPU with bfloat16"),
        ("CPU", {"gpu": (8, 0)}, "CPU"),
        ("GPU", {"gpu": (7, 5), "cpu_flags": "amx_bf16"}, "GPU"),
        ("GPU", {"gpu": (8, 0)}, "GPU with bfloat16"),
        ("GPU", {"gpu": (9, 0)}, "GPU with bfloat16"),
        ("GPU", {"gpu": (12, 0)}, "GPU with bfloat16"),
        ("TPU", {"gpu": (7, 5), "cpu_flags": "amx_bf16"}, "TPU"),
    ],
)
def test_the_kind_of_device(monkeypatch, device, details, kind):
    on_devices(monkeypatch, **details)
    assert device_kind(device) == kind


def test_a_machine_without_cpuinfo_is_a_plain_cpu(monkeypatch):
    on_devices(monkeypatch)

    def no_file(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", no_file)
    assert device_kind("CPU") == "CPU"
    monkeypatch.setattr(precision.platform, "processor", lambda: "")
    assert device_name("CPU").startswith("CPU (unnamed, ")
    monkeypatch.setattr(precision.platform, "processor", lambda: "arm")
    assert device_name("CPU").startswith("CPU (arm, ")


@pytest.mark.parametrize(
    ("device", "name"), [("CPU", "CPU (Some CPU, "), ("GPU", "GPU (Model 3)"), ("TPU", "TPU")]
)
def test_the_name_is_for_a_person(monkeypatch, device, name):
    on_devices(monkeypatch)
    assert device_name(device).startswith(name)
    assert device_name(device, 4).startswith(f"4 × {name}")


@pytest.mark.parametrize("kind", PRECISIONS)
def test_auto_is_the_row_of_the_device(monkeypatch, kind):
    monkeypatch.setattr(precision, "device_kind", {"CPU": kind}.get)
    assert choose_precision("auto", "auto", "CPU") == PRECISIONS[kind]


@pytest.mark.parametrize("kind", PRECISIONS)
def test_what_is_asked_for_is_taken_on_every_device(monkeypatch, kind):
    monkeypatch.setattr(precision, "device_kind", {"CPU": kind}.get)
    assert choose_precision("float32", "on", "CPU") == Precision("float32", xla=True)
    assert choose_precision("bfloat16", "off", "CPU") == Precision("bfloat16", xla=False)
    assert choose_precision("float32", "auto", "CPU").xla == PRECISIONS[kind].xla
    assert choose_precision("auto", "on", "CPU").dtype == PRECISIONS[kind].dtype


def test_no_cpu_takes_xla_and_every_accelerator_does():
    for kind, row in PRECISIONS.items():
        assert row.xla == (not kind.startswith("CPU"))


def test_every_dtype_of_the_table_is_a_choice():
    assert {row.dtype for row in PRECISIONS.values()} <= set(config.PRECISIONS)


@pytest.mark.parametrize(
    ("flags", "setting", "library"),
    [
        ("avx2 fma", None, "Eigen"),
        ("avx2 avx512f", None, "Eigen"),
        ("avx512f avx512_vnni", None, "oneDNN"),
        ("amx_bf16 amx_tile", None, "oneDNN"),
        ("avx512_vnni", "0", "Eigen"),
        ("avx2", "1", "oneDNN"),
    ],
)
def test_the_library_that_convolves(monkeypatch, flags, setting, library):
    """TensorFlow's own rule, and its environment variable."""
    on_devices(monkeypatch, cpu_flags=flags)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    if setting is not None:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", setting)
    assert convolution_library() == library
