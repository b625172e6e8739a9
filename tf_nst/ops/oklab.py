"""Colours as light, and what is no light.

In Oklab (Ottosson 2020, A perceptual color space for image processing) colours of one lightness
look equally light, and a colour made lighter or darker keeps its hue; in CIELAB blue turns to
purple. Both ways are closed forms.
"""

import tensorflow as tf

Matrix = tuple[tuple[float, float, float], ...]

# Linear sRGB -> responses of three kinds of cones; their cube roots -> lightness, a and b.
_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def to_oklab(picture: tf.Tensor) -> tf.Tensor:
    """sRGB [..., 3] in 0..1 -> lightness in 0..1, a and b, about -0.4..0.4."""
    linear = tf.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    return _product(_product(linear, _CONES) ** (1 / 3), _LAB)


def from_oklab(colors: tf.Tensor) -> tf.Tensor:
    """The inverse of `to_oklab`, cut to 0..1, by channel."""
    linear = _product(_product(colors, _LAB, inverse=True) ** 3, _CONES, inverse=True)
    linear = tf.clip_by_value(linear, 0.0, 1.0)
    return tf.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _product(colors: tf.Tensor, matrix: Matrix, inverse: bool = False) -> tf.Tensor:
    rows = tf.constant(matrix, tf.float64)
    rows = tf.linalg.inv(rows) if inverse else rows
    return tf.tensordot(colors, tf.cast(tf.transpose(rows), colors.dtype), 1)
