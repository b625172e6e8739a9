"""The statistics that terms compare. To add one: a row here, its formula in ops/, its reference in
tests/reference.py; the conformance tests then cover it.

A statistic is a sum over positions, and a distance of what the sums come to:

  distance(value(sums), target(value(sums of the other picture)))

Sums add up over windows, masks and devices, so nothing more is needed for those.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_nst.ops.accelerators import wide_dtype
from tf_nst.ops.distances import FLOOR, check_equal_shapes, relative_squared_error, safe_sqrt
from tf_nst.ops.spectral import covariance_root, root_trace
from tf_nst.ops.statistics import error_sums, gram_sums, mean_square_sums, moment_sums
from tf_nst.ops.variation import absolute_variation_sums, squared_variation_sums

Sums = dict[str, tf.Tensor]
Value = dict[str, tf.Tensor]


def means(sums: Sums) -> Value:
    """Each sum [B, ...] divided by the number of positions [B]; 0 where no position counts."""
    return {
        name: tf.math.divide_no_nan(
            value, tf.reshape(sums["positions"], [-1] + [1] * (value.shape.rank - 1))
        )
        for name, value in sums.items()
        if name != "positions"
    }


def mean_target(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """The weighted mean of targets, as if each picture had its share of the positions.

    Args:
      targets: values of one statistic.
      shares: add up to 1.
    """

    def mean(*values):
        return tf.add_n([share * value for share, value in zip(shares, values, strict=True)])

    return tf.nest.map_structure(mean, *targets)


def mean_and_variance(sums: Sums) -> Value:
    """The mean and the variance [B, C] of each channel, from the sums of values and squares.

    In `wide_dtype` until the squared mean is taken off: a channel of mean 100 and deviation 1 has a
    mean square of 10,001, of which float32 keeps three decimals.
    """
    dtype, wide = sums["mean"].dtype, wide_dtype()
    positions = tf.cast(sums["positions"], wide)[:, None]
    mean, mean_square = (
        tf.math.divide_no_nan(tf.cast(sums[name], wide), positions)
        for name in ("mean", "mean_square")
    )
    variance = mean_square - tf.square(mean)
    return {"mean": tf.cast(mean, dtype), "variance": tf.cast(variance, dtype)}


def pooled_variance(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """Mean and variance of several pictures as one, see `mean_target`."""
    mean = mean_target([{"mean": target["mean"]} for target in targets], shares)["mean"]
    spread = [
        {"variance": target["variance"] + tf.square(target["mean"] - mean)} for target in targets
    ]
    return {"mean": mean, **mean_target(spread, shares)}


def covariance(moments: Value) -> tf.Tensor:
    """[B, C, C] from "mean" and "gram", in `wide_dtype` until they are taken off each other."""
    mean, gram = (tf.cast(moments[name], wide_dtype()) for name in ("mean", "gram"))
    return tf.cast(gram - mean[:, :, None] * mean[:, None, :], moments["gram"].dtype)


def mean_and_root(moments: Value) -> Value:
    """The "mean" [B, C] and the "root" [B, C, C] of the covariance of moments."""
    return {"mean": moments["mean"], "root": covariance_root(covariance(moments))}


def pooled_roots(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """Mean and root of several pictures as one, see `mean_target`."""
    mean = mean_target([{"mean": target["mean"]} for target in targets], shares)["mean"]
    spread = [_spread_around(mean, target) for target in targets]
    return {"mean": mean, "root": covariance_root(mean_target(spread, shares))}


def _spread_around(mean: tf.Tensor, target: Value) -> tf.Tensor:
    """[B, C, C], R R^T and what the target's own mean is off."""
    shift = target["mean"] - mean
    spread = tf.matmul(target["root"], target["root"], transpose_b=True)
    return spread + shift[:, :, None] * shift[:, None, :]


def _as_it_is(value: Value) -> Value:
    return value


def _no_products(positions: int, channels: int) -> int:
    return 0


class Statistic(NamedTuple):
    """What is summed over positions, and how far it is from a target.

    Attributes:
      measure: features [B, h, w, C], for a paired statistic the reference's features at the same
        positions [B or 1, h, w, C], and weights [h, w] or None -> sums, with "positions" [B].
      distance: value, target -> [B]; the target is None where nothing is compared with.
      additive: whether sums over windows add up to the picture's.
      blend: targets and their shares, which add up to 1 -> one target.
      value: sums -> what is compared.
      target: a value -> that with what distances from it need, made once.
      paired: whether features are compared position by position with those of another picture.
      reach: positions to the right and below that the sum of a position looks at.
      operations: positions, channels -> floating-point operations of the sums' matrix products,
        and again of their gradient's.
    """

    measure: Callable[..., Sums]
    distance: Callable[..., tf.Tensor]
    additive: bool = True
    blend: Callable[[Sequence[Value], Sequence[float]], Value] = mean_target
    value: Callable[[Sums], Value] = means
    target: Callable[[Value], Value] = _as_it_is
    paired: bool = False
    reach: int = 0
    operations: Callable[[int, int], int] = _no_products

    def target_of(self, sums: Sums) -> Value:
        """What is compared with, from its own sums."""
        return self.target(self.value(sums))


def squared_content_distance(value: Value, target: None = None) -> tf.Tensor:
    """|F - P|^2 / |P|^2 (Gatys et al. 2016, equation 1, relative to the reference's features)."""
    return value["error"] / tf.maximum(value["reference"], FLOOR)


def content_distance(value: Value, target: None = None) -> tf.Tensor:
    """|F - P| / |P|, the norm itself: pulls as hard near the content as far from it.

    Its gradient at the content itself is 0.
    """
    return safe_sqrt(squared_content_distance(value))


def gram_distance(value: Value, target: Value) -> tf.Tensor:
    """|G - A|^2 / |A|^2 with G = sum over positions of f f^T / positions.

    Gatys et al. 2016, equation 4, has 1 / (4 N^2 M^2) in place of 1 / |A|^2, which makes its size
    depend on the layer and the network; ours depends on neither.
    """
    return relative_squared_error(value["gram"], target["gram"])


def mean_deviation_distance(value: Value, target: Value) -> tf.Tensor:
    """|mu - mu'|^2 / |mu'|^2 + |sigma - sigma'|^2 / |sigma'|^2 per channel.

    The batch-normalisation statistics of Li et al. 2017 (Demystifying neural style transfer,
    section 4.2), each part relative to its own target.
    """
    return relative_squared_error(value["mean"], target["mean"]) + relative_squared_error(
        safe_sqrt(value["variance"]), safe_sqrt(target["variance"])
    )


def wasserstein_distance(value: Value, target: Value) -> tf.Tensor:
    """The squared Wasserstein-2 distance of two Gaussians, relative to the target's |nu|^2 + tr B:

      |mu - nu|^2 + tr(A + B - 2 (B^1/2 A B^1/2)^1/2)

    with the means mu, nu and the covariances A, B of features (Olkin and Pukelsheim
    1982). For B = 0 it is |mu - nu|^2 + tr A. What float32 cannot tell from 0 of B has no root.
    """
    check_equal_shapes(value["gram"], target["root"])
    spread, root = covariance(value), target["root"]
    extent = tf.reduce_sum(tf.square(root), [1, 2])
    size = tf.reduce_sum(tf.square(target["mean"]), -1) + extent
    shift = tf.reduce_sum(tf.square(value["mean"] - target["mean"]), -1)
    change = tf.linalg.trace(spread) + extent - 2 * root_trace(spread, root)
    return (shift + change) / tf.maximum(size, FLOOR)


def variation_distance(value: Value, target: None = None) -> tf.Tensor:
    """The mean difference of neighbouring pixels, squared or absolute, in 0..255."""
    return value["variation"]


def _gram_operations(positions: int, channels: int) -> int:
    """A product and a sum for each position and pair of channels."""
    return 2 * positions * channels**2


STATISTICS = {
    "mean_squared": Statistic(error_sums, squared_content_distance, paired=True),
    "frobenius": Statistic(error_sums, content_distance, paired=True),
    "gram": Statistic(gram_sums, gram_distance, operations=_gram_operations),
    "mean_std": Statistic(
        mean_square_sums, mean_deviation_distance, blend=pooled_variance, value=mean_and_variance
    ),
    "wasserstein": Statistic(
        moment_sums,
        wasserstein_distance,
        blend=pooled_roots,
        target=mean_and_root,
        operations=_gram_operations,
    ),
    "squared": Statistic(squared_variation_sums, variation_distance, reach=1),
    "absolute": Statistic(absolute_variation_sums, variation_distance, reach=1),
}
