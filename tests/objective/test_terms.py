"""Each term by hand: what its number means. What all terms share is in tests/conformance."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from tf_nst.objective.terms import (
    AbsoluteVariation,
    FrobeniusContent,
    Gram,
    MeanSquaredContent,
    MeanStd,
    SquaredVariation,
    means,
)

FEATURES = reference.counting(6, 8, 3)
CONTENT = reference.counting(6, 8, 3, start=29)


def batch(features) -> tf.Tensor:
    return tf.constant(np.asarray(features)[None], tf.float64)


def content_distance(term, features, content) -> float:
    return float(term.distance(means(term.moments(batch(features), batch(content))))[0])


def style_distance(term, features, style) -> float:
    target = means(term.moments(batch(style)))
    return float(term.distance(means(term.moments(batch(features))), target)[0])


def variation_distance(term, image) -> float:
    return float(term.distance(means(term.moments(batch(image))))[0])


@pytest.mark.parametrize("size", [(6, 8), (2, 3)])
def test_content_is_one_where_there_is_nothing_at_any_size(size):
    content = CONTENT[: size[0], : size[1]]
    for term in (MeanSquaredContent("layer", 1.0), FrobeniusContent("layer", 1.0)):
        np.testing.assert_allclose(content_distance(term, 0 * content, content), 1.0, rtol=1e-14)


def test_content_at_three_times_itself_is_four_or_two():
    squared = content_distance(MeanSquaredContent("layer", 1.0), 3 * CONTENT, CONTENT)
    root = content_distance(FrobeniusContent("layer", 1.0), 3 * CONTENT, CONTENT)
    np.testing.assert_allclose([squared, root], [4.0, 2.0], rtol=1e-14)


def test_content_sees_where_and_style_does_not():
    mirrored = FEATURES[::-1, ::-1]
    assert content_distance(MeanSquaredContent("layer", 1.0), mirrored, FEATURES) > 0.1
    assert style_distance(Gram("layer", 1.0), mirrored, FEATURES) < 1e-25
    assert style_distance(MeanStd("layer", 1.0), mirrored, FEATURES) < 1e-25


def test_gram_of_one_hot_channels_is_known():
    """Shares 1/2, 1/2, 0 against 1/2, 0, 1/2: |G - A|^2 = 1/2 and |A|^2 = 1/2."""
    one, other = np.eye(3)[[[0, 1]]], np.eye(3)[[[0, 2]]]
    assert style_distance(Gram("layer", 1.0), one, other) == 1.0


def test_gram_grows_with_the_fourth_power():
    """Features times 2 are a Gram times 4: (4 - 1)^2."""
    np.testing.assert_allclose(style_distance(Gram("layer", 1.0), 2 * CONTENT, CONTENT), 9.0)


def test_mean_std_of_a_shift_is_that_of_the_means():
    """Means 2 and 1 with equal deviations: 1 + 0."""
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(style_distance(MeanStd("layer", 1.0), style + 1, style), 1.0)


def test_mean_std_of_a_spread_is_that_of_the_deviations():
    """Means equal, deviations 3 and 1: (3 - 1)^2."""
    spread = np.array([[[-2.0], [4.0]]])
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(style_distance(MeanStd("layer", 1.0), spread, style), 4.0)


def test_mean_std_is_exact_where_the_deviation_is_a_hundredth_of_the_mean():
    """In float32, whose mean square minus squared mean loses four digits there."""
    features, style = 100 + reference.counting(6, 8), 100 + 2 * reference.counting(6, 8)
    term = MeanStd("layer", 1.0)
    one, other = (tf.constant(it[None], tf.float32) for it in (features, style))
    actual = term.distance(means(term.moments(one)), means(term.moments(other)))
    np.testing.assert_allclose(actual, [reference.mean_std_distance(features, style)], rtol=1e-2)


def test_variation_of_a_ramp_is_its_slope():
    """10 a column and 0 a row: half of the differences, for as many rows as columns."""
    ramp = 10.0 * np.arange(5)[None, :, None] * np.ones([5, 1, 3])
    assert variation_distance(SquaredVariation("image", 1.0), ramp) == 50
    assert variation_distance(AbsoluteVariation("image", 1.0), ramp) == 5


@pytest.mark.parametrize("term", [Gram("layer", 1.0), MeanStd("layer", 1.0)])
def test_style_of_a_repeated_texture_does_not_depend_on_its_size(term):
    style = reference.counting(5, 4, 3, start=77)
    small = style_distance(term, np.tile(FEATURES, (2, 1, 1)), style)
    large = style_distance(term, np.tile(FEATURES, (4, 3, 1)), np.tile(style, (2, 5, 1)))
    np.testing.assert_allclose(large, small, rtol=1e-12)


@pytest.mark.parametrize("term", [Gram("layer", 1.0), MeanStd("layer", 1.0)])
def test_the_mean_of_two_targets_is_that_of_the_styles_side_by_side(term):
    """Blending statistics is blending styles."""
    one, other = (means(term.moments(batch(it))) for it in (FEATURES, CONTENT))
    blended = {name: (one[name] + other[name]) / 2 for name in one}
    beside = means(term.moments(batch(np.concatenate([FEATURES, CONTENT]))))
    for name in blended:
        assert_close(blended[name], beside[name], "float64")
    np.testing.assert_allclose(term.distance(beside, blended), [0.0], atol=1e-20)


def test_means_divide_each_sum_by_the_positions_of_its_picture():
    sums = {"gram": tf.ones([2, 3, 3]), "error": tf.ones([2]), "positions": tf.constant([2.0, 4.0])}
    result = means(sums)
    assert set(result) == {"gram", "error"}
    np.testing.assert_array_equal(result["error"], [0.5, 0.25])
    np.testing.assert_array_equal(result["gram"][:, 2, 1], [0.5, 0.25])


@pytest.mark.parametrize("term", [MeanSquaredContent("layer", 1.0), FrobeniusContent("layer", 1.0)])
def test_content_of_another_size_is_refused(term):
    with pytest.raises(ValueError, match="equal shapes"):
        term.moments(batch(FEATURES), batch(CONTENT[:, :1]))


@pytest.mark.parametrize("term", [Gram("layer", 1.0), MeanStd("layer", 1.0)])
def test_a_style_of_other_channels_is_refused(term):
    with pytest.raises(ValueError, match="equal shapes"):
        style_distance(term, FEATURES, CONTENT[..., :1])


def test_matrix_products_alone_count_as_operations():
    """6 positions of 4 channels: a product and a sum for each pair of them."""
    assert Gram("layer", 1.0).operations(6, 4) == 6 * 4 * 4 * 2
    for term in (MeanSquaredContent, FrobeniusContent, MeanStd, SquaredVariation):
        assert term("layer", 1.0).operations(6, 4) == 0
