"""Refusals inside a graph: a request that fails them is answered with INVALID_ARGUMENT."""

from collections.abc import Callable
from typing import Any, TypeAlias

import tensorflow as tf

Text: TypeAlias = str | tf.Tensor
# A condition [] bool, and the parts of the message where it does not hold.
Check = tuple[Any, ...]


def require(value: tf.Tensor, condition: tf.Tensor, *message: str | int | tf.Tensor) -> tf.Tensor:
    """`value`, whose use fails where `condition` [] bool is false.

    Args:
      message: parts of one plain line: texts, or scalars.

    Raises:
      InvalidArgumentError: when it runs and the condition is false.
    """
    return require_all(value, (condition, *message))


def require_all(value: tf.Tensor, *checks: Check) -> tf.Tensor:
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


def or_default(
    function: Callable[[tf.Tensor], tf.Tensor], argument: tf.Tensor, default: tf.Tensor
) -> tf.Tensor:
    """`function(argument)`, or `default`, of the same dtype and rank, where an operation fails.

    The dataset is what a graph has to go on after a failure.
    """
    results = tf.data.Dataset.from_tensors(argument).map(function).ignore_errors()
    return results.reduce(default, lambda _, result: result)


def numbered(name: str, count: tf.Tensor) -> tf.Tensor:
    """[count] string: what messages call each of so many pictures of a request; of one `name`."""
    number, of = tf.strings.as_string(tf.range(1, count + 1)), tf.strings.as_string(count)
    return tf.where(count == 1, [name], tf.strings.join([f"{name}: picture ", number, " of ", of]))


def _as_text(part: str | int | tf.Tensor) -> tf.Tensor:
    scalar = tf.convert_to_tensor(part)
    if scalar.dtype == tf.string:
        return scalar
    return tf.strings.as_string(scalar, shortest=scalar.dtype.is_floating)
