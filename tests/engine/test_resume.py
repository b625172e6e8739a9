"""A run that is stopped after any event goes on from its state to the same pixels."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import SIZE, failing, make_term, picture

from tf_nst.engine.arrays import from_arrays, to_arrays
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Finished
from tf_nst.engine.loop import iterate
from tf_nst.engine.state import RunState
from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import strong_wolfe
from tf_nst.optim.precondition import preconditioner
from tf_nst.optim.sgd import sgd
from tf_nst.planning.schedule import Scale

ADAM = adam(0.02, epsilon=1.0)
OPTIMIZERS = {
    "adam": ADAM,
    "sgd": sgd(1e-4),
    "lbfgs": with_fallback(lbfgs(1.0, 3, strong_wolfe(), preconditioner), ADAM),
    "fallback": with_fallback(failing(sgd(1e-5), 2), ADAM),
}
SCALES = (Scale(12, 16, 3), Scale(*SIZE, 4))
WAYS = {"whole": None, "windows": (8, 8), "whole, then windows": (0, 8)}


def is_plain(state: RunState) -> bool:
    """Whether a state holds arrays and numbers alone."""
    plain = np.ndarray | np.generic | int | float | bool | None
    objects = np.dtype(object)
    return all(
        isinstance(leaf, plain) and getattr(leaf, "dtype", None) is not objects
        for leaf in tf.nest.flatten(state)
    )


def assert_goes_on_alike(job, least: int = 7) -> None:
    """From the state of every event of a run, each taken before the next event, as arrays by
    name."""
    engine, states, events = Engine(), [], []
    for event in iterate(job, engine=engine):
        states.append(event.snapshot())
        events.append(event)
    assert isinstance(events[-1], Finished) and len(events) >= least
    assert all(is_plain(state) for state in states)
    for state in states:
        rest = list(iterate(job, from_arrays(job, to_arrays(state)), engine))
        np.testing.assert_array_equal(picture(rest), picture(events))
        for name, value in events[-1].values.items():
            np.testing.assert_array_equal(rest[-1].values[name], value)


@pytest.fixture
def quick_job(make_job):
    """Of one layer; a call ends at every second step."""
    terms = (make_term("mean_squared", "block1_conv1"), make_term("gram", "block1_conv1", 10.0))
    return lambda **changes: make_job(terms=terms, scales=SCALES, pause_every=2, **changes)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_from_every_event_in_every_optimiser_whole_and_by_windows(quick_job, name, way):
    decay = 0.9 if name == "adam" else 0.0
    assert_goes_on_alike(
        quick_job(optimizer=OPTIMIZERS[name], cores=WAYS[way], decay=decay, detail=True)
    )


def test_a_batch_goes_on_too_and_where_a_scale_ends_early(quick_job, content):
    initial = np.concatenate([content, content[:, ::-1]])
    assert_goes_on_alike(quick_job(initial=initial, detail=True))
    scales = (Scale(12, 16, 25), Scale(*SIZE, 25))
    still = quick_job(optimizer=sgd(1e-30), stop=0.5)
    assert_goes_on_alike(still._replace(scales=scales))


def test_the_last_state_goes_on_where_the_last_scale_has_no_steps(quick_job):
    """To the picture that was there: it may have been the last one's writing that failed."""
    scales = (Scale(12, 16, 3), Scale(*SIZE, 0))
    assert_goes_on_alike(quick_job()._replace(scales=scales), least=4)


def test_a_state_is_not_changed_by_what_comes_after(quick_job):
    """By windows moments and averages are updated in place; the state is a copy."""
    states, copies = [], []
    for event in iterate(quick_job(cores=(8, 8), decay=0.9)):
        states.append(event.snapshot())
        copies.append(tf.nest.map_structure(np.array, states[-1]))
    for state, copy in zip(states, copies, strict=True):
        tf.nest.map_structure(np.testing.assert_array_equal, state, copy)


def test_a_state_is_asked_for_before_the_next_event(quick_job):
    """A run that has gone on says so instead of giving another state."""
    events = iterate(quick_job())
    first, second = next(events), next(events)
    with pytest.raises(ValueError, match="expected before the next event"):
        first.snapshot()
    assert second.snapshot().step == second.step
    events.close()
    assert second.snapshot().step == second.step
