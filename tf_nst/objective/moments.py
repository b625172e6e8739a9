"""Statistics by the moments of features: means, deviations, Gram matrices, covariances."""

from collections.abc import Sequence

import tensorflow as tf

from tf_nst.objective.statistic import Sums, Value, mean_target, means
from tf_nst.ops.accelerators import wide_dtype
from tf_nst.ops.distances import FLOOR, check_equal_shapes, relative_squared_error, safe_sqrt
from tf_nst.ops.spectral import covariance_root, root_trace


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
    return tf.cast(gram - _outer(mean), moments["gram"].dtype)


def mean_and_root(moments: Value) -> Value:
    """The "mean" [B, C] and the "root" [B, C, C] of the covariance of moments."""
    return {"mean": moments["mean"], "root": covariance_root(covariance(moments))}


def mean_and_covariance(sums: Sums) -> Value:
    """The "mean" [B, C] and the "covariance" [B, C, C], from the sums of `moment_sums`."""
    moments = means(sums)
    return {"mean": moments["mean"], "covariance": covariance(moments)}


def pooled_covariance(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """Mean and covariance of several pictures as one, see `mean_target`."""
    mean = mean_target([{"mean": target["mean"]} for target in targets], shares)["mean"]
    spread = [
        {"covariance": target["covariance"] + _outer(target["mean"] - mean)} for target in targets
    ]
    return {"mean": mean, **mean_target(spread, shares)}


def pooled_roots(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """Mean and root of several pictures as one, see `mean_target`."""
    covariances = [
        {
            "mean": target["mean"],
            "covariance": tf.matmul(target["root"], target["root"], transpose_b=True),
        }
        for target in targets
    ]
    pooled = pooled_covariance(covariances, shares)
    return {"mean": pooled["mean"], "root": covariance_root(pooled["covariance"])}


def _outer(vector: tf.Tensor) -> tf.Tensor:
    """[B, C] -> [B, C, C]."""
    return vector[:, :, None] * vector[:, None, :]


def mean_distance(value: Value, target: Value) -> tf.Tensor:
    """|mu - mu'|^2 / |mu'|^2 with the mean mu of each channel.

    The maximum mean discrepancy by the linear kernel k(x, y) = x^T y (Li et al. 2017, Demystifying
    neural style transfer), relative to its target. The Gram distance is that by the
    kernel (x^T y)^2.
    """
    return relative_squared_error(value["mean"], target["mean"])


def gram_distance(value: Value, target: Value) -> tf.Tensor:
    """|G - A|^2 / |A|^2 with G = sum over positions of f f^T / positions.

    Gatys et al. 2016, equation 4, has 1 / (4 N^2 M^2) in place of 1 / |A|^2, which makes its size
    depend on the layer and the network; ours depends on neither.
    """
    return relative_squared_error(value["gram"], target["gram"])


def covariance_distance(value: Value, target: Value) -> tf.Tensor:
    """|A - B|^2 / |B|^2 with the covariances A and B of features: Gram matrices less their means.

    Sun and Saenko 2016 (Deep CORAL) divide by 4 d^2 where ours is relative.
    """
    return relative_squared_error(value["covariance"], target["covariance"])


def chained_distance(value: Value, target: Value) -> tf.Tensor:
    """|G - A|^2 / |A|^2 with G = sum over positions of f up(g)^T / positions.

    f are the features of a layer and g those of the finer style layer before it, averaged over
    each position of f. Novak and Nikulin 2016 (Improving the neural algorithm of artistic style,
    correlations of layers in a chain) enlarge the coarser layer instead, which gives the same sum.
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


def gram_operations(positions: int, channels: int, finer: int | None = None) -> int:
    """A product and a sum for each position and pair of channels."""
    return 2 * positions * channels * (finer or channels)
