"""Distances between means of features, each relative to the size of its target.

A relative distance is 0 at the target and about 1 where there is nothing of it, whatever the
picture's size, the layer, the network or the units of its features: weights carry over.
"""

import tensorflow as tf

# Least denominator, in the units of the squared target. Features of a VGG fed with 0..255 have mean
# squares of 10 to 1,000,000, so it only acts where the target is nothing at all (a black image
# under random weights), where it keeps the loss and its gradient finite.
FLOOR = 1e-3


def relative_squared_error(value: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """|value - target|^2 / max(|target|^2, FLOOR), norms over all axes but the first.

    Args:
      value: [B, ...], floating.
      target: [B or 1, ...], same dtype.

    Returns:
      [B], 0 or more.

    Raises:
      ValueError: the shapes differ in more than the batch.
    """
    check_equal_shapes(value, target)
    axes = list(range(1, value.shape.rank))
    error = tf.reduce_sum(tf.square(value - target), axis=axes)
    return error / tf.maximum(tf.reduce_sum(tf.square(target), axis=axes), FLOOR)


def check_equal_shapes(value: tf.Tensor, target: tf.Tensor) -> None:
    """Raises ValueError where shapes differ in more than the batch."""
    if not value.shape[1:].is_compatible_with(target.shape[1:]):
        raise ValueError(
            f"value and target must have equal shapes after the batch, "
            f"got {value.shape} and {target.shape}"
        )


def safe_sqrt(value: tf.Tensor) -> tf.Tensor:
    """The square root of values of 0 or more, with gradient 0, not infinity, at 0 and below."""
    positive = value > 0
    return tf.where(positive, tf.sqrt(tf.where(positive, value, tf.ones_like(value))), 0.0)
