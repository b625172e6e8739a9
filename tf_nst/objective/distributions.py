"""Statistics by the distribution of features: sorted projections, histograms, neighbours."""

from collections.abc import Sequence

import tensorflow as tf

from tf_nst.objective.statistic import Sums, Value
from tf_nst.ops.distances import relative_squared_error
from tf_nst.ops.distributions import (
    NODES,
    histogram_parts,
    most_sorted,
    pooled_parts,
    sorted_parts,
)
from tf_nst.ops.sampling import draw
from tf_nst.ops.shapes import sides, sizes
from tf_nst.ops.similarity import CHUNK, centred, nearest, unit_rows
from tf_nst.ops.statistics import position_count, sum_dtype

# Positions of a style among which neighbours are looked for.
NEIGHBOURS = 4096


def parts_of_projections(sums: Sums) -> Value:
    """The "parts" [B, C, PARTS] of `projections`."""
    return {"parts": sorted_parts(sums["projections"])}


def pooled_projections(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """The parts of several pictures as one, but for what differs within a part."""
    return {"parts": pooled_parts([target["parts"] for target in targets], shares)}


def sliced_distance(value: Value, target: Value) -> tf.Tensor:
    """The squared sliced Wasserstein-2 distance, relative to the target's mean square.

    Mean over directions of |sort(f v) - sort(f' v)|^2 (Heitz et al. 2021, A sliced Wasserstein
    loss for neural texture synthesis), by the means of equal parts of what is sorted, so that
    pictures of two sizes can be compared. Theirs draws directions anew in every step; ours are as
    many as channels, at right angles, the same in every step.
    """
    return relative_squared_error(value["parts"], target["parts"])


def sliced_operations(positions: int, channels: int) -> int:
    """Projections of the positions that are sorted."""
    return 2 * min(positions, most_sorted(channels)) * channels**2


def sliced_bytes(positions: int, channels: int) -> int:
    """Projections in float32 and float64, sorted, summed up, and their gradients."""
    return 48 * min(positions, most_sorted(channels)) * channels


def histogram_distance(value: Value, target: Value) -> tf.Tensor:
    """Mean over channels of |f - R(f)|^2, relative to the target's mean square.

    R is the monotone map that gives a channel the target's histogram (the histogram loss of Risser
    et al. 2017, Stable and controllable neural texture synthesis); the mean of
    |f - R(f)|^2 is the squared Wasserstein-2 distance of the two histograms, and its gradient
    2 (f - R(f)), as theirs.
    """
    parts = (histogram_parts(each["histogram"]) for each in (value, target))
    return relative_squared_error(*parts)


def histogram_bytes(positions: int, channels: int) -> int:
    """Seven float32 or int32 arrays of the features' size, and eight float64 histograms."""
    return 28 * positions * channels + 64 * NODES * channels


def all_features(features: tf.Tensor, weights: tf.Tensor | None = None) -> Sums:
    """Every position: "features" [B, h, w, C], "weights" [h, w], in the dtype of sums."""
    dtype = sum_dtype(features)
    if weights is None:
        weights = tf.ones(sides(features), dtype)
    return {
        "features": tf.cast(features, dtype),
        "weights": tf.cast(weights, dtype),
        "positions": position_count(features, weights),
    }


def drawn_neighbours(value: Value) -> Value:
    """The "neighbours" [B, NEIGHBOURS, C] of `all_features`: less their mean, of length 1."""
    features, weights = value["features"], value["weights"]
    drawn = draw(centred(features, weights), weights, NEIGHBOURS, repeated=True)
    return {"neighbours": unit_rows(drawn)}


def joined_neighbours(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """Those of all pictures; their shares do not matter to the nearest."""
    return {"neighbours": tf.concat([target["neighbours"] for target in targets], 1)}


def nearest_distance(value: Value, target: Value) -> tf.Tensor:
    """Mean over positions of 1 - cos(f, n(f)), n(f) the target's feature of the largest cosine.

    Features are those less their picture's mean (Kolkin et al. 2022, Neural neighbor style
    transfer; there neighbours are found a few times, here in every step). Of the target
    NEIGHBOURS positions are drawn once.
    """
    check_channels(value["features"], target["neighbours"])
    features, weights = value["features"], value["weights"]
    batch, height, width, channels = sizes(features)
    rows = tf.reshape(centred(features, weights), [batch, height * width, channels])
    rows, weights = unit_rows(rows), tf.reshape(weights, [-1])
    cosines = tf.reduce_sum(rows * nearest(rows, target["neighbours"]), -1)
    total = tf.reduce_sum(weights * (1 - cosines), -1)
    return tf.math.divide_no_nan(total, tf.reduce_sum(weights))


def check_channels(features: tf.Tensor, others: tf.Tensor) -> None:
    """Raises ValueError where the numbers of channels differ."""
    if features.shape[-1] != others.shape[-1]:
        raise ValueError(
            f"features and target must have equal shapes in their last axis, got {features.shape} "
            f"and {others.shape}"
        )


def nearest_operations(positions: int, channels: int) -> int:
    """Half of a product and a sum for each pair and channel: the search has no gradient."""
    return positions * NEIGHBOURS * channels


def nearest_bytes(positions: int, channels: int) -> int:
    """Five float32 arrays of the features' size, the neighbours, and the cosines of a chunk."""
    return 20 * positions * channels + 4 * NEIGHBOURS * (channels + CHUNK)
