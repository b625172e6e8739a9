"""L-BFGS: searches that fail, alone and beside pictures that go on."""

import numpy as np
import pytest
from lbfgs_samples import SIZE, START, as_row, kept
from problems import quadratic, rosenbrock, run
from tolerances import assert_close

from tf_nst.optim.lbfgs import FIRST_MOVE, lbfgs
from tf_nst.optim.line_search import MOST_TRIALS, strong_wolfe, tolerant


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
