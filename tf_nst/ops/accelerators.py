"""What this process's accelerator can do, which decides between two ways to compute the same."""

import functools

import tensorflow as tf


@functools.cache
def accelerator() -> str:
    """ "TPU" or "GPU" where TensorFlow has one, else an empty string."""
    kinds = (kind for kind in ("TPU", "GPU") if tf.config.list_logical_devices(kind))
    return next(kinds, "")


def wide_dtype() -> tf.DType:
    """What float32 numbers are added up in where rounding counts: float64.

    float32 on a TPU, which has no float64 and would emulate each operation by a dozen others.
    """
    return tf.float32 if accelerator() == "TPU" else tf.float64


def decomposes() -> bool:
    """Whether matrices are decomposed quickly: accelerators multiply much faster."""
    return not accelerator()
