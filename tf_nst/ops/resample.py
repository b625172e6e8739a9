"""Antialiased change of size."""

import tensorflow as tf

from tf_nst.ops.shapes import sides


def resize(image: tf.Tensor, height: int | tf.Tensor, width: int | tf.Tensor) -> tf.Tensor:
    """[B, h, w, C] float32 -> [B, height, width, C] in the same range, by Catmull-Rom cubics.

    An image that is known to have the size already is returned as it is. In a traced function its
    size and the new one may be known only when it runs.
    """
    known = [tf.get_static_value(side) for side in (height, width)]
    if None not in known and list(image.shape[1:3]) == known:
        return image
    low = tf.reduce_min(image, axis=[1, 2, 3], keepdims=True)
    high = tf.reduce_max(image, axis=[1, 2, 3], keepdims=True)
    resized = tf.image.resize(image, (height, width), "bicubic", antialias=True)
    return tf.clip_by_value(resized, low, high)


def carried(picture: tf.Tensor, origin: tf.Tensor) -> tf.Tensor:
    """A picture enlarged to the size of what it began from, with the detail that only this has.

    Detail is what of `origin` is lost at the picture's size. Without it an enlarged picture is
    blurred, and its finest strokes have to be painted from nothing (docs/notes/optimizer.md).

    Args:
      picture: [B, h, w, 3] float32 in 0..1.
      origin: [B or 1, H, W, 3] float32 in 0..1.

    Returns:
      [B, H, W, 3] in 0..1.
    """
    size = sides(origin)
    detail = origin - resize(resize(origin, *sides(picture)), *size)
    return tf.clip_by_value(resize(picture, *size) + detail, 0.0, 1.0)
