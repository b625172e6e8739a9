"""Colours: from codes to numbers; and as a cloud of points, and how one is given another's form."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

# Mean [3] and covariance [3, 3], float64.
ColorStatistics = tuple[tf.Tensor, tf.Tensor]

# Of each principal colour of a picture: one that varies less is stretched as if it varied so much.
# More would blow up noise.
LEAST_DEVIATION = 1 / 255


def as_float(picture: NDArray[Any] | tf.Tensor) -> tf.Tensor:
    """Codes [..., 3] of uint8 or uint16 as float32 in 0..1; floating numbers as they are."""
    if isinstance(picture, np.ndarray) and picture.dtype.kind == "u":
        picture = np.divide(picture, np.iinfo(picture.dtype).max, dtype=np.float32)
    return tf.convert_to_tensor(picture)


def color_statistics(picture: tf.Tensor, weights: tf.Tensor | None = None) -> ColorStatistics:
    """Mean [3] and covariance [3, 3], float64, of the colours of [B, H, W, 3], floating.

    Args:
      weights: of the positions, [B, H, W, 1] of 0 or more, not all 0; None: each counts as 1. A
        covariance is divided by their sum; without weights by one less, the 1 of a single colour.
    """
    colors = tf.cast(tf.reshape(picture, [-1, 3]), tf.float64)
    if weights is not None:
        shares = tf.cast(tf.reshape(weights, [-1, 1]), tf.float64)
        shares /= tf.reduce_sum(shares)
        mean = tf.reduce_sum(shares * colors, axis=0)
        centred = colors - mean
        return mean, tf.matmul(shares * centred, centred, transpose_a=True)
    mean = tf.reduce_mean(colors, axis=0)
    centred = colors - mean
    count = tf.cast(tf.shape(colors)[0], tf.float64)
    return mean, tf.matmul(centred, centred, transpose_a=True) / tf.maximum(count - 1, 1)


def pooled_statistics(
    statistics: Sequence[ColorStatistics], shares: Sequence[float]
) -> ColorStatistics:
    """The statistics of several clouds as one, from their own and their shares, which add up to 1.

    Like those of all positions, but for one position less that each was divided by.
    """
    mean = tf.add_n([share * center for share, (center, _) in zip(shares, statistics, strict=True)])
    spread = [
        share * (covariance + tf.tensordot(center - mean, center - mean, 0))
        for share, (center, covariance) in zip(shares, statistics, strict=True)
    ]
    return mean, tf.add_n(spread)


def symmetric_root(covariance: tf.Tensor) -> tf.Tensor:
    """The square root [3, 3] of a covariance; a grey style makes eigenvalues just below 0."""
    values, vectors = tf.linalg.eigh(covariance)
    return tf.matmul(vectors * tf.sqrt(tf.maximum(values, 0.0)), vectors, transpose_b=True)


def map_colors(picture: tf.Tensor, matrix: tf.Tensor, offset: tf.Tensor) -> tf.Tensor:
    """Every colour of [B, H, W, 3] times `matrix` [3, 3] plus `offset` [3], cut to 0..1."""
    matrix, offset = (tf.cast(item, picture.dtype) for item in (matrix, offset))
    return tf.clip_by_value(tf.tensordot(picture, matrix, 1) + offset, 0.0, 1.0)


def color_map(given: ColorStatistics, wanted: ColorStatistics) -> tuple[tf.Tensor, tf.Tensor]:
    """Matrix [3, 3] and offset [3], for `map_colors`, that give colours the wanted statistics.

    Of the linear maps that do, the one that moves colours least, in the mean square: the optimal
    transport of one Gaussian to another, A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 for covariances A and B
    (Olkin and Pukelsheim 1982, The distance between two random vectors with given dispersion
    matrices; for colours Pitie and Kokaram 2007, The linear Monge-Kantorovitch linear colour
    mapping for example-based colour transfer). It is symmetric, and the identity between equals.

    Args:
      given: `color_statistics` of the colours that are mapped. Principal colours that vary by less
        than LEAST_DEVIATION come out with less than the wanted covariance: grey stays grey.
      wanted: those that they are given.
    """
    given_mean, given_covariance = given
    mean, covariance = wanted
    root, inverse = _root_and_inverse(given_covariance)
    between = symmetric_root(tf.matmul(tf.matmul(root, covariance), root))
    matrix = tf.matmul(tf.matmul(inverse, between), inverse)
    return matrix, mean - tf.linalg.matvec(matrix, given_mean)


def _root_and_inverse(covariance: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The square root [3, 3] and its inverse, of deviations of LEAST_DEVIATION or more."""
    values, vectors = tf.linalg.eigh(covariance)
    deviations = tf.sqrt(tf.maximum(values, LEAST_DEVIATION**2))
    root = tf.matmul(vectors * deviations, vectors, transpose_b=True)
    return root, tf.matmul(vectors / deviations, vectors, transpose_b=True)


def match_colors(
    picture: tf.Tensor, wanted: ColorStatistics, weights: tf.Tensor | None = None
) -> tf.Tensor:
    """`picture` with colours of another mean and covariance, see `color_map`.

    Args:
      picture: [B, H, W, 3] in 0..1.
      wanted: `color_statistics` of a style in 0..1.
      weights: of the picture's positions, as `color_statistics` takes them.

    Returns:
      [B, H, W, 3] in 0..1 of the picture's dtype: cut there, which takes a little off both.
    """
    return map_colors(picture, *color_map(color_statistics(picture, weights), wanted))
