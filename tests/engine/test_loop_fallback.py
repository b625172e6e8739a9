"""The loop where an optimiser fails: a line says so, and another goes on."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, compile_steps, failing, history, make_term, notes, picture, steps_done
from scale_jobs import FINE, objective_of, plain_jobs, scales
from tolerances import assert_close

from tf_nst.engine import pace
from tf_nst.engine.events import Note, StepsDone
from tf_nst.engine.loop import iterate
from tf_nst.engine.steps import begin_scale
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import MOST_TRIALS, strong_wolfe
from tf_nst.optim.sgd import sgd


@pytest.fixture(scope="module")
def make_job(make_job):
    """Jobs whose features are the picture itself."""
    return plain_jobs(make_job)


def test_where_an_optimiser_fails_a_line_says_so_and_another_goes_on(make_job, monkeypatch):
    """Calls of one step, so that the line comes at the step."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    job = make_job(7, optimizer=with_fallback(failing(sgd(1e-5), 3), ADAM))
    events, states = [], []
    for event in iterate(job):
        events.append(event)
        states.append(event.snapshot())
    assert notes(events) == ["step 3: the line search found no lower loss, Adam continues"]
    (note,) = (event for event in events if isinstance(event, Note))
    before = events[events.index(note) - 1]
    assert isinstance(before, StepsDone) and before.step == 3
    assert steps_done(events)[-1].step == 7
    run = compile_steps(objective_of(job, *FINE), ADAM)
    image = tf.constant(states[events.index(note)].progress.image)
    progress, report = run(begin_scale(ADAM, image), tf.constant(4))
    for index, values in enumerate(history(events).values()):
        assert_close(values[3:, 0], report.history[:4, index, 0], "float32")
    assert_close(picture(events), progress.track.picture, "float32")


def test_the_best_picture_before_a_failure_is_not_forgotten(make_job):
    """What goes on makes it worse."""
    job = make_job(6, optimizer=with_fallback(failing(sgd(1e-4), 3), sgd(10.0)), pause_every=3)
    events = list(iterate(job))
    before = next(event for event in steps_done(events) if event.step == 3)
    np.testing.assert_array_equal(picture(events), before.image)


def test_the_scale_after_a_failure_has_its_own_optimiser_again(make_job, monkeypatch):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    optimizer = with_fallback(failing(sgd(1e-5), 3), ADAM)
    job = make_job(scales=scales(4, 5), optimizer=optimizer)
    lines = [line.split(":")[0] for line in notes(list(iterate(job)))]
    assert lines == ["step 3", "step 7"]


def test_of_a_batch_the_line_says_how_many(make_job, content):
    optimizer = with_fallback(failing(sgd(1e-5), 3), ADAM)
    job = make_job(4, optimizer=optimizer, initial=np.concatenate([content, content[:, ::-1]]))
    (line,) = notes(iterate(job))
    assert line.endswith("found no lower loss for 2 of 2 pictures, Adam continues")


def test_lbfgs_gives_way_after_two_searches_in_vain(make_job, monkeypatch):
    """The slope that the extractor tells is the opposite of its own."""

    def lying(image):
        return {"pixels": image - 2 * tf.stop_gradient(image)}

    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    optimizer = with_fallback(lbfgs(1.0, 2, strong_wolfe()), ADAM)
    job = make_job(
        40, optimizer=optimizer, extractor=lying, terms=(make_term("mean_squared", "pixels"),)
    )
    start = job.pictures["content"] / 2 + 0.2
    events = list(iterate(job._replace(initial=start)))
    assert [line.split(":")[0] for line in notes(events)] == [f"step {1 + 2 * MOST_TRIALS}"]
    assert steps_done(events)[-1].step == 40
    np.testing.assert_array_equal(picture(events), start)
