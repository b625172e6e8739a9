"""Which compute dtype and compiler suit a device. One table; to add a device, add its row."""

import os
from typing import NamedTuple

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


def device_kind() -> str:
    """The row of PRECISIONS that fits the device on which TensorFlow places the step."""
    if tf.config.list_logical_devices("TPU"):
        return "TPU"
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        capability = details.get("compute_capability", (0, 0))
        return "GPU with bfloat16" if capability >= (8, 0) else "GPU"
    return "CPU with bfloat16" if _cpu_has_bfloat16() else "CPU"


def device_name() -> str:
    """For a person, such as `CPU (AMD EPYC, 2 cores)`."""
    kind = device_kind()
    if kind == "TPU":
        return kind
    if kind.startswith("GPU"):
        gpu = tf.config.list_physical_devices("GPU")[0]
        details = tf.config.experimental.get_device_details(gpu)
        return f"GPU ({details.get('device_name', gpu.name)})"
    return f"CPU ({_cpu_field('model name') or 'unnamed'}, {os.cpu_count()} cores)"


def choose_precision(precision: str, xla: str) -> Precision:
    """The precision for --precision (auto, float32, bfloat16) and --xla (auto, on, off)."""
    best = PRECISIONS[device_kind()]
    return Precision(
        best.dtype if precision == "auto" else precision,
        best.xla if xla == "auto" else xla == "on",
    )


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
