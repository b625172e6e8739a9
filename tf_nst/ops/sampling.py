"""Positions drawn by their weight, the same in every call, where all would be too many."""

import numpy as np
import tensorflow as tf

from tf_nst.ops.shapes import sizes
from tf_nst.ops.statistics import position_count, sum_dtype

SEED = 0


def draw(
    features: tf.Tensor, weights: tf.Tensor | None, most: int, repeated: bool = False
) -> tf.Tensor:
    """The features of n positions, which count alike; n is their number, up to `most`.

    Args:
      features: [B, h, w, C], any floating dtype.
      weights: [h, w] of 0 or more, or None for ones.
      most: positions.
      repeated: whether n is `most` where there are fewer positions; some are drawn again.

    Returns:
      [B, n, C] in the dtype of sums; zeros, without a gradient, where all weights are 0.
    """
    position_count(features, weights)
    batch, height, width, channels = sizes(features)
    positions = height * width
    weights = tf.ones([positions]) if weights is None else tf.reshape(weights, [-1])
    total = tf.cumsum(tf.cast(weights, tf.float64))
    index = drawn_positions(total, most, repeated)
    rows = tf.gather(tf.reshape(features, [batch, positions, channels]), index, axis=1)
    dtype = sum_dtype(features)
    return tf.cast(rows, dtype) * tf.cast(total[-1] > 0, dtype)


def drawn_positions(total: tf.Tensor, most: int, repeated: bool = False) -> tf.Tensor:
    """[n] int32: positions drawn by their weight, see `draw`.

    The sum of the weights is cut into n equal parts, and a position is drawn from each: from a
    seeded place in it where there are more positions than `most`, else from its middle, so that of
    equal weights every one is drawn. A position of weight 0 is never drawn.

    Args:
      total: [positions] float64, the sum of the weights up to each position and its own.
    """
    positions = tf.size(total)
    count = tf.constant(most) if repeated else tf.minimum(positions, most)
    seeded = tf.constant(np.random.default_rng(SEED).random(most))[:count]
    places = tf.where(positions > most, seeded, 0.5)
    places += tf.cast(tf.range(count), tf.float64)
    places *= total[-1] / tf.cast(count, tf.float64)
    return tf.minimum(tf.searchsorted(total, places, side="right"), positions - 1)
