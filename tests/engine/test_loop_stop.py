"""The loop where --stop ends a scale: after ten steps that lowered the loss by too little."""

import numpy as np
import pytest
from jobs import history, notes, picture, started, steps_done
from scale_jobs import STILL, plain_jobs, scales

from tf_nst.engine import pace
from tf_nst.engine.events import Note
from tf_nst.engine.loop import iterate, stylize
from tf_nst.engine.pace import STOP_STEPS

both_lengths = pytest.mark.parametrize("seconds", [0.0, 1e6], ids=["short calls", "long calls"])


@pytest.fixture(scope="module")
def make_job(make_job):
    """Jobs whose features are the picture itself."""
    return plain_jobs(make_job)


@both_lengths
@pytest.mark.parametrize("pause_every", [0, 7])
def test_a_scale_ends_at_a_multiple_of_ten_steps_that_lowered_nothing(
    make_job, monkeypatch, seconds, pause_every
):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    job = make_job(scales=scales(35, 25), optimizer=STILL, stop=1e-3, pause_every=pause_every)
    events = list(iterate(job))
    assert notes(events) == [
        f"step {step}: 10 steps lowered the loss by a share of less than 0.001; "
        "this size is finished"
        for step in (20, 40)
    ]
    ends = [event.step for event in steps_done(events)]
    assert {20, 40} <= set(ends) and ends[-1] == 40
    first = next(event for event in events if isinstance(event, Note))
    assert events.index(started(events)[1]) == events.index(first) + 1


@pytest.mark.parametrize(("steps", "stop"), [(20, 1e-3), (35, 0.0)])
def test_nothing_is_told_where_all_steps_are_made(make_job, steps, stop, long_calls):
    events = list(iterate(make_job(steps, optimizer=STILL, stop=stop)))
    assert steps_done(events)[-1].step == steps
    assert notes(events) == []


@both_lengths
def test_what_is_compared_is_the_least_loss_with_that_of_ten_steps_before(
    make_job, monkeypatch, seconds
):
    """Against NumPy, on a run that slows down; its picture is that of as many steps alone."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    stop = 0.05
    whole = list(iterate(make_job(60)))
    weights = {term.name: term.weight for term in make_job().terms}
    losses = sum(weights[name] * values[:, 0] for name, values in history(whole).items())
    least = np.minimum.accumulate(losses)
    falls = {
        count: 1 - least[count - 1] / least[count - 1 - STOP_STEPS]
        for count in range(20, 61, STOP_STEPS)
    }
    expected = next(count for count, fall in falls.items() if fall < stop)
    assert 20 < expected < 60
    events = list(iterate(make_job(60, stop=stop)))
    assert steps_done(events)[-1].step == expected
    np.testing.assert_array_equal(picture(events), stylize(make_job(expected)))


def test_a_batch_goes_on_while_one_of_its_pictures_does(make_job, content):
    """One stands still; the other begins with noise."""
    noise = np.random.default_rng(0).random(content.shape, dtype=np.float32)
    settled = stylize(make_job(60, initial=content))
    alone, both = (
        list(iterate(make_job(40, initial=initial, stop=0.02)))
        for initial in (settled, np.concatenate([settled, noise]))
    )
    assert steps_done(alone)[-1].step == 20
    assert steps_done(both)[-1].step > 20
