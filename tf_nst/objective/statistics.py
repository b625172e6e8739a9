"""The statistics that terms compare. To add one: a row here, its formula in ops/, its reference in
tests/reference_statistics.py; the conformance tests then cover it.

A statistic is a sum over positions, and a distance of what the sums come to:

  distance(value(sums), target(value(sums of the other picture)))

Sums add up over windows, masks and devices, so nothing more is needed for those. What is no sum is
not additive: it is refused by windows, and takes masks and batches all the same.
"""

import functools

import tensorflow as tf

from tf_nst.config.functions import is_function
from tf_nst.objective.contents import (
    content_distance,
    drawn_pairs,
    self_similarity_distance,
    similarity_bytes,
    similarity_operations,
    squared_content_distance,
)
from tf_nst.objective.distributions import (
    all_features,
    drawn_neighbours,
    histogram_bytes,
    histogram_distance,
    joined_neighbours,
    nearest_bytes,
    nearest_distance,
    nearest_operations,
    parts_of_projections,
    pooled_projections,
    sliced_bytes,
    sliced_distance,
    sliced_operations,
)
from tf_nst.objective.functions import load_statistic
from tf_nst.objective.moments import (
    chained_distance,
    covariance_distance,
    gram_distance,
    gram_operations,
    mean_and_covariance,
    mean_and_root,
    mean_and_variance,
    mean_deviation_distance,
    mean_distance,
    pooled_covariance,
    pooled_roots,
    pooled_variance,
    wasserstein_distance,
)
from tf_nst.objective.statistic import Statistic, Value, as_it_is
from tf_nst.ops.distributions import histogram_sums, projections
from tf_nst.ops.statistics import (
    cross_gram_sums,
    error_sums,
    gram_sums,
    mean_square_sums,
    mean_sums,
    moment_sums,
)
from tf_nst.ops.variation import (
    absolute_variation_sums,
    power_variation_sums,
    squared_variation_sums,
)


def variation_distance(value: Value, target: None = None) -> tf.Tensor:
    """The mean difference of neighbouring pixels, squared or absolute, in 0..255."""
    return value["variation"]


STATISTICS = {
    "mean_squared": Statistic(error_sums, squared_content_distance, paired=True),
    "frobenius": Statistic(error_sums, content_distance, paired=True),
    "self_similarity": Statistic(
        drawn_pairs,
        self_similarity_distance,
        additive=False,
        value=as_it_is,
        paired=True,
        operations=similarity_operations,
        bytes=similarity_bytes,
    ),
    "gram": Statistic(gram_sums, gram_distance, operations=gram_operations),
    "mean": Statistic(mean_sums, mean_distance),
    "mean_std": Statistic(
        mean_square_sums, mean_deviation_distance, blend=pooled_variance, value=mean_and_variance
    ),
    "covariance": Statistic(
        moment_sums,
        covariance_distance,
        blend=pooled_covariance,
        value=mean_and_covariance,
        operations=gram_operations,
    ),
    "wasserstein": Statistic(
        moment_sums,
        wasserstein_distance,
        blend=pooled_roots,
        target=mean_and_root,
        operations=gram_operations,
    ),
    "chained": Statistic(
        cross_gram_sums, chained_distance, chained=True, operations=gram_operations
    ),
    "sliced": Statistic(
        projections,
        sliced_distance,
        additive=False,
        blend=pooled_projections,
        value=parts_of_projections,
        operations=sliced_operations,
        bytes=sliced_bytes,
    ),
    "histogram": Statistic(histogram_sums, histogram_distance, bytes=histogram_bytes),
    "nearest": Statistic(
        all_features,
        nearest_distance,
        additive=False,
        blend=joined_neighbours,
        value=as_it_is,
        target=drawn_neighbours,
        operations=nearest_operations,
        bytes=nearest_bytes,
    ),
    "squared": Statistic(squared_variation_sums, variation_distance, reach=1),
    "absolute": Statistic(absolute_variation_sums, variation_distance, reach=1),
}


def find_statistic(name: str, role: str = "style") -> Statistic:
    """The row of a name, the variation of a power, such as "1.25", or one's own, MODULE:FUNCTION.

    Args:
      role: "content" or "style": what one's own is for.

    Raises:
      UserError: a function of one's own that cannot be used.
    """
    if name in STATISTICS:
        return STATISTICS[name]
    return load_statistic(name, role) if is_function(name) else _power_variation(float(name))


@functools.cache
def _power_variation(power: float) -> Statistic:
    measure = functools.partial(power_variation_sums, power=power)
    return Statistic(measure, variation_distance, reach=1)
