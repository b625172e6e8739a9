"""Colours: from codes to numbers; and as a cloud of points, and how one is given another's form."""

import numpy as np
import tensorflow as tf

# Colours that vary less are not stretched to the style's variation: that would blow up noise.
LEAST_DEVIATION = 1 / 255


def as_float(picture: np.ndarray | tf.Tensor) -> tf.Tensor:
    """Codes [..., 3] of uint8 or uint16 as float32 in 0..1; floating numbers as they are."""
    if isinstance(picture, np.ndarray) and picture.dtype.kind == "u":
        picture = np.divide(picture, np.iinfo(picture.dtype).max, dtype=np.float32)
    return tf.convert_to_tensor(picture)


def color_statistics(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean [3] and covariance [3, 3], float64, of the colours of [B, H, W, 3], floating."""
    colors = tf.cast(tf.reshape(picture, [-1, 3]), tf.float64)
    mean = tf.reduce_mean(colors, axis=0)
    centred = colors - mean
    count = tf.cast(tf.shape(colors)[0], tf.float64)
    return mean, tf.matmul(centred, centred, transpose_a=True) / (count - 1)


def symmetric_root(covariance: tf.Tensor) -> tf.Tensor:
    """The square root [3, 3] of a covariance; a grey style makes eigenvalues just below 0."""
    values, vectors = tf.linalg.eigh(covariance)
    return tf.matmul(vectors * tf.sqrt(tf.maximum(values, 0.0)), vectors, transpose_b=True)


def map_colors(picture: tf.Tensor, matrix: tf.Tensor, offset: tf.Tensor) -> tf.Tensor:
    """Every colour of [B, H, W, 3] times `matrix` [3, 3] plus `offset` [3], cut to 0..1."""
    matrix, offset = (tf.cast(item, picture.dtype) for item in (matrix, offset))
    return tf.clip_by_value(tf.tensordot(picture, matrix, 1) + offset, 0.0, 1.0)


def match_colors(picture: tf.Tensor, wanted: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """`picture` with colours of another mean and covariance.

    A linear map of colours, the same everywhere (the image analogies' colour transfer of Gatys et
    al. 2016, Preserving color in neural artistic style transfer; there the style is mapped).

    Args:
      picture: [B, H, W, 3] in 0..1.
      wanted: `color_statistics` of a style in 0..1.

    Returns:
      [B, H, W, 3] in 0..1 of the picture's dtype: cut there, which takes a little off both.
    """
    own_mean, own = color_statistics(picture)
    mean, covariance = wanted
    flattest = LEAST_DEVIATION**2 * tf.eye(3, dtype=tf.float64)
    matrix = tf.matmul(tf.linalg.inv(symmetric_root(own + flattest)), symmetric_root(covariance))
    return map_colors(picture, matrix, mean - tf.linalg.matvec(matrix, own_mean, transpose_a=True))
