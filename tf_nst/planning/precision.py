"""Which compute dtype and compiler suit a device. One table; to add a device, add its row."""

import os
import platform
from typing import Any, NamedTuple

import tensorflow as tf


class Precision(NamedTuple):
    """The dtype of the extractor, and whether XLA compiles the step."""

    dtype: str
    xla: bool


# Moments, losses, image and optimiser are float32 everywhere. On a CPU XLA calls slower
# convolutions than TensorFlow's own, in bfloat16 almost four times slower.
PRECISIONS = {
    "TPU": Precision("bfloat16", xla=True),
    "GPU with bfloat16": Precision("bfloat16", xla=True),
    "GPU": Precision("float32", xla=True),
    "CPU with bfloat16": Precision("bfloat16", xla=False),
    "CPU": Precision("float32", xla=False),
}

# Instructions that multiply bfloat16 faster than float32, as Linux names them, and whose. Intel's
# cores do avx512_bf16 at half the rate of their float32 products: a 3x3 convolution of 256 channels
# ran at 157 GFLOP/s in bfloat16 and at 165 in float32 on two cores of a Xeon without AMX.
_FAST_BFLOAT16 = (("amx_bf16", ""), ("avx512_bf16", "AuthenticAMD"))


# Instructions by which TensorFlow decides for oneDNN, as Linux names them.
_ONEDNN = ("avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16")


def convolution_library() -> str:
    """What TensorFlow convolves with on this processor: "oneDNN", or "Eigen" by default."""
    setting = os.environ.get("TF_ENABLE_ONEDNN_OPTS", "")
    if setting in ("0", "1"):
        return "oneDNN" if setting == "1" else "Eigen"
    return "oneDNN" if set(_ONEDNN) & set(_cpu_field("flags").split()) else "Eigen"


def device_kind(device: str) -> str:
    """The row of PRECISIONS that fits a "CPU", "GPU" or "TPU" of this machine."""
    if device == "GPU":
        capability = _gpu_details().get("compute_capability", (0, 0))
        return "GPU with bfloat16" if capability >= (8, 0) else "GPU"
    if device == "CPU":
        return "CPU with bfloat16" if _cpu_has_bfloat16() else "CPU"
    return device


def device_name(device: str, count: int = 1) -> str:
    """For a person, such as `CPU (AMD EPYC, 2 cores)` or `2 × GPU (NVIDIA L4)`."""
    name = device
    if device == "GPU":
        name = f"GPU ({_gpu_details().get('device_name', 'unnamed')})"
    if device == "CPU":
        model = _cpu_field("model name") or platform.processor() or "unnamed"
        name = f"CPU ({model}, {os.cpu_count()} cores)"
    return name if count == 1 else f"{count} × {name}"


def choose_precision(precision: str, xla: str, device: str) -> Precision:
    """The precision for --precision (auto, float32, bfloat16) and --xla (auto, on, off)."""
    best = PRECISIONS[device_kind(device)]
    return Precision(
        best.dtype if precision == "auto" else precision,
        best.xla if xla == "auto" else xla == "on",
    )


def _gpu_details() -> dict[str, Any]:
    first = tf.config.list_physical_devices("GPU")[0]
    details: dict[str, Any] = tf.config.experimental.get_device_details(first)
    return details


def _cpu_has_bfloat16() -> bool:
    flags, vendor = _cpu_field("flags").split(), _cpu_field("vendor_id")
    return any(flag in flags and whose in (vendor, "") for flag, whose in _FAST_BFLOAT16)


def _cpu_field(name: str) -> str:
    """A field of the first processor in /proc/cpuinfo; empty where there is no such file."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return ""
