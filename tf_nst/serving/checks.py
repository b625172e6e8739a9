"""Refusals inside a graph: a request that fails them is answered with INVALID_ARGUMENT."""

import tensorflow as tf


def require(value: tf.Tensor, condition: tf.Tensor, *message: str | int | tf.Tensor) -> tf.Tensor:
    """`value`, whose use fails where `condition` [] bool is false.

    Args:
      message: parts of one plain line: texts, or scalars.

    Raises:
      InvalidArgumentError: when it runs and the condition is false.
    """
    return require_all(value, (condition, *message))


def require_all(value: tf.Tensor, *checks: tuple) -> tf.Tensor:
    """`value`, whose use fails with the message of the first check that does not hold.

    Args:
      checks: (condition [] bool, *message), as `require` takes them.

    Raises:
      InvalidArgumentError: when it runs and a condition is false.
    """
    conditions = tf.stack([condition for condition, *_ in checks])
    lines = tf.stack([tf.strings.join([_as_text(part) for part in parts]) for _, *parts in checks])
    first = tf.argmin(tf.cast(conditions, tf.int32))
    with tf.control_dependencies([tf.debugging.Assert(conditions[first], [lines[first]])]):
        return tf.identity(value)


def require_between(value: tf.Tensor, name: str, least: int, most: int) -> tf.Tensor:
    """A scalar of least <= value <= most, refused by name otherwise. Raises as `require`."""
    inside = (value >= least) & (value <= most)
    return require(value, inside, f"{name}: expected {least} to {most}, received ", value)


def _as_text(part: str | int | tf.Tensor) -> tf.Tensor:
    scalar = tf.convert_to_tensor(part)
    if scalar.dtype == tf.string:
        return scalar
    return tf.strings.as_string(scalar, shortest=scalar.dtype.is_floating)
