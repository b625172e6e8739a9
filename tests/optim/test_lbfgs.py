"""L-BFGS: its moves, the border, its pairs, another size."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from lbfgs_samples import GOAL, SIZE, START, as_pictures, as_row, kept
from problems import bowl, quadratic, run
from tolerances import assert_close

from tf_nst.optim.lbfgs import FIRST_MOVE, LARGEST_MOVE, empty_pairs, lbfgs
from tf_nst.optim.line_search import strong_wolfe

# --- moves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1.0, 0.25])
@pytest.mark.parametrize("steepness", [1e-6, 1.0, 1e6])
def test_the_first_move_is_down_the_gradient_by_a_known_length(rate, steepness):
    images = run(lbfgs(rate), [bowl(GOAL, steepness)], START, 1).images
    slope = START[0] - GOAL
    expected = START[0] - rate * FIRST_MOVE * slope / np.max(np.abs(slope))
    assert_close(images[1, 0], expected, "float64")


@pytest.mark.parametrize("curvature", [1e-12, 2.0, 1e12])
def test_a_bowl_is_solved_exactly_by_the_second_move(curvature):
    """Whatever its loss is multiplied by."""
    start = GOAL + 0.4 * (START - 0.5)
    function = bowl(GOAL, curvature)
    images = run(lbfgs(1.0, line_search=strong_wolfe()), [function], start, 2).images
    assert np.abs(images[1, 0] - GOAL).max() > 0.02
    assert_close(images[2, 0], GOAL, "float64")


def test_no_value_moves_further_than_the_largest_move_at_once():
    start = np.full([1, SIZE], 0.05)
    done = run(lbfgs(1.0), [bowl(np.full(SIZE, 0.95))], start, 8)
    moves = np.abs(np.diff(done.images[:6, 0], axis=0)).max(1)
    assert_close(moves, [FIRST_MOVE] + [LARGEST_MOVE] * 4, "float64")
    assert_close(done.images[-1, 0], np.full(SIZE, 0.95), "float64")


# --- the border ------------------------------------------------------------------------------


def test_values_that_are_pushed_outwards_do_not_move_and_have_no_say():
    start = START.copy()
    start[0, :4] = 0, 0, 1, 1
    images = []
    for goal in (-0.2, -3.0):
        goals = GOAL.copy()
        goals[:4] = goal, goal, 1 - goal, 1 - goal
        images.append(run(lbfgs(1.0), [bowl(goals)], start, 4).images)
    np.testing.assert_array_equal(images[0], images[1])
    np.testing.assert_array_equal(images[0][:, 0, :4], np.tile(start[0, :4], (5, 1)))
    assert_close(images[0][-1, 0, 4:], GOAL[4:], "float64")


@pytest.mark.parametrize("condition", [10, 1e3])
def test_a_minimiser_on_the_border_is_found(condition):
    """Where no value has a gradient but those at the border, outwards."""
    function = quadratic(condition, 3, inside=False)
    start = np.full([1, 60], 0.5)
    done = run(lbfgs(1.0, line_search=strong_wolfe()), [function], start, 150)
    assert done.images.min() >= 0 and done.images.max() <= 1
    best = done.images[np.argmin(done.losses[:, 0]), 0]
    assert 10 < np.sum((best == 0) | (best == 1)) < 50
    inwards = best - np.clip(best - function(best)[1], 0, 1)
    assert np.abs(inwards).max() < 1e-7


# --- pairs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("memory", [1, 2, 3])
def test_the_last_pairs_are_kept_in_a_ring(memory):
    done = run(lbfgs(1.0, memory), [quadratic(10, 1, inside=True, size=SIZE)], START, 7)
    points = [as_row(state.point) for state in done.states]
    gradients = [as_row(state.gradient) for state in done.states]
    assert all(state.search.trials == 0 for state in done.states), "a move was not accepted"
    for count, state in enumerate(done.states):
        first = max(0, count - memory)
        moves, changes = kept(state.pairs)
        np.testing.assert_array_equal(
            np.reshape(moves, [-1, SIZE]), np.diff(points[first : count + 1], axis=0)
        )
        np.testing.assert_array_equal(
            np.reshape(changes, [-1, SIZE]), np.diff(gradients[first : count + 1], axis=0)
        )
    assert len(moves) == memory


def test_a_pair_without_positive_curvature_is_not_kept():
    """Down a hill that grows steeper."""

    def hill(image):
        return 1 - np.sum((image - 0.9) ** 2), -2 * (image - 0.9)

    start = 0.5 + 0.1 * START
    done = run(lbfgs(1.0), [hill], start, 3)
    assert done.losses[2] < done.losses[1] < done.losses[0]
    assert all(state.search.trials == 0 for state in done.states), "a move was not accepted"
    assert all(np.all(state.pairs.curvatures == 0) for state in done.states)
    assert all(state.pairs.newest == 0 for state in done.states)
    assert_close(np.abs(np.diff(done.images[:, 0], axis=0)).max(1), [FIRST_MOVE] * 3, "float64")


def test_empty_pairs_hold_nothing():
    pairs = empty_pairs(tf.constant(as_pictures(START)), 5)
    assert pairs.moves.shape == pairs.changes.shape == (1, 5, 1, SIZE // 3, 3)
    assert not any(np.any(part) for part in pairs)


# --- another size ----------------------------------------------------------------------------


def test_at_another_size_it_begins_anew():
    optimizer = lbfgs(1.0, 3)
    state = run(optimizer, [bowl(GOAL)], START, 4).states[-1]
    larger = tf.constant(reference.counting(6, 8)[None])
    begun = tf.nest.flatten(optimizer.init(larger))
    for new, old in zip(tf.nest.flatten(optimizer.resample(state, larger)), begun, strict=True):
        np.testing.assert_array_equal(new, old)
