"""Whose colours a painting has: what is done to pictures before they are painted, and after."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_nst.ops.color import LEAST_DEVIATION, color_statistics, match_colors
from tf_nst.ops.oklab import from_oklab, to_oklab


class ColorMode(NamedTuple):
    """A mode. Pictures are [1, H, W, 3] floating in 0..1; what is None changes nothing.

    Attributes:
      content_to_paint: the photograph -> the content that is painted.
      style_to_paint: a style, the photograph -> the style whose statistics are wanted.
      from_paint: the painted picture, the photograph, of one size -> the result.
    """

    content_to_paint: Callable[[tf.Tensor], tf.Tensor] | None = None
    style_to_paint: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None
    from_paint: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None

    def content(self, photograph: tf.Tensor) -> tf.Tensor:
        """The content that is painted."""
        return self.content_to_paint(photograph) if self.content_to_paint else photograph

    def style(self, style: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
        """The style whose statistics are wanted."""
        return self.style_to_paint(style, photograph) if self.style_to_paint else style

    def result(self, painted: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
        """What comes of the painted picture."""
        return self.from_paint(painted, photograph) if self.from_paint else painted


def in_colors_of(style: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
    """The style with the mean colour and the colour covariance of the photograph, by a linear map
    (Gatys et al. 2016, Preserving color in neural artistic style transfer, section 3)."""
    return match_colors(style, color_statistics(photograph))


def grey(picture: tf.Tensor) -> tf.Tensor:
    """The picture's Oklab lightness alone, as a grey picture."""
    return _grey(to_oklab(picture)[..., :1])


def grey_like(style: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
    """The style's lightness as a grey picture, with the mean and the deviation of the photograph's
    (Gatys et al. 2016, Preserving color, section 4)."""
    own, wanted = to_oklab(style)[..., :1], to_oklab(photograph)[..., :1]
    deviation = tf.maximum(tf.math.reduce_std(own), LEAST_DEVIATION)
    ratio = tf.math.reduce_std(wanted) / deviation
    return _grey(ratio * (own - tf.reduce_mean(own)) + tf.reduce_mean(wanted))


def with_colors_of(painted: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
    """The lightness of what was painted with the hue and chroma of the photograph, in Oklab: there
    they look the same at another lightness."""
    return from_oklab(tf.concat([to_oklab(painted)[..., :1], to_oklab(photograph)[..., 1:]], -1))


def with_histogram_of(painted: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
    """Each Oklab coordinate of what was painted with the photograph's distribution of values.

    The n-th of the painted picture's values in their order becomes the n-th of the photograph's;
    equal ones stay equal and get the middle one.
    """
    one, other = (tf.unstack(to_oklab(picture), axis=-1) for picture in (painted, photograph))
    return from_oklab(tf.stack(list(map(_with_values, one, other)), axis=-1))


def _with_values(plane: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
    values, ordered = tf.reshape(plane, [-1]), tf.sort(tf.reshape(wanted, [-1]))
    own = tf.sort(values)
    first, last = (tf.searchsorted(own, values, side) for side in ("left", "right"))
    twice = first + last - 1
    middle = (tf.gather(ordered, twice // 2) + tf.gather(ordered, (twice + 1) // 2)) / 2
    return tf.reshape(middle, tf.shape(plane))


def _grey(lightness: tf.Tensor) -> tf.Tensor:
    none = tf.zeros_like(lightness)
    return from_oklab(tf.concat([lightness, none, none], -1))


COLOR_MODES = {
    "style": ColorMode(),
    "content": ColorMode(style_to_paint=in_colors_of),
    "luminance": ColorMode(grey, grey_like, with_colors_of),
    "histogram": ColorMode(from_paint=with_histogram_of),
}
