"""A loss that rises and stays high ends the run, from Python and the command alike."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, make_term, started, steps_done

from tf_nst.engine import pace
from tf_nst.engine.arrays import from_arrays, to_arrays
from tf_nst.engine.divergence import check_rise, follow, losses_of
from tf_nst.engine.failures import DivergedError, UnfinishedError
from tf_nst.engine.job import Job
from tf_nst.engine.loop import iterate, stylize
from tf_nst.model.networks import Network
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import Scale

TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))
CONTENT = np.full([1, 8, 8, 3], 0.25, np.float32)


def has_diverged(*calls) -> bool:
    """Whether calls with these losses, of one picture or [steps, B], end the run."""
    rise = None
    for losses in calls:
        losses = np.asarray(losses, np.float32)
        rise = follow(rise, losses[:, None] if losses.ndim == 1 else losses)
        try:
            check_rise(1, rise, lambda: CONTENT)
        except DivergedError:
            return True
    return False


@pytest.mark.parametrize(
    ("calls", "diverged"),
    [
        ([[1.0] * 20], False),
        ([[1.0, *[11.0] * 10]], True),
        ([[1.0], *[[11.0]] * 10], True),
        ([[1.0], [11.0] * 4, [11.0] * 6], True),
        ([[1.0, *[11.0] * 9]], False),
        ([[1.0, *[11.0] * 9, 9.0]], False),
        ([[1.0, *[11.0] * 9], [9.0, 11.0], [11.0] * 8], False),
        ([[1.0, *[11.0] * 9], [9.0, 11.0], [11.0] * 9], True),
        ([[1.0, *[9.9] * 20]], False),
        ([[0.0, *[11.0] * 20]], False),
        ([[1.0] * 5, [20.0] * 20], True),
        ([[[1.0, 1.0], *[[11.0, 1.0]] * 10]], False),
        ([[[1.0, 1.0], *[[11.0, 12.0]] * 10]], True),
    ],
)
def test_ten_losses_above_ten_times_the_first_are_a_divergence(calls, diverged):
    assert has_diverged(*calls) == diverged


def test_the_line_names_the_step_both_losses_and_the_way_out():
    rise = follow(None, np.float32([[2.0], *[[30.0]] * 10]))
    said = r"^step 7: the loss rose from 2 to 30: expected a smaller --learning_rate, or --opt"
    with pytest.raises(DivergedError, match=said):
        check_rise(7, rise, lambda: CONTENT)


def test_a_loss_is_the_weighted_sum_of_its_terms():
    terms = make_term("mean_squared", "a", 2.0), make_term("gram", "b", (1.0, 10.0))
    history = np.float32([[[1.0, 2.0], [3.0, 4.0]]])
    np.testing.assert_array_equal(losses_of(terms, history), [[5.0, 44.0]])


def leaving_job(*steps: int, rates=(0.1,)) -> Job:
    """Pictures that leave the content, 0.01 away from it, by so much a step: the losses are 0.01²,
    0.11², 0.21², ... Scales of 4x4, 8x8 and so on with these steps."""
    rate = np.float32(rates)[:, None, None, None]

    def update(evaluation, image, state):
        return image + rate, state

    scales = tuple(Scale(4 << index, 4 << index, count) for index, count in enumerate(steps))
    content = np.full([1, *scales[-1][:2], 3], 0.25, np.float32)
    return Job(
        network=TINY,
        extractor=lambda image: {"pixels": image},
        terms=(make_term("mean_squared", "pixels"),),
        scales=scales,
        optimizers=(Optimizer(lambda image: (), update, lambda state, image: state),) * len(scales),
        fallback=ADAM,
        pictures={"content": content, "style": content},
        initial=np.repeat(content + 0.01, len(rates), axis=0),
    )


def events_until_diverged(job: Job, state=None) -> tuple[list, DivergedError]:
    events = []
    with pytest.raises(DivergedError) as caught:
        for event in iterate(job, state):
            events.append(event)
    return events, caught.value


@pytest.mark.parametrize("seconds", [0.0, 1e6], ids=["short calls", "long calls"])
def test_a_run_ends_at_the_end_of_the_call_with_the_picture_so_far(monkeypatch, seconds):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    events, error = events_until_diverged(leaving_job(1000))
    last = steps_done(events)[-1].step
    assert last == 11 if seconds == 0.0 else 11 < last < 1000
    assert isinstance(error, UnfinishedError) and f"step {last}: the loss rose" in str(error)
    np.testing.assert_allclose(error.image, np.full([1, 4, 4, 3], 0.26), rtol=1e-6)


def test_each_size_has_its_own_first_loss(monkeypatch):
    """8 steps of each: none has ten losses."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    assert len(started(list(iterate(leaving_job(8, 8))))) == 2
    with pytest.raises(DivergedError):
        stylize(leaving_job(8, 20))


def test_a_batch_goes_on_while_one_of_its_pictures_does(monkeypatch):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    assert stylize(leaving_job(20, rates=(0.1, 0.0))).shape == (2, 4, 4, 3)
    with pytest.raises(DivergedError):
        stylize(leaving_job(20, rates=(0.1, 0.2)))


def test_a_run_that_goes_on_ends_at_the_same_step(monkeypatch):
    """The first loss and how many were high are of its state."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    job, state = leaving_job(1000), None
    for event in iterate(job):
        state = to_arrays(event.snapshot())
        if state["step"] == 5:
            break
    events, error = events_until_diverged(job, from_arrays(job, state))
    assert steps_done(events)[-1].step == 11 and "step 11: " in str(error)
    tf.debugging.assert_near(error.image, np.full([1, 4, 4, 3], 0.26, np.float32))
