"""Lengths of axes: numbers where they are known, so that tracing makes no operations of them."""

from typing import Any

import tensorflow as tf


def sizes(tensor: tf.Tensor) -> list[Any]:
    """The length of each axis: a number, or a [] int32 where it is not known yet."""
    known = tensor.shape.as_list()
    if None not in known:
        return list(known)
    lengths = tf.unstack(tf.shape(tensor))
    return [length if size is None else size for size, length in zip(known, lengths, strict=True)]


def sides(image: tf.Tensor) -> tuple[Any, Any]:
    """Height and width of [B, H, W, C], see `sizes`."""
    _, height, width, _ = sizes(image)
    return height, width
