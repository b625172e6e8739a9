"""Cosines between features: of neighbours among others, and of all pairs of a picture."""

import tensorflow as tf

from tf_nst.ops.distances import FLOOR
from tf_nst.ops.shapes import sizes

# Positions whose neighbours are looked for at once.
CHUNK = 1024


def unit_rows(rows: tf.Tensor) -> tf.Tensor:
    """[B, n, C] -> the same with rows of length 1; shorter where |row|^2 is below FLOOR."""
    return rows * tf.math.rsqrt(
        tf.maximum(tf.reduce_sum(tf.square(rows), -1, keepdims=True), FLOOR)
    )


def centred(features: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """[B, h, w, C] less the mean of each channel over the positions, weighted by [h, w]."""
    shares = tf.math.divide_no_nan(weights, tf.reduce_sum(weights))[:, :, None]
    return features - tf.reduce_sum(shares * features, [1, 2], keepdims=True)


def nearest(rows: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """[B, n, C]: of each row the one of `others` with the largest cosine; without a gradient.

    CHUNK rows at once, so that no matrix of all pairs is in memory.

    Args:
      rows: [B, n, C], of length 1.
      others: [B or 1, m, C], of length 1.
    """
    rows, others = tf.stop_gradient(rows), tf.stop_gradient(others)
    batch, count, _ = sizes(rows)
    starts = tf.range(0, count, CHUNK)
    padded = tf.pad(rows, [[0, 0], [0, -count % CHUNK], [0, 0]])

    def find(start: tf.Tensor) -> tf.Tensor:
        part = padded[:, start : start + CHUNK]
        cosines = tf.matmul(part, others, transpose_b=True)
        return tf.argmax(cosines, -1, output_type=tf.int32)

    chunks = tf.map_fn(find, starts, parallel_iterations=1, fn_output_signature=tf.int32)
    index = tf.reshape(tf.transpose(chunks, [1, 0, 2]), [batch, -1])[:, :count]
    others = tf.broadcast_to(others, [batch, *sizes(others)[1:]])
    return tf.gather(others, index, axis=1, batch_dims=1)


def similarity_shares(rows: tf.Tensor) -> tf.Tensor:
    """[B, n, C] -> [B, n, n]: cosine distances D_ij = 1 - cos of pairs, over the sum of their row.

    Rows are divided by FLOOR at least: of features that all point the same way nothing is left.
    """
    units = unit_rows(rows)
    distances = 1 - tf.matmul(units, units, transpose_b=True)
    return distances / tf.maximum(tf.reduce_sum(distances, -1, keepdims=True), FLOOR)
