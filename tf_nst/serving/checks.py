"""Refusals inside a graph: a request that fails them is answered with INVALID_ARGUMENT."""

import tensorflow as tf


def require(value: tf.Tensor, condition: tf.Tensor, *message: str | int | tf.Tensor) -> tf.Tensor:
    """`value`, whose use fails where `condition` [] bool is false.

    Args:
      message: parts of one plain line: texts, or scalars.

    Raises:
      InvalidArgumentError: when it runs and the condition is false.
    """
    line = tf.strings.join([part if isinstance(part, str) else _as_text(part) for part in message])
    with tf.control_dependencies([tf.debugging.Assert(condition, [line])]):
        return tf.identity(value)


def require_between(value: tf.Tensor, name: str, least: int, most: int) -> tf.Tensor:
    """A scalar of least <= value <= most, refused by name otherwise. Raises as `require`."""
    inside = (value >= least) & (value <= most)
    return require(value, inside, f"{name}: expected {least} to {most}, received ", value)


def _as_text(scalar: int | tf.Tensor) -> tf.Tensor:
    scalar = tf.convert_to_tensor(scalar)
    return tf.strings.as_string(scalar, shortest=scalar.dtype.is_floating)
