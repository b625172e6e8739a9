"""Antialiased change of size."""

import tensorflow as tf


def resize(image: tf.Tensor, height: int, width: int) -> tf.Tensor:
    """[B, h, w, C] float32 -> [B, height, width, C] in the same range, by Catmull-Rom cubics.

    An image that has the size already is returned as it is.
    """
    if image.shape[1:3] == (height, width):
        return image
    low = tf.reduce_min(image, axis=[1, 2, 3], keepdims=True)
    high = tf.reduce_max(image, axis=[1, 2, 3], keepdims=True)
    resized = tf.image.resize(image, (height, width), "bicubic", antialias=True)
    return tf.clip_by_value(resized, low, high)
