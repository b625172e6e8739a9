"""L-BFGS: its matrix, its moves, its pairs, the border, failing searches, batches."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from problems import bowl, quadratic, rosenbrock, run
from tolerances import assert_close

from tf_nst.optim.lbfgs import FIRST_MOVE, LARGEST_MOVE, empty_pairs, lbfgs
from tf_nst.optim.line_search import MOST_TRIALS, strong_wolfe, tolerant
from tf_nst.optim.two_loop import Pairs, two_loop

SIZE = 12
GENERATOR = np.random.default_rng(0)
GOAL = GENERATOR.uniform(0.3, 0.7, SIZE)
START = GENERATOR.uniform(0.2, 0.8, [1, SIZE])


def as_pictures(rows) -> np.ndarray:
    """[..., n] -> [..., 1, n / 3, 3]."""
    rows = np.asarray(rows)
    return rows.reshape(*rows.shape[:-1], 1, rows.shape[-1] // 3, 3)


def as_row(picture) -> np.ndarray:
    """[1, 1, n / 3, 3] -> [n]."""
    return np.asarray(picture).ravel()


def pairs_of(moves, changes, memory: int) -> Pairs:
    """[count, n] twice, oldest first, as they lie after that many pairs were learnt."""
    size = moves.shape[1]
    stores, curvatures = np.zeros([2, memory, size]), np.zeros(memory)
    for index, (move, change) in enumerate(zip(moves, changes, strict=True), start=1):
        stores[:, index % memory] = move, change
        curvatures[index % memory] = np.mean(move * change)
    newest = tf.constant([len(moves) % memory])
    both = [tf.constant(as_pictures(store)[None]) for store in stores]
    return Pairs(*both, tf.constant(curvatures[None]), newest)


def kept(pairs: Pairs) -> tuple[list, list]:
    """Moves and changes [n] of one picture, oldest first."""
    memory, newest = pairs.curvatures.shape[1], int(pairs.newest[0])
    places = [(newest - back) % memory for back in reversed(range(memory))]
    places = [place for place in places if pairs.curvatures[0, place] > 0]
    return tuple(
        [as_row(store[0, place]) for place in places] for store in (pairs.moves, pairs.changes)
    )


def hessian(seed: int = 1) -> np.ndarray:
    directions, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal([SIZE, SIZE]))
    return (directions * np.geomspace(0.1, 10, SIZE)) @ directions.T


# --- the matrix ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_two_loop_is_the_inverse_bfgs_matrix_times_the_gradient(count, share):
    """Of the last four pairs, and of those values alone that are free."""
    generator = np.random.default_rng(count)
    moves = generator.standard_normal([count, SIZE])
    gradient, free = generator.standard_normal(SIZE), generator.random(SIZE) >= share
    pairs = pairs_of(moves, moves @ hessian(), 4)
    product, known = two_loop(
        pairs,
        tf.constant(as_pictures([gradient])),
        tf.constant(as_pictures([1.0 * free])),
        lambda picture: picture,
    )
    moves, changes = (part[-4:] * free for part in (moves, moves @ hessian()))
    expected = reference.inverse_bfgs(moves, changes, SIZE) @ (gradient * free)
    assert_close(as_row(product), expected, "float64")
    assert known == (count > 0)


def test_pairs_along_conjugate_directions_tell_the_whole_inverse():
    """As many as there are values (Nocedal and Wright 2006, theorem 6.4)."""
    values, directions = np.linalg.eigh(hessian())
    pairs = pairs_of(directions.T, directions.T * values[:, None], SIZE)
    gradient = as_pictures(START)
    product, _ = two_loop(
        pairs, tf.constant(gradient), tf.ones_like(gradient), lambda picture: picture
    )
    assert_close(as_row(product), np.linalg.solve(hessian(), START[0]), "float64")


def test_pairs_of_which_too_little_is_free_do_not_count():
    """A move of one value, which is not free."""
    move = np.eye(SIZE)[:1]
    free = 1.0 - move
    product, known = two_loop(
        pairs_of(move, 3 * move, 4),
        tf.constant(as_pictures(START)),
        tf.constant(as_pictures(free)),
        lambda picture: picture,
    )
    np.testing.assert_array_equal(as_row(product), START[0] * free[0])
    assert not known


# --- moves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1.0, 0.25])
@pytest.mark.parametrize("steepness", [1e-6, 1.0, 1e6])
def test_the_first_move_is_down_the_gradient_by_a_known_length(rate, steepness):
    images = run(lbfgs(rate), [bowl(GOAL, steepness)], START, 1).images
    slope = START[0] - GOAL
    expected = START[0] - rate * FIRST_MOVE * slope / np.max(np.abs(slope))
    assert_close(images[1, 0], expected, "float64")


def test_a_bowl_is_solved_exactly_by_the_second_move():
    start = GOAL + 0.4 * (START - 0.5)
    images = run(lbfgs(1.0, line_search=strong_wolfe()), [bowl(GOAL)], start, 2).images
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
    for made, state in enumerate(done.states):
        first = max(0, made - memory)
        moves, changes = kept(state.pairs)
        np.testing.assert_array_equal(
            np.reshape(moves, [-1, SIZE]), np.diff(points[first : made + 1], axis=0)
        )
        np.testing.assert_array_equal(
            np.reshape(changes, [-1, SIZE]), np.diff(gradients[first : made + 1], axis=0)
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


# --- searches that fail ----------------------------------------------------------------------


class Turning:
    """A bowl that is higher everywhere else after so many evaluations."""

    def __init__(self, good: int):
        self.good, self.function = good, quadratic(10, 1, inside=True, size=SIZE)

    def __call__(self, image):
        self.good -= 1
        loss, slope = self.function(image)
        return (loss, slope) if self.good >= 0 else (loss + 100, slope)


both_searches = pytest.mark.parametrize(
    "search", [strong_wolfe(), tolerant()], ids=["wolfe", "tolerant"]
)


@both_searches
def test_a_failing_search_resets_and_the_second_in_a_row_is_the_end(search):
    optimizer = lbfgs(1.0, 3, search)
    done = run(optimizer, [Turning(4)], START, 4 + 2 * MOST_TRIALS)
    before, reset, last = (done.states[index] for index in (3, 3 + MOST_TRIALS, -1))
    assert len(kept(before.pairs)[0]) == 3 and before.failures == 0
    assert len(kept(reset.pairs)[0]) == 0 and reset.failures == 1 and reset.search.trials == 0
    for state in (reset, last):
        np.testing.assert_array_equal(state.point, before.point)
    steepest = -FIRST_MOVE * reset.gradient / np.max(np.abs(reset.gradient))
    assert_close(reset.direction, steepest, "float64")
    failed = [bool(optimizer.failed(state)[0]) for state in done.states]
    assert failed == [False] * (len(failed) - 1) + [True]


@both_searches
def test_a_picture_that_failed_for_good_stays_at_its_last_accepted_point(search):
    """Beside one that goes on, even where the loss falls again."""

    class Passing(Turning):
        """Higher everywhere else for as long as two searches last."""

        def __call__(self, image):
            loss, slope = super().__call__(image)
            return (loss, slope) if self.good >= -2 * MOST_TRIALS else self.function(image)

    optimizer, starts = lbfgs(1.0, 3, search), np.concatenate([START, START])
    steps = 4 + 2 * MOST_TRIALS
    done = run(
        optimizer, [Passing(4), quadratic(1e6, 1, inside=True, size=SIZE)], starts, steps + 5
    )
    accepted = as_row(done.states[3].point[0])
    assert not np.array_equal(done.images[steps - 1, 0], accepted)
    for image, state in zip(done.images[steps:], done.states[steps - 1 :], strict=True):
        np.testing.assert_array_equal(image[0], accepted)
        np.testing.assert_array_equal(optimizer.failed(state), [True, False])
    assert not np.array_equal(done.images[steps, 1], done.images[-1, 1])


def test_a_move_that_is_accepted_forgives_a_failure():
    class Once(Turning):
        def __call__(self, image):
            turned = super().__call__(image)
            return self.function(image) if self.good < -MOST_TRIALS else turned

    optimizer = lbfgs(1.0, line_search=strong_wolfe())
    done = run(optimizer, [Once(4)], START, 4 + MOST_TRIALS + 20)
    failures = [int(state.failures[0]) for state in done.states[3 + MOST_TRIALS :]]
    assert failures == sorted(failures, reverse=True) and (failures[0], failures[-1]) == (1, 0)
    assert done.losses[-1] < 1e-6 * done.losses[0]


# --- several pictures ------------------------------------------------------------------------


def test_pictures_of_a_batch_are_minimised_as_alone():
    """One falls, one is stuck, one winds through a valley."""
    bodies = [lambda: quadratic(1e3, 1, inside=True, size=SIZE), lambda: Turning(2)]
    bodies.append(lambda: rosenbrock)
    starts = np.random.default_rng(4).uniform(0.2, 0.8, [3, SIZE])
    optimizer = lbfgs(1.0, 3, strong_wolfe())
    together = run(optimizer, [body() for body in bodies], starts, 20)
    for index, body in enumerate(bodies):
        alone = run(optimizer, [body()], starts[index : index + 1], 20)
        assert_close(together.losses[:, index], alone.losses[:, 0], "float64")
        assert_close(together.images[:, index], alone.images[:, 0], "float64")


def test_at_another_size_it_begins_anew():
    optimizer = lbfgs(1.0, 3)
    state = run(optimizer, [bowl(GOAL)], START, 4).states[-1]
    larger = tf.constant(reference.counting(6, 8)[None])
    begun = tf.nest.flatten(optimizer.init(larger))
    for new, old in zip(tf.nest.flatten(optimizer.resample(state, larger)), begun, strict=True):
        np.testing.assert_array_equal(new, old)
