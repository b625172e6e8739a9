"""Colours: from codes to numbers; and as a cloud of points, and how one is given another's form."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

# Mean [3] and covariance [3, 3], float64.
ColorStatistics = tuple[tf.Tensor, tf.Tensor]

# Colours that vary less are not stretched to the style's variation: that would blow up noise.
LEAST_DEVIATION = 1 / 255


def as_float(picture: np.ndarray | tf.Tensor) -> tf.Tensor:
    """Codes [..., 3] of uint8 or uint16 as float32 in 0..1; floating numbers as they are."""
    if isinstance(picture, np.ndarray) and picture.dtype.kind == "u":
        picture = np.divide(picture, np.iinfo(picture.dtype).max, dtype=np.float32)
    return tf.convert_to_tensor(picture)


def color_statistics(picture: tf.Tensor) -> ColorStatistics:
    """Mean [3] and covariance [3, 3], float64, of the colours of [B, H, W, 3], floating."""
    colors = tf.cast(tf.reshape(picture, [-1, 3]), tf.float64)
    mean = tf.reduce_mean(colors, axis=0)
    centred = colors - mean
    count = tf.cast(tf.shape(colors)[0], tf.float64)
    return mean, tf.matmul(centred, centred, transpose_a=True) / (count - 1)


def pooled_statistics(found: Sequence[ColorStatistics], shares: Sequence[float]) -> ColorStatistics:
    """The statistics of several clouds as one, from their own and their shares, which add up to 1.

    Like those of all positions, but for one position less that each was divided by.
    """
    mean = tf.add_n([share * own for share, (own, _) in zip(shares, found, strict=True)])
    spread = [
        share * (covariance + tf.tensordot(own - mean, own - mean, 0))
        for share, (own, covariance) in zip(shares, found, strict=True)
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


def color_map(own: ColorStatistics, wanted: ColorStatistics) -> tuple[tf.Tensor, tf.Tensor]:
    """Matrix [3, 3] and offset [3], for `map_colors`, that give colours the wanted statistics.

    A linear map, the same everywhere (the image analogies' colour transfer of Gatys et al. 2016,
    Preserving color in neural artistic style transfer; there the style is mapped).
    """
    own_mean, own_covariance = own
    mean, covariance = wanted
    flattest = LEAST_DEVIATION**2 * tf.eye(3, dtype=tf.float64)
    inverse = tf.linalg.inv(symmetric_root(own_covariance + flattest))
    matrix = tf.matmul(inverse, symmetric_root(covariance))
    return matrix, mean - tf.linalg.matvec(matrix, own_mean, transpose_a=True)


def match_colors(picture: tf.Tensor, wanted: ColorStatistics) -> tf.Tensor:
    """`picture` with colours of another mean and covariance, see `color_map`.

    Args:
      picture: [B, H, W, 3] in 0..1.
      wanted: `color_statistics` of a style in 0..1.

    Returns:
      [B, H, W, 3] in 0..1 of the picture's dtype: cut there, which takes a little off both.
    """
    return map_colors(picture, *color_map(color_statistics(picture), wanted))
