"""Statistics of distributions, of chains and of pairs, by hand."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from objective.samples import batch, by_windows, distance, make_term, scene
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.errors import UserError
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import (
    build_objective,
    measure_sums,
    term_values,
)
from tf_nst.objective.statistics import find_statistic
from tf_nst.objective.terms import Finer, Term, network_layers
from tf_nst.objective.weights import position_weights

FEATURES = reference.counting(6, 8, 3)


def number(statistic: str, features, other=None) -> float:
    return float(distance(statistic, batch(features), None if other is None else batch(other))[0])


def test_the_mean_alone_sees_no_spread():
    spread, style = np.array([[[-2.0], [4.0]]]), np.array([[[0.0], [2.0]]])
    assert number("mean", spread, style) == 0
    np.testing.assert_allclose(number("mean", style + 2, style), 4.0)


def test_the_covariance_sees_no_shift():
    """Deviations 3 and 1: variances 9 and 1, (9 - 1)^2."""
    style = np.array([[[0.0], [2.0]]])
    np.testing.assert_allclose(number("covariance", style + 5, style), 0, atol=1e-25)
    np.testing.assert_allclose(number("covariance", np.array([[[-2.0], [4.0]]]), style), 64.0)


@pytest.mark.parametrize("statistic", ["sliced", "histogram"])
def test_one_channel_that_is_shifted_moves_by_the_shift(statistic):
    """All of 3 against half of 1 and half of 2: 2^2 and 1^2 over 1 and 4. Nodes are apart by 4 %,
    so that a histogram spreads each value."""
    features, style = np.full([2, 2, 1], 3.0), np.array([[[1.0], [2.0]], [[1.0], [2.0]]])
    np.testing.assert_allclose(number(statistic, features, style), 1.0, rtol=1e-2)


def test_a_histogram_does_not_see_which_channels_go_together_and_projections_do():
    along, across = np.array([[[1.0, 1.0], [3.0, 3.0]]]), np.array([[[1.0, 3.0], [3.0, 1.0]]])
    assert number("histogram", along, across) < 1e-25
    assert number("sliced", along, across) > 0.01


def test_the_nearest_is_found_whatever_its_length_and_place():
    """Twice as far from the mean in the same directions, in another order."""
    style = FEATURES[::-1, ::-1]
    np.testing.assert_allclose(number("nearest", 10 * FEATURES, 10 * style), 0, atol=1e-12)
    np.testing.assert_allclose(number("nearest", 20 * FEATURES, 10 * style), 0, atol=1e-12)


def test_opposite_directions_are_two_apart():
    """Less its mean each picture has one direction and its opposite; the styles' is at right
    angles."""
    along, across = 100 * np.array([[[1.0, 0], [3.0, 0]]]), 100 * np.array([[[0, 1.0], [0, 3.0]]])
    np.testing.assert_allclose(number("nearest", along, across), 1.0)


def test_self_similarity_does_not_see_the_scale_of_features_and_sees_their_order():
    np.testing.assert_allclose(number("self_similarity", 3 * FEATURES, 1 * FEATURES), 0, atol=1e-2)
    assert number("self_similarity", FEATURES[::-1], FEATURES) > 0.1


def test_self_similarity_of_three_positions_is_known():
    """Cosine distances: 1 to both others; against 1 and 0, whose shares are 1 and 0."""
    one = 10 * np.eye(3)[None]
    other = 10 * np.array([[[1.0, 0, 0], [0, 1.0, 0], [0, 1.0, 0]]])
    # Rows: (0, 1/2, 1/2) against (0, 1/2, 1/2), then twice (1/2, 0, 1/2) against (1, 0, 0).
    np.testing.assert_allclose(number("self_similarity", one, other), 2 / 3, rtol=1e-12)


def test_a_chain_multiplies_a_layer_with_the_mean_of_the_finer_one():
    fine, coarse = np.arange(16.0).reshape(1, 4, 4, 1), np.array([[[[1.0], [2.0]], [[3.0], [4.0]]]])
    term = Term("t", "style", "coarse", 1.0, "chained", finer=Finer("fine", 2))
    features = {"coarse": tf.constant(coarse), "fine": tf.constant(fine)}
    means = np.array([2.5, 4.5, 10.5, 12.5])
    sums = measure_sums((term,), features)["t"]
    np.testing.assert_allclose(sums["gram"], [[[means @ [1, 2, 3, 4]]]])
    assert network_layers((term,)) == ("coarse", "fine")


# --- windows and edges -----------------------------------------------------------------------


@pytest.mark.parametrize("statistic", ["sliced", "nearest", "self_similarity"])
def test_what_is_no_sum_is_refused_by_windows_in_one_line(statistic, tiny, make_extractor):
    term = make_term(statistic, "block2_conv1")
    extractor = make_extractor(("block2_conv1",))
    with pytest.raises(UserError, match=f"^--tile: {term.name} does not add up [^\\n]*$"):
        Windows(
            WindowObjective(extractor, tiny, (term,), 32),
            Replicas(tf.distribute.get_strategy(), 1),
        )


def edges(weight: float = 1.0) -> Term:
    return Term("content/mean_squared/laplacian", "content", "laplacian", weight, "mean_squared")


def test_edges_do_not_see_a_change_of_all_colours(make_extractor):
    pictures = scene(24, 32)
    objective = build_objective(lambda image: {}, (edges(),), pictures)
    for image, expected in ((0.5 + 0.5 * pictures["content"], 0.25), (0 * pictures["image"], 1.0)):
        (value,) = term_values(objective, image).values()
        assert_close(value, [expected], "float64")


@pytest.mark.parametrize("layer", ["block1_conv1", "block4_conv1"])
@pytest.mark.parametrize("masked", [False, True])
def test_edges_by_windows_equal_the_whole(layer, masked, tiny, make_extractor):
    """With layers of a finer and of a coarser stride than the edges', sides off both grids."""
    pictures, plane = scene(51, 77), np.ones([1, 51, 77, 1])
    plane[:, :, 30:] = 0
    terms = edges(2.0)._replace(mask="left" if masked else None), make_term("gram", layer, 3.0)
    weights = position_weights(tiny, terms, {"left": tf.constant(plane)})
    extractor, image = make_extractor((layer,), dtype="float64"), pictures["image"]
    objective = build_objective(extractor, terms, pictures, weights)
    whole = value_and_grad(objective, image)
    windowed = by_windows(extractor, tiny, terms, 24, pictures, weights, image)
    assert (abs(whole.gradient.numpy()[:, :, 40:]) > 0).any()
    for one, other in zip(*map(tf.nest.flatten, (windowed, whole)), strict=True):
        assert_close(one, other, "float64")


def variation(statistic: str, image) -> float:
    kind = find_statistic(statistic)
    return float(kind.distance(kind.value(kind.measure(batch(image), None)), None)[0])


def test_a_power_of_two_is_the_squared_variation():
    image = 255 * reference.counting(5, 6)
    np.testing.assert_allclose(variation("2.0", image), variation("squared", image), rtol=1e-14)


def test_a_power_of_one_is_the_length_of_the_slope():
    """3 a column and 4 a row: 5 at 4 of 9 pixels, 3 and 4 at two each, over 12 differences."""
    ramp = 3.0 * np.arange(3)[None, :, None] + 4.0 * np.arange(3)[:, None, None]
    np.testing.assert_allclose(variation("1.0", ramp * np.ones(3)), (4 * 5 + 2 * 3 + 2 * 4) / 12)
    assert find_statistic("1.0") is find_statistic("1.0")
