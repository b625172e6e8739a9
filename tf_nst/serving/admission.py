"""What a request may ask of a server's memory, checked on what its pictures declare."""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.serving.checks import Check, Text, numbered, require_all
from tf_nst.serving.headers import checked


class Bounds(NamedTuple):
    """The most that is taken.

    Attributes:
      pictures: contents of a request.
      pixels: of an encoded picture, its height times its width.
      request_pixels: of all pictures of a request together.
    """

    pictures: int
    pixels: int
    request_pixels: int


class Encoded(NamedTuple):
    """The encoded pictures of a request.

    Attributes:
      content: [B] string.
      style: [] string; None: the one that is baked in.
      masks: [B] string, one for each content; None: all is painted.
    """

    content: tf.Tensor
    style: tf.Tensor | None = None
    masks: tf.Tensor | None = None


def admitted(encoded: Encoded, bounds: Bounds) -> Encoded:
    """The pictures of a request. Nothing is decoded before all of them have been checked.

    Raises:
      InvalidArgumentError: when it runs: too many pictures or pixels, not one mask for each
        picture, or what `checked` refuses.
    """
    content = _few_enough(encoded.content, bounds)
    total = _pixels_of_all(content, "content_bytes", bounds)
    if encoded.masks is not None:
        masks = _one_for_each(encoded.masks, content)
        total += _pixels_of_all(masks, "mask_bytes", bounds)
    if encoded.style is not None:
        total += _pixels(encoded.style, "style_bytes", bounds)
    check = _total_check(total, bounds)
    return Encoded(*(each if each is None else require_all(each, check) for each in encoded))


def _one_for_each(masks: tf.Tensor, content: tf.Tensor) -> tf.Tensor:
    wanted, count = tf.shape(content)[0], tf.shape(masks)[0]
    line = "mask_bytes: expected one mask for each of ", wanted, " pictures, received ", count
    return require_all(masks, (count == wanted, *line))


def _pixels_of_all(pictures: tf.Tensor, name: str, bounds: Bounds) -> tf.Tensor:
    pixels = tf.map_fn(
        lambda picture: _pixels(picture[0], picture[1], bounds),
        (pictures, numbered(name, tf.size(pictures))),
        fn_output_signature=tf.int64,
        parallel_iterations=1,
    )
    return tf.reduce_sum(pixels)


def admitted_tensors(content: tf.Tensor, style: tf.Tensor, bounds: Bounds) -> tf.Tensor:
    """`content` [B, H, W, 3] of a request with a `style` [1, h, w, 3]. Raises as `admitted`."""
    count, height, width, _ = tf.unstack(tf.shape(content, tf.int64))
    _, style_height, style_width, _ = tf.unstack(tf.shape(style, tf.int64))
    total = count * height * width + style_height * style_width
    return require_all(_few_enough(content, bounds), _total_check(total, bounds))


def _few_enough(content: tf.Tensor, bounds: Bounds) -> tf.Tensor:
    name = "content_bytes" if content.dtype == tf.string else "content"
    count = tf.shape(content)[0]
    line = f"{name}: expected at most {bounds.pictures} pictures, received "
    return require_all(content, (count <= bounds.pictures, line, count))


def _total_check(total: tf.Tensor, bounds: Bounds) -> Check:
    line = f"expected at most {bounds.request_pixels} pixels in all pictures together, received "
    return total <= bounds.request_pixels, line, total


def _pixels(data: tf.Tensor, name: Text, bounds: Bounds) -> tf.Tensor:
    header = checked(data, name, bounds.pixels)
    return header.height * header.width
