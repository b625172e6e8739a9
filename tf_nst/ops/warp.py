"""A picture moved along a flow."""

import tensorflow as tf

from tf_nst.ops.resample import sides


def warp(image: tf.Tensor, flow: tf.Tensor) -> tf.Tensor:
    """The image at the points that a flow leads to, between the four pixels around each.

    A point past the border has the nearest colour of the border; `inside` says which those are.

    Args:
      image: [B, H, W, C], floating.
      flow: [B or 1, H, W, 2] of the same dtype: for each pixel how far to the right and how far
        down of it its point lies, in pixels.

    Returns:
      [B, H, W, C] of the same dtype and within the same range.
    """
    image, flow = tf.convert_to_tensor(image), tf.convert_to_tensor(flow)
    (height, width), points = sides(image), _points(flow)
    limits = tf.cast(tf.stack([width - 1, height - 1]), flow.dtype)
    points = tf.clip_by_value(points, tf.zeros_like(limits), limits)
    low = tf.floor(points)
    share = points - low
    high = tf.minimum(low + 1, limits)
    right, down = share[..., :1], share[..., 1:]
    upper = _pixels(image, low[..., 0], low[..., 1]) * (1 - right)
    upper += _pixels(image, high[..., 0], low[..., 1]) * right
    lower = _pixels(image, low[..., 0], high[..., 1]) * (1 - right)
    lower += _pixels(image, high[..., 0], high[..., 1]) * right
    return upper * (1 - down) + lower * down


def inside(flow: tf.Tensor) -> tf.Tensor:
    """[B, H, W] bool: whether the point of each pixel lies within the picture.

    Args:
      flow: [B, H, W, 2] floating, see `warp`.
    """
    flow = tf.convert_to_tensor(flow)
    height, width = sides(flow)
    limits = tf.cast(tf.stack([width - 1, height - 1]), flow.dtype)
    points = _points(flow)
    return tf.reduce_all((points >= 0) & (points <= limits), axis=-1)


def _points(flow: tf.Tensor) -> tf.Tensor:
    """[B, H, W, 2]: column and row of the point of each pixel."""
    height, width = sides(flow)
    columns, rows = tf.meshgrid(tf.range(width), tf.range(height))
    return flow + tf.cast(tf.stack([columns, rows], axis=-1), flow.dtype)


def _pixels(image: tf.Tensor, columns: tf.Tensor, rows: tf.Tensor) -> tf.Tensor:
    """The pixels [B, H, W, C] at whole columns and rows [B or 1, H, W]."""
    indices = tf.cast(tf.stack([rows, columns], axis=-1), tf.int32)
    batch = tf.concat([tf.shape(image)[:1], tf.shape(indices)[1:]], axis=0)
    return tf.gather_nd(image, tf.broadcast_to(indices, batch), batch_dims=1)
