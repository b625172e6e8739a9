"""Distances of a picture from its content, position by position and pair by pair."""

import tensorflow as tf

from tf_nst.objective.statistic import Sums, Value
from tf_nst.ops.distances import FLOOR, check_equal_shapes, safe_sqrt
from tf_nst.ops.sampling import draw
from tf_nst.ops.similarity import similarity_shares
from tf_nst.ops.statistics import position_count

# Positions whose similarities are compared: matrices of 16 MB, of which MATRICES live at once.
POSITIONS, MATRICES = 2048, 8


def squared_content_distance(value: Value, target: None = None) -> tf.Tensor:
    """|F - P|^2 / |P|^2 (Gatys et al. 2016, equation 1, relative to the reference's features)."""
    return value["error"] / tf.maximum(value["reference"], FLOOR)


def content_distance(value: Value, target: None = None) -> tf.Tensor:
    """|F - P| / |P|, the norm itself: pulls as hard near the content as far from it.

    Its gradient at the content itself is 0.
    """
    return safe_sqrt(squared_content_distance(value))


def drawn_pairs(
    features: tf.Tensor, reference: tf.Tensor, weights: tf.Tensor | None = None
) -> Sums:
    """Features of the same POSITIONS at most of two pictures, see `draw`.

    Args:
      features: [B, h, w, C]; reference: [B or 1, h, w, C].
      weights: [h, w] or None for ones.

    Returns:
      "features" [B, n, C], "reference" [B or 1, n, C] and "positions" [B].

    Raises:
      ValueError: the shapes differ in more than the batch.
    """
    check_equal_shapes(features, reference)
    return {
        "features": draw(features, weights, POSITIONS),
        "reference": draw(reference, weights, POSITIONS),
        "positions": position_count(features, weights),
    }


def self_similarity_distance(value: Value, target: None = None) -> tf.Tensor:
    """Mean over positions j of sum over i of |D_ij / sum_i D_ij - D'_ij / sum_i D'_ij|.

    D are the cosine distances between the features of a picture, D' those of its content (the
    content loss of Kolkin et al. 2019, Style transfer by relaxed optimal transport and
    self-similarity), of POSITIONS drawn once. Theirs is divided by the positions again;
    ours is 0 to 2, whatever their number.
    """
    shares, wanted = (similarity_shares(value[name]) for name in ("features", "reference"))
    return tf.reduce_mean(tf.reduce_sum(tf.abs(shares - wanted), -1), -1)


def similarity_operations(positions: int, channels: int) -> int:
    """A product and a sum for each pair of positions and channel, of both pictures."""
    return 4 * min(positions, POSITIONS) ** 2 * channels


def similarity_bytes(positions: int, channels: int) -> int:
    """Matrices of all pairs, float32."""
    return 4 * MATRICES * min(positions, POSITIONS) ** 2
