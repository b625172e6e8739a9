"""Whose colours a painting has: what is done to pictures before they are painted, and after."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import tensorflow as tf

from tf_nst.ops.color import LEAST_DEVIATION, color_statistics, match_colors
from tf_nst.ops.oklab import from_oklab, to_oklab
from tf_nst.ops.shapes import sizes

Weights: TypeAlias = tf.Tensor | None


class ColorMode(NamedTuple):
    """A mode. Pictures are [1, H, W, 3] floating in 0..1; what is None changes nothing.

    Weights of positions are [1, H, W, 1], 0 or more and not all 0; None: each counts as 1.

    Attributes:
      content_to_paint: the photograph -> the content that is painted.
      style_to_paint: a style, the photograph, the weights of both -> the style whose statistics
        are wanted.
      from_paint: the painted picture, the photograph, of one size, and their weights -> the result.
    """

    content_to_paint: Callable[[tf.Tensor], tf.Tensor] | None = None
    style_to_paint: Callable[[tf.Tensor, tf.Tensor, Weights, Weights], tf.Tensor] | None = None
    from_paint: Callable[[tf.Tensor, tf.Tensor, Weights], tf.Tensor] | None = None

    def content(self, photograph: tf.Tensor) -> tf.Tensor:
        """The content that is painted."""
        return self.content_to_paint(photograph) if self.content_to_paint else photograph

    def style(
        self,
        style: tf.Tensor,
        photograph: tf.Tensor,
        weights: Weights = None,
        photograph_weights: Weights = None,
    ) -> tf.Tensor:
        """The style whose statistics are wanted."""
        if not self.style_to_paint:
            return style
        return self.style_to_paint(style, photograph, weights, photograph_weights)

    def result(
        self, painted: tf.Tensor, photograph: tf.Tensor, weights: Weights = None
    ) -> tf.Tensor:
        """What comes of the painted picture."""
        return self.from_paint(painted, photograph, weights) if self.from_paint else painted


def in_colors_of(
    style: tf.Tensor,
    photograph: tf.Tensor,
    weights: Weights = None,
    photograph_weights: Weights = None,
) -> tf.Tensor:
    """The style with the mean colour and the colour covariance of the photograph, by a linear map
    (Gatys et al. 2016, Preserving color in neural artistic style transfer, section 3)."""
    return match_colors(style, color_statistics(photograph, photograph_weights), weights)


def grey(picture: tf.Tensor) -> tf.Tensor:
    """The picture's Oklab lightness alone, as a grey picture."""
    return _grey(to_oklab(picture)[..., :1])


def grey_like(
    style: tf.Tensor,
    photograph: tf.Tensor,
    weights: Weights = None,
    photograph_weights: Weights = None,
) -> tf.Tensor:
    """The style's lightness as a grey picture, with the mean and the deviation of the photograph's
    (Gatys et al. 2016, Preserving color, section 4)."""
    lightness = to_oklab(style)[..., :1]
    mean, deviation = _mean_and_deviation(lightness, weights)
    wanted, spread = _mean_and_deviation(to_oklab(photograph)[..., :1], photograph_weights)
    ratio = spread / tf.maximum(deviation, LEAST_DEVIATION)
    return _grey(ratio * (lightness - mean) + wanted)


def _mean_and_deviation(plane: tf.Tensor, weights: Weights) -> tuple[tf.Tensor, tf.Tensor]:
    shares = tf.ones_like(plane) if weights is None else tf.cast(weights, plane.dtype)
    shares /= tf.reduce_sum(shares)
    mean = tf.reduce_sum(shares * plane)
    return mean, tf.sqrt(tf.reduce_sum(shares * tf.square(plane - mean)))


def with_colors_of(painted: tf.Tensor, photograph: tf.Tensor) -> tf.Tensor:
    """The lightness of what was painted with the hue and chroma of the photograph, in Oklab: there
    they look the same at another lightness."""
    return from_oklab(tf.concat([to_oklab(painted)[..., :1], to_oklab(photograph)[..., 1:]], -1))


def with_histogram_of(
    painted: tf.Tensor, photograph: tf.Tensor, weights: Weights = None
) -> tf.Tensor:
    """Each Oklab coordinate of what was painted with the photograph's distribution of values.

    The n-th of the painted picture's values in their order becomes the n-th of the photograph's, of
    the positions whose weight is above 0; equal ones stay equal and get the middle one. Values
    elsewhere become what lies between those of their neighbours in that order.
    """
    one, other = (tf.unstack(to_oklab(picture), axis=-1) for picture in (painted, photograph))
    counts = None if weights is None else weights[..., 0] > 0
    planes = [_with_values(*pair, counts) for pair in zip(one, other, strict=True)]
    return from_oklab(tf.stack(planes, axis=-1))


def _with_values(plane: tf.Tensor, wanted: tf.Tensor, counts: tf.Tensor | None) -> tf.Tensor:
    sorted_plane, sorted_wanted = (_in_order(each, counts) for each in (plane, wanted))
    values = tf.reshape(plane, [-1])
    first, last = (tf.searchsorted(sorted_plane, values, side) for side in ("left", "right"))
    twice = tf.clip_by_value(first + last - 1, 0, 2 * tf.size(sorted_plane) - 2)
    middle = (tf.gather(sorted_wanted, twice // 2) + tf.gather(sorted_wanted, (twice + 1) // 2)) / 2
    return tf.reshape(middle, sizes(plane))


def _in_order(plane: tf.Tensor, counts: tf.Tensor | None) -> tf.Tensor:
    return tf.sort(tf.reshape(plane, [-1]) if counts is None else tf.boolean_mask(plane, counts))


def _grey(lightness: tf.Tensor) -> tf.Tensor:
    none = tf.zeros_like(lightness)
    return from_oklab(tf.concat([lightness, none, none], -1))


COLOR_MODES = {
    "style": ColorMode(),
    "content": ColorMode(style_to_paint=in_colors_of),
    "luminance": ColorMode(
        grey, grey_like, lambda painted, photograph, _: with_colors_of(painted, photograph)
    ),
    "histogram": ColorMode(from_paint=with_histogram_of),
}
