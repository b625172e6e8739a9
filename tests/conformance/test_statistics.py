"""What every statistic must hold: one row of STATISTICS, all of these tests."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from objective.samples import ROLES, batch, distance, role_of, sums_of
from reference_statistics import DISTANCES
from tolerances import assert_close, assert_gradient

from conformance.samples import (
    FEATURES,
    NAMES,
    OTHER,
    ROUNDED,
    WEIGHTS,
    additive_ones,
    every_statistic,
    objective_of,
)
from tf_nst.config.objective import CHAINED_STATISTICS
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.statistics import STATISTICS, find_statistic


def grey(statistic: str, value: float) -> np.ndarray:
    """What is compared with itself: grey for a variation, which is 0 there, else FEATURES."""
    return np.full([5, 7, 4], value) if role_of(statistic) == "variation" else FEATURES


def assert_rounded(statistic: str, actual, expected, dtype: str, scale: float) -> None:
    """Exactly equal, but for the statistics that are ROUNDED."""
    if statistic in ROUNDED:
        assert_close(actual, expected, dtype, scale=scale)
    else:
        np.testing.assert_array_equal(actual, expected)


# --- the row ---------------------------------------------------------------------------------


def test_the_choices_of_the_config_are_the_rows():
    choices = [name for names in ROLES.values() for name in names]
    assert sorted(choices) == sorted(NAMES)
    chained = [name for name, row in STATISTICS.items() if row.chained]
    assert tuple(chained) == CHAINED_STATISTICS
    paired = {role_of(name) for name, row in STATISTICS.items() if row.paired}
    assert paired == {"content"}


def test_every_statistic_has_a_reference():
    assert DISTANCES.keys() == set(NAMES)


# --- values ----------------------------------------------------------------------------------


@every_statistic
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_equals_the_reference(statistic, dtype, weights):
    actual = distance(statistic, batch(FEATURES, dtype), batch(OTHER, dtype), weights)
    expected = DISTANCES[statistic](FEATURES, OTHER, weights)
    assert_close(actual, [expected], dtype)


@every_statistic
def test_bfloat16_features_are_within_the_tolerance(statistic):
    actual = distance(statistic, batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"))
    expected = DISTANCES[statistic](FEATURES, OTHER)
    assert_close(tf.cast(actual, tf.float32), [expected], "bfloat16")


@every_statistic
def test_bfloat16_features_have_float32_sums(statistic):
    """All but variation, which is of the picture, and that is always float32."""
    sums = sums_of(statistic, batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"))
    expected = tf.bfloat16 if role_of(statistic) == "variation" else tf.float32
    assert {value.dtype for value in sums.values()} == {expected}


@every_statistic
def test_zero_at_its_own_target(statistic):
    point = grey(statistic, 0.3)
    for dtype in ("float64", "float32"):
        value = distance(statistic, batch(point, dtype), batch(point, dtype))
        assert_rounded(statistic, value, [0.0], dtype, scale=1.0)


@every_statistic
def test_a_batch_of_two_equals_the_two_alone(statistic):
    both = tf.concat([batch(FEATURES), batch(OTHER)], 0)
    actual = distance(statistic, both, batch(OTHER))
    alone = [distance(statistic, batch(it), batch(OTHER))[0] for it in (FEATURES, OTHER)]
    assert_close(actual, alone, "float64")


# --- gradients -------------------------------------------------------------------------------


@every_statistic
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_the_gradient_equals_central_differences(statistic, weights):
    features, other = batch(FEATURES), batch(OTHER)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, other, weights)
    expected = reference.central_difference(
        lambda it: DISTANCES[statistic](it, OTHER, weights), FEATURES
    )
    assert_gradient(tape.gradient(value, features)[0], expected)


@every_statistic
def test_the_gradient_at_its_own_target_is_zero(statistic):
    point = batch(grey(statistic, 0.5))
    features = tf.identity(point)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, point)
    gradient = tape.gradient(value, features)
    assert_rounded(statistic, gradient, np.zeros([1, 5, 7, 4]), "float64", scale=1.0)


@every_statistic
def test_twice_the_weight_is_twice_the_gradient(statistic, make_extractor, content, style):
    """Exactly: doubling loses no digit."""
    image, gradients = tf.constant(content[:, ::-1]), []
    for weight in (0.75, 1.5):
        objective = objective_of(statistic, make_extractor, content, style, weight)
        gradients.append(value_and_grad(objective, image).gradient.numpy())
    assert np.abs(gradients[0]).max() > 0
    np.testing.assert_array_equal(gradients[1], 2 * gradients[0])


@every_statistic
@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_the_gradient_on_a_constant_image_is_finite(statistic, level, make_extractor, style):
    image = tf.fill([1, 20, 28, 3], level)
    for other in (style, image):
        objective = objective_of(statistic, make_extractor, image, tf.constant(other))
        evaluation = value_and_grad(objective, image)
        assert np.isfinite(evaluation.loss).all()
        assert np.isfinite(evaluation.gradient).all()


# --- masks -----------------------------------------------------------------------------------


@every_statistic
def test_a_mask_of_ones_equals_no_mask(statistic):
    features, other = batch(FEATURES), batch(OTHER)
    masked = distance(statistic, features, other, np.ones([5, 7]))
    assert_close(masked, distance(statistic, features, other), "float64")


@additive_ones
def test_two_masks_that_partition_the_picture_add_up(statistic):
    whole, one, other = (
        sums_of(statistic, batch(FEATURES), batch(OTHER), weights)
        for weights in (None, WEIGHTS, 1 - WEIGHTS)
    )
    for name, value in whole.items():
        assert_close(one[name] + other[name], value, "float64")


@every_statistic
def test_what_the_mask_hides_does_not_count(statistic):
    """Outside the mask, and beyond its reach, features may be anything; within they count."""
    reach = find_statistic(statistic).reach
    mask = np.ones([5, 7])
    mask[:, 4:] = 0
    beyond, within = FEATURES.copy(), FEATURES.copy()
    beyond[:, 4 + reach :] += 100.0
    within[:, 3 + reach :] += 100.0
    values = [
        distance(statistic, batch(it), batch(OTHER), mask) for it in (FEATURES, beyond, within)
    ]
    assert values[0] == values[1] != values[2]


@every_statistic
def test_a_mask_of_zeros_gives_a_finite_value_and_no_gradient(statistic):
    features = batch(FEATURES)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, batch(OTHER), np.zeros([5, 7]))
    assert np.isfinite(value).all()
    np.testing.assert_array_equal(tape.gradient(value, features), np.zeros([1, 5, 7, 4]))
