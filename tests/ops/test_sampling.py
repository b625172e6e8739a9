"""Positions drawn by their weight."""

import numpy as np
import pytest
import tensorflow as tf

from tf_nst.ops.sampling import draw, drawn_positions

ROWS = np.arange(12.0).reshape(1, 3, 4, 1)


def drawn(weights=None, most=100, **choices) -> list:
    weights = None if weights is None else np.reshape(weights, [3, 4]).astype(float)
    return draw(tf.constant(ROWS), weights, most, **choices)[0, :, 0].numpy().tolist()


@pytest.mark.parametrize("weights", [None, np.ones(12), np.full(12, 0.25)])
def test_where_there_are_few_every_position_is_drawn_once(weights):
    assert drawn(weights) == list(range(12))
    assert drawn(weights, 12) == list(range(12))


def test_a_position_of_weight_zero_is_never_drawn():
    """Of three that are visible, twelve: each four times."""
    assert drawn([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]) == [1] * 4 + [5] * 4 + [10] * 4


def test_repeated_it_draws_as_many_as_asked_for():
    assert drawn(None, 24, repeated=True) == sorted([*range(12)] * 2)


def test_of_many_positions_one_is_drawn_from_each_part_the_same_every_time():
    total = tf.range(1.0, 10001.0, dtype=tf.float64)
    first, again = (drawn_positions(total, 100).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first // 100, np.arange(100))
    assert len(set(first % 100)) > 40


def test_without_weight_there_are_zeros_and_no_gradient():
    rows = tf.constant(ROWS)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        result = draw(rows, np.zeros([3, 4]), 5)
    assert not np.any(result) and not np.any(tape.gradient(result, rows))


def test_the_size_may_be_known_only_when_it_runs():
    traced = tf.function(lambda rows: draw(rows, None, 5))
    spec = tf.TensorSpec([1, None, None, 1], tf.float64)
    result = traced.get_concrete_function(spec)(tf.constant(ROWS))
    np.testing.assert_array_equal(result, draw(tf.constant(ROWS), None, 5))
