"""How fast a painting goes and what is left of it, by a clock of the tests."""

import numpy as np
import pytest

from tf_nst.engine.events import ScaleStarted, StepsDone
from tf_nst.planning.schedule import Scale
from tf_nst.studio.progress import Pace

SCALES = (Scale(10, 10, 30), Scale(20, 20, 40))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(100.0, clock)


def make_steps(pace, clock, index, step, now):
    clock.now = now
    values = {"content": np.zeros((10, 1), np.float32)}
    pace.steps(StepsDone(step, SCALES[index], values, 1.0, None), SCALES)


def test_the_rate_is_that_of_the_steps_after_the_first_call(pace, clock):
    pace.begin(ScaleStarted(0, SCALES[0]))
    make_steps(pace, clock, 0, 10, 5.0)
    assert (pace.rate, pace.seconds_left) == (0.0, 95.0)
    make_steps(pace, clock, 0, 20, 7.0)
    # Ten steps, and forty of four times the pixels.
    assert (pace.rate, pace.seconds_left) == (5.0, 34.0)


def test_a_scale_does_not_begin_at_the_rate_of_the_one_before(pace, clock):
    pace.begin(ScaleStarted(0, SCALES[0]))
    for step, now in ((10, 5.0), (20, 7.0), (30, 9.0)):
        make_steps(pace, clock, 0, step, now)
    left = pace.seconds_left
    pace.begin(ScaleStarted(1, SCALES[1]))
    make_steps(pace, clock, 1, 40, 17.0)
    # Thirty of forty steps are left, and the rate at this size is not known yet.
    assert pace.rate == 0.0 and pace.seconds_left == left
    make_steps(pace, clock, 1, 50, 25.0)
    assert (pace.rate, pace.seconds_left) == (1.25, 16.0)
