"""What a request may ask for, and its pictures and numbers within these limits."""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.config.sizes import Size, share_of
from tf_nst.config.tiles import MAX_SIDE
from tf_nst.io.areas import SLACK
from tf_nst.ops.shapes import sides
from tf_nst.serving.admission import Bounds
from tf_nst.serving.checks import Text, require
from tf_nst.serving.pictures import decode, fitted, fitted_mask, large_enough


class Limits(NamedTuple):
    """What a request may ask for, and what it gets where it does not ask.

    Attributes:
      size: long side of the picture in pixels; of `stylize` the most.
      steps: of `stylize` the most.
      least: pixels of a shorter side that the layers need.
      bounds: of a request's pictures and pixels.
      style_size: long side at which `stylize` measures a style; 0: the picture's, never enlarged;
        or a share of that, such as "0.5x".
      content_weight, style_weight: those that the recipe's terms were made with, above 0.
      matched: whether pictures start in the style's colours.
    """

    size: int
    steps: int
    least: int
    bounds: Bounds
    style_size: Size
    content_weight: float
    style_weight: float
    matched: bool


def content_picture(
    picture: tuple[tf.Tensor, Text], size: int | tf.Tensor, limits: Limits
) -> tf.Tensor:
    """[1, H, W, 3] in 0..1 whose longer side is `size`, of encoded bytes [] string and a name."""
    data, name = picture
    image = decode(data, name, limits.bounds.pixels)
    return fitted(image, size, name, limits.least)


def style_picture(data: tf.Tensor, size: tf.Tensor, limits: Limits) -> tf.Tensor:
    """[1, H, W, 3] in 0..1, at the size at which the command measures a style."""
    image = decode(data, "style_bytes", limits.bounds.pixels)
    longest = tf.reduce_max(tf.shape(image)[1:3])
    size = _style_side(limits.style_size, tf.minimum(size, longest))
    return fitted(image, size, "style_bytes", limits.least)


def _style_side(size: Size, default: tf.Tensor) -> int | tf.Tensor:
    """As `sizes.long_side`: pixels, or a share of the default [] int32."""
    if isinstance(size, int):
        return size or default
    pixels = tf.round(share_of(size) * tf.cast(default, tf.float64))
    return tf.cast(tf.clip_by_value(pixels, 1, MAX_SIDE), tf.int32)


def content_mask(picture: tuple[tf.Tensor, Text], content: tf.Tensor, limits: Limits) -> tf.Tensor:
    """[1, H, W, 1] in 0..1 of the content's size; what is white but for rounding is white."""
    (data, name), (height, width) = picture, sides(content)
    image = decode(data, name, limits.bounds.pixels)
    mask = fitted_mask(image, height, width, name)
    return tf.where(mask > 1 - SLACK, 1.0, mask)


def small_enough(image: tf.Tensor, name: Text, limits: Limits) -> tf.Tensor:
    """[1, H, W, 3] in 0..1 and within the limits."""
    image = large_enough(image, name, limits.least)
    longest = tf.reduce_max(tf.shape(image))
    line = f": expected at most {limits.size} pixels a side, received "
    image = require(image, longest <= limits.size, name, line, longest)
    inside = tf.reduce_all((image >= 0.0) & (image <= 1.0))
    return require(image, inside, name, ": expected finite numbers in 0..1, received others")


def checked_weight(weight: tf.Tensor, name: str) -> tf.Tensor:
    """The weight [] itself: finite, 0 or more."""
    fine = tf.math.is_finite(weight) & (weight >= 0.0)
    line = f"{name}: expected a finite number of 0 or more, received "
    return require(weight, fine, line, weight)
