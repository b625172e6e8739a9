"""How the values of features are distributed: projections, histograms, quantiles."""

import functools
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.ops.sampling import draw
from tf_nst.ops.shapes import sizes
from tf_nst.ops.statistics import position_count, sum_dtype

SEED = 0
# Parts of equal share into which a distribution is cut, from its least values to its largest.
PARTS = 256
# Values that are sorted at a layer; and positions, so that few channels are not sorted at length.
MOST_VALUES, MOST_POSITIONS = 2**21, 2**15
# Nodes of histograms: e^(k STEP) - 1, by steps of 0.04 near 0 and of 4 % of the value far from it,
# up to 65,536; features of VGG19 reach some 10,000.
NODES = 256
STEP = np.log1p(65536.0) / (NODES - 1)


@functools.cache
def directions(channels: int) -> NDArray[np.float64]:
    """[channels, channels] float64: as many directions of length 1 at right angles, seeded."""
    normal = np.random.default_rng(SEED).standard_normal([channels, channels])
    return np.linalg.qr(normal)[0]


def most_sorted(channels: int) -> int:
    """Positions of a layer whose projections are sorted."""
    return min(MOST_VALUES // channels, MOST_POSITIONS)


def projections(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """Features of n positions, see `draw` and `most_sorted`, along each of the `directions`.

    Args:
      features: [B, h, w, C], any floating dtype.
      weights: [h, w] or None for ones; a position is drawn by its weight.

    Returns:
      "projections" [B, C, n] and "positions" [B].
    """
    channels = features.shape[-1]
    rows = draw(features, weights, most_sorted(channels))
    along = tf.constant(directions(channels), rows.dtype)
    return {
        "projections": tf.einsum("bnc,cd->bdn", rows, along),
        "positions": position_count(features, weights),
    }


def sorted_parts(values: tf.Tensor) -> tf.Tensor:
    """[..., n] -> [..., PARTS]: the means of equal parts of the values in their order."""
    ordered = tf.sort(values, axis=-1)
    return quantile_means(ordered, tf.ones_like(ordered))


def quantile_means(values: tf.Tensor, masses: tf.Tensor) -> tf.Tensor:
    """The mean of each of PARTS equal shares of the mass, from the least values to the largest.

    The mean of the squared differences of two distributions' parts is their squared Wasserstein-2
    distance in one dimension, but for what differs within a part.

    Args:
      values: [..., n], ascending; masses: [..., n], 0 or more. Both have gradients.

    Returns:
      [..., PARTS] in the dtype of the values, computed in float64: cumulative sums are differenced.
    """
    dtype, values, masses = values.dtype, tf.cast(values, tf.float64), tf.cast(masses, tf.float64)
    masses = tf.math.divide_no_nan(masses, tf.reduce_sum(masses, -1, keepdims=True))
    filled = tf.stop_gradient(tf.cumsum(masses, axis=-1))
    # All of the mass, which rounding may leave below 1: the rest would count as the largest value.
    ends = tf.minimum(tf.constant(np.linspace(0.0, 1.0, PARTS + 1)), filled[..., -1:])
    at = tf.searchsorted(filled, ends, side="right")
    at = tf.minimum(at, sizes(masses)[-1] - 1)
    value, mass, total = (
        tf.gather(each, at, axis=-1, batch_dims=each.shape.rank - 1)
        for each in (
            values,
            tf.cumsum(masses, axis=-1, exclusive=True),
            tf.cumsum(masses * values, axis=-1, exclusive=True),
        )
    )
    totals = total + (ends - mass) * value
    return tf.cast(PARTS * (totals[..., 1:] - totals[..., :-1]), dtype)


def pooled_parts(parts: Sequence[tf.Tensor], shares: Sequence[float]) -> tf.Tensor:
    """The parts of several distributions as one, from the parts [..., PARTS] of each.

    Args:
      shares: of each in the mass, adding up to 1.
    """
    values = tf.concat(parts, -1)
    masses = np.repeat(np.asarray(shares), PARTS)
    order = tf.argsort(values, axis=-1)
    ordered = tf.gather(values, order, axis=-1, batch_dims=values.shape.rank - 1)
    return quantile_means(ordered, tf.gather(tf.constant(masses), order))


def histogram_sums(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """Soft histograms of each channel: a value is shared by the nodes beside it, by its nearness.

    The mean of a channel's features is that of its histogram. Values beyond the last node, and
    below 0, are shared by the two nodes nearest to them with one share below 0.

    Args:
      features: [B, h, w, C], any floating dtype.
      weights: [h, w] or None for ones.

    Returns:
      "histogram" [B, C, NODES] and "positions" [B], both sums.
    """
    values = tf.cast(features, sum_dtype(features))
    batch, _, _, channels = sizes(features)
    cell = tf.cast(tf.math.log1p(tf.maximum(values, 0.0)) / STEP, tf.int32)
    cell = tf.clip_by_value(cell, 0, NODES - 2)
    below, above = (tf.gather(_nodes(values.dtype), at) for at in (cell, cell + 1))
    upper = (values - below) / (above - below)
    counts = tf.ones_like(values)
    if weights is not None:
        counts = tf.cast(weights, values.dtype)[None, :, :, None] * counts
    channel = tf.reshape(tf.range(batch * channels), [batch, 1, 1, channels])
    index, nodes = cell + NODES * channel, batch * channels * NODES
    sums = tf.math.unsorted_segment_sum(counts * (1 - upper), index, nodes)
    sums += tf.math.unsorted_segment_sum(counts * upper, index + 1, nodes)
    return {
        "histogram": tf.reshape(sums, [batch, channels, NODES]),
        "positions": position_count(features, weights),
    }


def histogram_parts(histogram: tf.Tensor) -> tf.Tensor:
    """[B, C, NODES] -> [B, C, PARTS]: see `quantile_means`."""
    nodes = tf.broadcast_to(_nodes(histogram.dtype), sizes(histogram))
    return quantile_means(nodes, histogram)


def _nodes(dtype: tf.DType) -> tf.Tensor:
    """[NODES]."""
    return tf.constant(np.expm1(STEP * np.arange(NODES)), dtype)
