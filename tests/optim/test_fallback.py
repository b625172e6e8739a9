"""What goes on where an optimiser fails: for that picture alone, from where the first left it."""

from typing import NamedTuple

import numpy as np
import pytest
import reference
import tensorflow as tf
from mean_errors import RATE, START, STEPS, mean_error, path
from problems import quadratic, run
from tolerances import assert_close

from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import MOST_TRIALS, strong_wolfe, tolerant
from tf_nst.optim.optimizer import Optimizer, choose
from tf_nst.optim.sgd import sgd

BOTH = np.concatenate([START, START[:, ::-1]])
ADAM = adam(RATE, epsilon=0.1)
DESCENT = sgd(0.01)
NEVER = 1000


class Count(NamedTuple):
    """Steps made, and after how many it fails; both [B] int32."""

    steps: tf.Tensor
    most: tf.Tensor


def failing(*after: int) -> Optimizer:
    """Gradient descent that fails after so many steps, for each picture; then it stays."""

    def init(image):
        return Count(tf.zeros(tf.shape(image)[:1], tf.int32), tf.constant(after))

    def failed(state):
        return state.steps >= state.most

    def update(evaluation, image, state):
        updated, _ = DESCENT.update(evaluation, image, ())
        return choose(failed(state), image, updated), state._replace(steps=state.steps + 1)

    return Optimizer(init, update, lambda state, image: init(image), failed)


def descent_then_adam(start, after: int, steps: int) -> list[np.ndarray]:
    """The pictures of the two, one after the other."""
    first = path(DESCENT, start, min(after, steps))
    return first + path(ADAM, first[-1], steps - len(first))


@pytest.mark.parametrize("after", [1, 4, STEPS])
def test_the_second_begins_at_the_picture_that_the_first_leaves(after):
    """And from its own first step, as if there had been no first."""
    ours = path(with_fallback(failing(after), ADAM), START)
    for image, expected in zip(ours, descent_then_adam(START, after, STEPS), strict=True):
        np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("after", [(4, NEVER), (NEVER, 4), (2, 7), (3, 3), (NEVER, NEVER)])
def test_each_picture_of_a_batch_goes_on_as_alone(after):
    """One that fails does not send the others to the second optimiser."""
    ours = path(with_fallback(failing(*after), ADAM), BOTH)
    for index, most in enumerate(after):
        start = BOTH[index : index + 1]
        alone = path(with_fallback(failing(most), ADAM), start)
        by_hand = descent_then_adam(start, most, STEPS)
        for image, one, other in zip(ours, alone, by_hand, strict=True):
            np.testing.assert_array_equal(image[index], one[0])
            np.testing.assert_array_equal(image[index], other[0])


def test_the_second_counts_its_steps_for_each_picture():
    optimizer, image = with_fallback(failing(2, 5), ADAM), tf.constant(BOTH)
    state, counts, failed = optimizer.init(image), [], []
    for _ in range(7):
        image, state = optimizer.update(mean_error(image), image, state)
        counts.append(list(state.second.count.numpy()))
        failed.append(list(optimizer.failed(state).numpy()))
    assert counts == [[0, 0], [0, 0], [1, 0], [2, 0], [3, 0], [4, 1], [5, 2]]
    assert failed == [[False, False]] + [[True, False]] * 3 + [[True, True]] * 3


def test_a_failure_is_for_good():
    """Even where the first sees a way on again."""
    once = failing(1)._replace(failed=lambda state: state.steps == 1)
    ours = path(with_fallback(once, ADAM), START)
    for image, expected in zip(ours, descent_then_adam(START, 1, STEPS), strict=True):
        np.testing.assert_array_equal(image, expected)


def test_at_another_size_both_begin_anew():
    optimizer, image = with_fallback(failing(1, 2), ADAM), tf.constant(BOTH)
    state = optimizer.init(image)
    for _ in range(3):
        image, state = optimizer.update(mean_error(image), image, state)
    assert np.all(optimizer.failed(state)) and np.any(state.second.mean)
    larger = tf.constant(np.stack([reference.counting(6, 8)] * 2))
    begun = optimizer.init(larger)
    tf.nest.map_structure(np.testing.assert_array_equal, optimizer.resample(state, larger), begun)
    assert not np.any(optimizer.failed(begun))


# --- L-BFGS ----------------------------------------------------------------------------------

SIZE = 12
STARTS = np.random.default_rng(0).uniform(0.2, 0.8, [2, SIZE])
STEPS_OF_BOTH_SEARCHES = 4 + 2 * MOST_TRIALS
both_searches = pytest.mark.parametrize(
    "search", [strong_wolfe(), tolerant()], ids=["wolfe", "tolerant"]
)


class Wall:
    """A quadratic that for as long as two searches last is higher everywhere else."""

    def __init__(self):
        self.evaluations, self.function = 0, quadratic(10, 1, inside=True, size=SIZE)

    def __call__(self, image):
        self.evaluations += 1
        loss, slope = self.function(image)
        behind = 4 < self.evaluations <= STEPS_OF_BOTH_SEARCHES
        return (loss + 100, slope) if behind else (loss, slope)


def valley():
    return quadratic(1e6, 2, inside=True, size=SIZE)


@both_searches
def test_where_one_search_of_a_batch_fails_each_picture_ends_where_it_ends_alone(search):
    optimizer = with_fallback(lbfgs(1.0, 3, search), adam(RATE))
    steps = STEPS_OF_BOTH_SEARCHES + 6
    together = run(optimizer, [Wall(), valley()], STARTS, steps)
    np.testing.assert_array_equal(optimizer.failed(together.states[-1]), [True, False])
    for index, function in enumerate((Wall(), valley())):
        alone = run(optimizer, [function], STARTS[index : index + 1], steps)
        assert_close(together.images[:, index], alone.images[:, 0], "float64")


@both_searches
def test_adam_begins_at_the_last_point_that_the_search_accepted(search):
    optimizer = with_fallback(lbfgs(1.0, 3, search), adam(RATE))
    done = run(optimizer, [Wall()], STARTS[:1], STEPS_OF_BOTH_SEARCHES + 6)
    point = done.states[3].first.point.numpy().reshape(SIZE)
    np.testing.assert_array_equal(done.images[STEPS_OF_BOTH_SEARCHES, 0], point)
    by_adam = run(adam(RATE), [quadratic(10, 1, inside=True, size=SIZE)], point[None], 6)
    np.testing.assert_array_equal(done.images[STEPS_OF_BOTH_SEARCHES:], by_adam.images)


@both_searches
def test_where_nothing_fails_the_pictures_are_those_of_the_first_alone(search):
    functions, first = [quadratic(100, 3, inside=True, size=SIZE), valley()], lbfgs(1.0, 3, search)
    with_second = run(with_fallback(first, adam(RATE)), functions, STARTS, 20)
    np.testing.assert_array_equal(with_second.images, run(first, functions, STARTS, 20).images)
    assert not np.any(with_second.states[-1].failed)
