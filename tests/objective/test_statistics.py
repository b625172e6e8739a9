"""Each statistic by hand: what its number means. What all of them share is in tests/conformance."""

import numpy as np
import pytest
import reference
import tensorflow as tf

from objective.samples import batch, distance, sums_of, target_of
from tf_nst.config import STYLE_STATISTICS
from tf_nst.objective.moments import mean_and_variance, pooled_variance
from tf_nst.objective.statistic import mean_target, means
from tf_nst.objective.statistics import STATISTICS

FEATURES = reference.counting(6, 8, 3)
CONTENT = reference.counting(6, 8, 3, start=29)

of_content = pytest.mark.parametrize("statistic", ["mean_squared", "frobenius"])
of_style = pytest.mark.parametrize("statistic", STYLE_STATISTICS)


def number(statistic: str, features, other=None) -> float:
    """The distance of features [h, w, C] from others."""
    return float(distance(statistic, batch(features), None if other is None else batch(other))[0])


@of_content
@pytest.mark.parametrize("size", [(6, 8), (2, 3)])
def test_content_is_one_where_there_is_nothing_at_any_size(statistic, size):
    content = CONTENT[: size[0], : size[1]]
    np.testing.assert_allclose(number(statistic, 0 * content, content), 1.0, rtol=1e-14)


def test_content_at_three_times_itself_is_four_or_two():
    squared = number("mean_squared", 3 * CONTENT, CONTENT)
    root = number("frobenius", 3 * CONTENT, CONTENT)
    np.testing.assert_allclose([squared, root], [4.0, 2.0], rtol=1e-14)


def test_content_sees_where_and_style_does_not():
    mirrored = FEATURES[::-1, ::-1]
    assert number("mean_squared", mirrored, FEATURES) > 0.1
    for statistic in STYLE_STATISTICS:
        rounding = 1e-12 if statistic in ("wasserstein", "nearest") else 1e-20
        assert abs(number(statistic, mirrored, FEATURES)) < rounding


def test_gram_of_one_hot_channels_is_known():
    """Shares 1/2, 1/2, 0 against 1/2, 0, 1/2: |G - A|^2 = 1/2 and |A|^2 = 1/2."""
    one, other = np.eye(3)[[[0, 1]]], np.eye(3)[[[0, 2]]]
    assert number("gram", one, other) == 1.0


def test_gram_grows_with_the_fourth_power():
    """Features times 2 are a Gram times 4: (4 - 1)^2."""
    np.testing.assert_allclose(number("gram", 2 * CONTENT, CONTENT), 9.0)


def test_mean_std_of_a_shift_is_that_of_the_means():
    """Means 2 and 1 with equal deviations: 1 + 0."""
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(number("mean_std", style + 1, style), 1.0)


def test_mean_std_of_a_spread_is_that_of_the_deviations():
    """Means equal, deviations 3 and 1: (3 - 1)^2."""
    spread = np.array([[[-2.0], [4.0]]])
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(number("mean_std", spread, style), 4.0)


def test_mean_std_is_exact_where_the_deviation_is_a_hundredth_of_the_mean():
    """In float32, whose mean square minus squared mean loses four digits there."""
    features, style = 100 + reference.counting(6, 8), 100 + 2 * reference.counting(6, 8)
    actual = distance("mean_std", batch(features, "float32"), batch(style, "float32"))
    np.testing.assert_allclose(actual, [reference.mean_std_distance(features, style)], rtol=1e-2)


def test_wasserstein_of_a_shift_is_its_square():
    """(3 - 1)^2, over the mean's 1 and the variance's 1."""
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(number("wasserstein", style + 2, style), 2.0)


def test_wasserstein_of_a_spread_is_the_squared_difference_of_deviations():
    """Means equal, deviations 3 and 1: (3 - 1)^2 over 1 + 1."""
    spread, style = np.array([[[-2.0], [4.0]]]), np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(number("wasserstein", spread, style), 2.0)


def test_wasserstein_of_opposite_correlation_is_all_of_the_spread():
    """Along one diagonal against the other: nothing in common, 2 + 2 over 2."""
    along, across = np.array([[[1.0, 1.0], [-1.0, -1.0]]]), np.array([[[1.0, -1.0], [-1.0, 1.0]]])
    np.testing.assert_allclose(number("wasserstein", along, across), 2.0)


def test_wasserstein_from_a_style_of_one_colour_is_what_there_is():
    """The mean's square and the variance 1, over the target's 4."""
    features, style = np.array([[[1.0], [3.0]]]), np.full([1, 2, 1], 2.0)
    np.testing.assert_allclose(number("wasserstein", features, style), 1 / 4)


def test_wasserstein_with_fewer_positions_than_channels():
    """Both covariances are singular."""
    one, other = reference.counting(2, 3, 16), reference.counting(2, 2, 16, start=5)
    expected = reference.wasserstein_distance(one, other)
    np.testing.assert_allclose(number("wasserstein", one, other), expected, rtol=1e-6)


def test_variation_of_a_ramp_is_its_slope():
    """10 a column and 0 a row: half of the differences, for as many rows as columns."""
    ramp = 10.0 * np.arange(5)[None, :, None] * np.ones([5, 1, 3])
    assert number("squared", ramp) == 50
    assert number("absolute", ramp) == 5


@of_style
def test_style_of_a_repeated_texture_does_not_depend_on_its_size(statistic):
    style = reference.counting(5, 4, 3, start=77)
    small = number(statistic, np.tile(FEATURES, (2, 1, 1)), style)
    large = number(statistic, np.tile(FEATURES, (4, 3, 1)), np.tile(style, (2, 5, 1)))
    np.testing.assert_allclose(large, small, rtol=1e-9)


@of_style
def test_a_blended_target_is_that_of_the_styles_side_by_side(statistic):
    """Three of the first and one of the second: shares of 3/4 and 1/4."""
    kind = STATISTICS[statistic]
    one, other = (target_of(statistic, batch(it)) for it in (FEATURES, CONTENT))
    blended = kind.blend([one, other], [0.75, 0.25])
    both = batch(np.concatenate([FEATURES] * 3 + [CONTENT]))
    beside = target_of(statistic, both)
    assert blended.keys() == beside.keys()
    third = kind.value(sums_of(statistic, batch(reference.counting(7, 5, 3, start=8)), None))
    expected = kind.distance(third, beside)
    # Parts of a distribution are means; each picture's features are less its own mean.
    rounding = {"sliced": 2e-2, "nearest": 0.5}.get(statistic, 1e-9)
    np.testing.assert_allclose(kind.distance(third, blended), expected, rtol=rounding)


def test_what_wasserstein_compares_with_is_a_mean_and_a_root_alone():
    """An export stores no more."""
    assert target_of("wasserstein", batch(FEATURES)).keys() == {"mean", "root"}


def test_the_mean_of_targets_is_weighted_by_their_shares():
    """3/4 of 8 and 1/4 of 16."""
    targets = [{"gram": tf.fill([1, 2, 2], 8.0)}, {"gram": tf.fill([1, 2, 2], 16.0)}]
    blended = mean_target(targets, [0.75, 0.25])
    np.testing.assert_array_equal(blended["gram"], np.full([1, 2, 2], 10.0))


def test_means_divide_each_sum_by_the_positions_of_its_picture():
    sums = {"gram": tf.ones([2, 3, 3]), "error": tf.ones([2]), "positions": tf.constant([2.0, 4.0])}
    result = means(sums)
    assert set(result) == {"gram", "error"}
    np.testing.assert_array_equal(result["error"], [0.5, 0.25])
    np.testing.assert_array_equal(result["gram"][:, 2, 1], [0.5, 0.25])


def test_means_over_no_positions_are_zero():
    result = means({"error": tf.constant([0.0, 6.0]), "positions": tf.constant([0.0, 2.0])})
    np.testing.assert_array_equal(result["error"], [0.0, 3.0])


def test_the_variance_is_the_mean_square_less_the_squared_mean():
    """1 and 3: mean 2, variance 1; of the other picture nothing counts."""
    result = mean_and_variance(
        {
            "mean": tf.constant([[4.0], [0.0]]),
            "mean_square": tf.constant([[10.0], [0.0]]),
            "positions": tf.constant([2.0, 0.0]),
        }
    )
    np.testing.assert_array_equal(result["mean"], [[2.0], [0.0]])
    np.testing.assert_array_equal(result["variance"], [[1.0], [0.0]])


def test_the_variance_of_several_targets_counts_how_far_their_means_lie_apart():
    """Means 0 and 4 by 3 : 1 are 1; variances of 1 and 5 are 2, and 3/4 of 1 and 1/4 of 9 more."""
    targets = [
        {"mean": tf.constant([[0.0]]), "variance": tf.constant([[1.0]])},
        {"mean": tf.constant([[4.0]]), "variance": tf.constant([[5.0]])},
    ]
    blended = pooled_variance(targets, [0.75, 0.25])
    np.testing.assert_array_equal(blended["mean"], [[1.0]])
    np.testing.assert_array_equal(blended["variance"], [[5.0]])


@of_content
def test_content_of_another_size_is_refused(statistic):
    with pytest.raises(ValueError, match="equal shapes"):
        number(statistic, FEATURES, CONTENT[:, :1])


@of_style
def test_a_style_of_other_channels_is_refused(statistic):
    with pytest.raises(ValueError, match="equal shapes"):
        number(statistic, FEATURES, CONTENT[..., :1])


def test_matrix_products_alone_count_as_operations():
    """6 positions of 4 channels: a product and a sum for each pair of them."""
    operations = {name: kind.operations(6, 4) for name, kind in STATISTICS.items()}
    for name in ("gram", "covariance", "wasserstein", "chained", "sliced"):
        assert operations.pop(name) == 6 * 4 * 4 * 2
    assert operations.pop("self_similarity") == 6 * 6 * 4 * 2 * 2
    # The search, half of which counts, since it has no gradient.
    assert operations.pop("nearest") == 6 * 4 * 4096
    assert set(operations.values()) == {0}


def test_a_chain_counts_the_channels_of_both_layers():
    assert STATISTICS["chained"].operations(6, 4, 3) == 6 * 4 * 3 * 2
