"""A run whose objective changes on the way: what was learnt of the old one is forgotten."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import picture, steps_done

from tf_nst.engine.divergence import Rise
from tf_nst.engine.engine import Engine
from tf_nst.engine.loop import iterate
from tf_nst.engine.pace import STOP_STEPS, stands_still
from tf_nst.engine.restart import with_new_objective
from tf_nst.engine.state import Progress, RunState, Track
from tf_nst.objective.terms import reweighted
from tf_nst.optim.adam import adam
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import strong_wolfe
from tf_nst.optim.precondition import preconditioner

OPTIMIZERS = {"adam": adam(0.02), "lbfgs": lbfgs(1.0, 3, strong_wolfe(), preconditioner)}


def times(job, factor: float):
    """The job with its style's weights multiplied."""
    weights = [term.weight * (factor if term.role == "style" else 1.0) for term in job.terms]
    return job._replace(terms=reweighted(job.terms, weights))


def state_after(job, engine, steps: int) -> RunState:
    for event in iterate(job, engine=engine):
        if steps_done([event]) and event.step >= steps:
            return event.snapshot()
    raise AssertionError(f"expected {steps} steps")


def test_step_and_picture_stay_and_what_belongs_to_the_old_loss_goes(make_job):
    """By hand: the best picture of loss 3 is grey 0.25; under another loss it is merely the start,
    which was not evaluated yet, so that its least loss is infinite."""
    best, newest = np.full((1, 2, 2, 3), 0.25, np.float32), np.ones((1, 2, 2, 3), np.float32)
    track = Track(best, np.array([3.0], np.float32), np.array([0.5], np.float32))
    job = make_job(optimizer=OPTIMIZERS["adam"])
    memory = OPTIMIZERS["adam"].init(tf.constant(newest))
    progress = Progress(newest, tf.nest.map_structure(lambda it: it + 7, memory), track)
    rise = Rise(*[np.array([1.0], np.float32)] * len(Rise._fields))
    least = np.array([[5.0], [3.0]], np.float32)
    state = RunState(step=9, step_of_scale=4, progress=progress, least=least, rise=rise)
    again = with_new_objective(job, state)
    assert (again.step, again.step_of_scale, again.least, again.rise) == (9, 4, None, None)
    np.testing.assert_array_equal(again.begun.image, best)
    np.testing.assert_array_equal(again.begun.track.picture, best)
    assert np.isinf(again.begun.track.least).all() and not np.any(again.begun.track.weight)
    for new, first in zip(tf.nest.flatten(again.begun.state), tf.nest.flatten(memory), strict=True):
        np.testing.assert_array_equal(new, first)


def test_a_run_that_has_not_begun_stays_as_it_is(make_job):
    assert with_new_objective(make_job(), RunState()) == RunState()


def test_the_fallback_begins_anew_where_it_paints(make_job):
    job = make_job(optimizer=OPTIMIZERS["lbfgs"])
    picture = np.zeros((1, 2, 2, 3), np.float32)
    again = with_new_objective(job, RunState(fallback=True), picture)
    expected = job.fallback.init(tf.constant(picture))
    tf.nest.assert_same_structure(again.begun.state, expected)


@pytest.mark.parametrize(("optimizer", "cores"), [("lbfgs", None), ("adam", (8,))])
def test_other_weights_act_at_once_and_trace_and_measure_nothing(make_job, optimizer, cores):
    engine = Engine()
    job = make_job(12, optimizer=OPTIMIZERS[optimizer], cores=cores, pause_every=2)
    state = state_after(job, engine, 6)
    traces, measurements = engine.traces, engine.measurements
    stronger = times(job, 50.0)
    events = list(iterate(stronger, with_new_objective(stronger, state), engine))
    unchanged = list(iterate(job, with_new_objective(job, state), engine))
    # It goes on from the picture that was shown: the first loss is that of the best one so far.
    first_values = steps_done(unchanged)[0].values
    loss = sum(term.weight * first_values[term.name][0, 0] for term in job.terms)
    np.testing.assert_allclose(loss, state.begun.track.least[0], rtol=1e-4)
    # The last evaluation is by another function, which a run compiles once.
    assert traces <= engine.traces <= traces + 1
    assert engine.measurements == measurements
    assert np.abs(picture(events) - picture(unchanged)).max() > 1e-3
    style = [name for name in events[-1].values if name.startswith("style")]
    first, last = steps_done(events)[0].values, events[-1].values
    assert sum(last[name][0] for name in style) < sum(first[name][0, 0] for name in style)


def test_whether_losses_stand_still_is_asked_of_the_new_objective_alone():
    """At step 20 of a scale whose objective changed at step 15 there are five losses."""
    few = np.ones((5, 1), np.float32)
    assert not stands_still(2 * STOP_STEPS, few, 0.1)
    assert stands_still(2 * STOP_STEPS, np.ones((STOP_STEPS + 1, 1), np.float32), 0.1)
