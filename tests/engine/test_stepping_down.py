"""Where the allocator refuses, a scale goes on in smaller windows, from where it was."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import SIZE, history, notes, picture
from tolerances import assert_within

from tf_nst.engine import whole
from tf_nst.engine.events import Note, StepsDone
from tf_nst.engine.failures import OutOfMemoryError
from tf_nst.engine.loop import iterate
from tf_nst.engine.tiled import Tiled
from tf_nst.engine.windows import Windows
from tf_nst.ops import bands
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.planning import tiles
from tf_nst.planning.schedule import Scale


@pytest.fixture
def small_cores(monkeypatch):
    monkeypatch.setattr(tiles, "CORES", (16, 8))


def refused(*arguments, **named):
    raise tf.errors.ResourceExhaustedError(None, None, "no memory")


@pytest.fixture
def refuse_from(monkeypatch):
    """The whole picture is refused from its so manieth call on."""

    def refuse(call: int) -> None:
        original, calls = whole.Whole.steps, []

        def steps(self, *what):
            run = original(self, *what)

            def counting(*given):
                calls.append(1)
                return refused() if len(calls) >= call else run(*given)

            return counting

        monkeypatch.setattr(whole.Whole, "steps", steps)

    return refuse


@pytest.fixture
def tiled(make_job):
    return make_job(5)._replace(cores=(0,), pause_every=2)


def test_it_goes_on_in_windows_from_the_last_good_state(tiled, small_cores, refuse_from):
    whole = list(iterate(tiled))
    refuse_from(3)
    emitted = list(iterate(tiled))
    assert notes(emitted) == [
        "step 2: not enough memory, this size continues in windows of 16 pixels"
    ]
    assert_within(picture(emitted), picture(whole), 1e-4)
    for term, values in history(whole).items():
        assert_within(history(emitted)[term], values, 1e-4)


def test_windows_become_smaller_too(tiled, small_cores, refuse_from, monkeypatch):
    """Already while the targets are measured."""
    refuse_from(1)
    true = Windows.references

    def references(self, content):
        return refused() if self.objective.core > 8 else true(self, content)

    monkeypatch.setattr(Windows, "references", references)
    emitted = list(iterate(tiled))
    assert [line.split()[-2] for line in notes(emitted)] == ["16", "8"]
    assert len(history(emitted)["variation/squared/image"]) == 5


def test_where_there_are_no_smaller_windows_the_refusal_stands(tiled, small_cores, refuse_from):
    refuse_from(1)
    with pytest.raises(OutOfMemoryError):
        list(iterate(tiled._replace(cores=None)))


@pytest.mark.parametrize("cores", [None, (0,)])
def test_a_scale_for_whose_optimiser_there_is_no_memory_is_begun_by_the_fallback(make_job, cores):
    """L-BFGS' pairs take many times what Adam's moments do."""
    job = make_job(5, cores=cores)
    greedy = job.optimizers[0]._replace(init=refused)
    events = list(iterate(job._replace(optimizers=(greedy,))))
    assert notes(events) == ["step 0: not enough memory for the optimiser, Adam paints this size"]
    np.testing.assert_array_equal(picture(events), picture(list(iterate(job))))


def test_steps_that_cannot_be_by_windows_are_made_by_the_fallback(make_job, monkeypatch):
    """Statistics that do not add up, or --tile=off."""
    job, true = make_job(5, cores=None), whole.Whole.steps
    greedy = job.optimizers[0]._replace(pointwise=False)

    def steps(self, optimizer, *arguments):
        return refused() if optimizer is greedy else true(self, optimizer, *arguments)

    monkeypatch.setattr(whole.Whole, "steps", steps)
    events = list(iterate(job._replace(optimizers=(greedy,))))
    assert notes(events) == ["step 0: not enough memory for the optimiser, Adam paints this size"]
    np.testing.assert_array_equal(picture(events), picture(list(iterate(job))))


def test_where_not_even_the_fallback_begins_the_refusal_stands(make_job):
    greedy = make_job().fallback._replace(init=refused)
    with pytest.raises(OutOfMemoryError):
        list(iterate(make_job(5, optimizer=greedy, fallback=greedy)))


def test_where_another_fallback_does_not_begin_either_the_picture_so_far_is_kept(make_job):
    """The second scale's optimiser and the fallback, two that find no memory."""
    scales = (Scale(10, 14, 2), Scale(*SIZE, 3))
    job = make_job(scales=scales)
    greedy, fallback = (it._replace(init=refused) for it in (job.optimizers[0], job.fallback))
    job = job._replace(optimizers=(job.optimizers[0], greedy), fallback=fallback)
    with pytest.raises(OutOfMemoryError) as error:
        list(iterate(job))
    assert error.value.image.shape == (1, 10, 14, 3)


def test_the_last_look_is_by_windows_where_there_is_no_memory_for_the_whole(
    tiled, small_cores, monkeypatch
):
    expected = list(iterate(tiled))
    monkeypatch.setattr(whole.Whole, "values", refused)
    events = list(iterate(tiled))
    assert notes(events) == [
        "step 5: not enough memory, this size continues in windows of 16 pixels"
    ]
    for term, value in expected[-1].values.items():
        assert_within(events[-1].values[term], value, 1e-5)
    with pytest.raises(OutOfMemoryError):
        list(iterate(tiled._replace(cores=None)))


def test_a_state_of_a_run_that_stepped_down_goes_on_as_it_did(tiled, small_cores, refuse_from):
    """In the windows that it had come to."""
    refuse_from(3)
    events, states = [], []
    for event in iterate(tiled):
        events.append(event)
        states.append(event.snapshot())
    after = next(index for index, event in enumerate(events) if isinstance(event, Note)) + 1
    rest = list(iterate(tiled, states[after]))
    assert notes(rest) == []
    np.testing.assert_array_equal(picture(rest), picture(events))


def test_where_there_are_no_smaller_windows_adam_goes_on_with_less(
    make_job, monkeypatch, small_cores, refuse_from
):
    """And where that does not help the run ends with the picture so far."""
    greedy = lbfgs(1.0, 3)
    job = make_job(5, optimizer=greedy, cores=(0,), pause_every=2)
    refuse_from(3)
    monkeypatch.setattr(Windows, "value_and_grad", refused)
    events = []
    with pytest.raises(OutOfMemoryError, match=r"^step 2: not enough memory") as error:
        iterate_into(events, job)
    assert [line.split()[-2] for line in notes(events)] == ["16", "8", "this"]
    before = [event for event in events if isinstance(event, StepsDone)][-1]
    np.testing.assert_array_equal(error.value.image, before.image)


def iterate_into(events: list, job) -> None:
    """The events of a run, kept one by one, also where it fails."""
    for event in iterate(job):
        events.append(event)


def test_a_refusal_amid_an_update_in_place_ends_the_run_with_the_picture_before(
    make_job, monkeypatch
):
    """Rows before are updated already: going on would update them twice."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 3 * 28)
    adam = make_job().optimizers[0]
    job = make_job(5, optimizer=adam, cores=(8,))
    original, calls = Tiled.update, []

    def update(self, *arguments):
        calls.append(1)
        return refused() if len(calls) == 9 else original(self, *arguments)

    monkeypatch.setattr(Tiled, "update", update)
    events = []
    with pytest.raises(OutOfMemoryError) as error:
        iterate_into(events, job)
    # Seven bands a step: the ninth is the second step's.
    steps = [event for event in events if isinstance(event, StepsDone)]
    assert len(steps) == 1 and np.isfinite(error.value.image).all()
