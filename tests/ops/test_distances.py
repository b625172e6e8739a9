"""Relative distances: by hand, relative to the target, and with finite gradients everywhere."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst.ops.distances import FLOOR, relative_squared_error, safe_sqrt

VALUE = reference.counting(3, 4, 2)
TARGET = reference.counting(3, 4, 2, start=7)


def batch(value) -> tf.Tensor:
    return tf.constant(np.asarray(value)[None], tf.float64)


def test_zero_at_the_target():
    np.testing.assert_array_equal(relative_squared_error(batch(TARGET), batch(TARGET)), [0.0])


def test_one_where_there_is_nothing():
    np.testing.assert_array_equal(relative_squared_error(batch(0 * TARGET), batch(TARGET)), [1.0])


def test_four_at_three_times_the_target():
    assert_close(relative_squared_error(batch(3 * TARGET), batch(TARGET)), [4.0], "float64")


def test_equals_its_reference():
    actual = relative_squared_error(batch(VALUE), batch(TARGET))
    assert_close(actual, [reference.relative(VALUE, TARGET)], "float64")


@pytest.mark.parametrize("factor", [0.5, 1e3])
def test_units_do_not_matter(factor):
    plain = relative_squared_error(batch(VALUE), batch(TARGET))
    scaled = relative_squared_error(batch(factor * VALUE), batch(factor * TARGET))
    assert_close(scaled, plain, "float64")


def test_a_target_of_nothing_divides_by_the_floor():
    assert FLOOR == reference.FLOOR
    actual = relative_squared_error(batch([0.1, 0.2]), batch([0.0, 0.0]))
    assert_close(actual, [0.05 / FLOOR], "float64")


def test_each_of_a_batch_has_its_own_distance_to_one_target():
    both = relative_squared_error(tf.constant(np.stack([VALUE, TARGET])), batch(TARGET))
    assert_close(both, [reference.relative(VALUE, TARGET), 0.0], "float64")


@pytest.mark.parametrize("shape", [(1, 3, 4), (1, 3, 4, 1), (1, 1, 1, 1), (1, 4, 3, 2)])
def test_shapes_that_differ_are_refused(shape):
    with pytest.raises(ValueError, match="equal shapes"):
        relative_squared_error(batch(VALUE), tf.ones(shape, tf.float64))


@pytest.mark.parametrize("point", [VALUE, TARGET, 0 * VALUE], ids=["value", "target", "zero"])
@pytest.mark.parametrize("target", [TARGET, 0 * TARGET], ids=["target", "no target"])
def test_gradients_equal_central_differences(point, target):
    value = batch(point)
    with tf.GradientTape() as tape:
        tape.watch(value)
        distance = relative_squared_error(value, batch(target))
    expected = reference.central_difference(lambda it: reference.relative(it, target), point)
    assert_gradient(tape.gradient(distance, value)[0], expected)


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_safe_sqrt_is_the_root_with_gradient_zero_at_zero_and_below(dtype):
    value = tf.constant([-1.0, -0.0, 0.0, 0.25, 4.0], dtype)
    with tf.GradientTape() as tape:
        tape.watch(value)
        root = safe_sqrt(value)
    np.testing.assert_array_equal(tf.cast(root, tf.float64), [0.0, 0.0, 0.0, 0.5, 2.0])
    slope = tf.cast(tape.gradient(root, value), tf.float64)
    np.testing.assert_array_equal(slope, [0.0, 0.0, 0.0, 1.0, 0.25])
