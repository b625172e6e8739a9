"""When a state is written, and what becomes of one that cannot be."""

import threading
from functools import partial

import numpy as np
import pytest
from kept_states import START, finish_writing, keep, steps_done
from run_events import COARSE, SCALE

from tf_nst.engine.events import Finished, Note, ScaleStarted
from tf_nst.engine.state import RunState
from tf_nst.errors import RunError
from tf_nst.io import checkpoints
from tf_nst.io.listeners import History
from tf_nst.io.state_file import read_arrays, read_description


@pytest.fixture
def kept(tmp_path):
    """Makes Checkpoints: `seconds` -> see `keep`."""
    return partial(keep, tmp_path)


@pytest.fixture
def written(monkeypatch):
    """The steps of the states that are handed to the file."""
    steps = []
    monkeypatch.setattr(
        checkpoints, "write_state", lambda path, about, _: steps.append(about["step"])
    )
    return steps


def test_a_state_is_written_every_so_many_seconds(kept, written):
    run = kept(60.0, background=False)
    run.show(START)
    for step, at in ((1, 59.9), (2, 60.0), (3, 61.0), (4, 119.0), (5, 125.0), (6, 184.0)):
        run.show(steps_done(step), at)
    finish_writing(run)
    assert written == [2, 5]


def test_a_state_is_written_at_the_end_of_a_scale(kept, written):
    run = kept(60.0, background=False)
    run.show(START)
    run.show(steps_done(3), 1.0)
    run.show(Note("a line", lambda: RunState(step=3)), 1.5)
    run.show(ScaleStarted(1, SCALE, lambda: RunState(scale=1, step=3)), 2.0)
    run.show(steps_done(4, SCALE), 61.0)
    run.show(steps_done(5, SCALE), 62.0)
    finish_writing(run)
    assert written == [3, 5]


def test_a_scale_at_which_the_run_goes_on_has_not_ended(kept, written):
    run = kept(60.0)
    run.show(ScaleStarted(1, SCALE, lambda: RunState(scale=1, step=3)))
    finish_writing(run)
    assert written == []


def test_at_0_seconds_nothing_is_written(kept, written):
    run = kept(0)
    run.show(START)
    run.show(steps_done(1), 1e6)
    run.show(ScaleStarted(1, SCALE, lambda: RunState(scale=1, step=1)), 2e6)
    run.checkpoints.save()
    finish_writing(run)
    assert written == []


def test_the_file_holds_the_description_the_state_and_the_history(kept):
    run = kept(60.0)
    run.show(START)
    run.show(steps_done(1, COARSE), 60.0)
    finish_writing(run)
    description, arrays = read_description(run.path), read_arrays(run.path)
    assert (description["version"], description["scale"], description["step"]) == ("1", 0, 1)
    assert arrays["step"] == 1
    history = History((COARSE, SCALE))
    history.restore(description["history"], arrays["losses"])
    assert history.values == {
        name: values[:, 0].tolist() for name, values in steps_done(1).values.items()
    }
    assert (history.steps_of_scales, history.cores_of_scales) == ([1, 0], [0, None])
    assert history.seconds == 1.0


def test_saving_writes_the_state_of_the_latest_event(kept):
    run = kept(60.0)
    run.show(START)
    run.show(steps_done(7), 1.0)
    finished = Finished(np.zeros([1, 4, 6, 3]), {}, lambda: RunState(step=9))
    run.show(finished, 2.0)
    run.checkpoints.save()
    assert read_description(run.path)["step"] == 9
    finish_writing(run)


def test_the_painting_waits_for_its_states_at_most_2_percent_of_the_time(kept, written):
    """Taking the first state takes 3 s, so that the next one is due 150 s later."""
    run = kept(60.0)

    def slow_snapshot():
        run.clock.now += 3.0
        return RunState(step=1)

    run.show(START)
    run.show(steps_done(1)._replace(snapshot=slow_snapshot), 60.0)
    for step, at in ((2, 130.0), (3, 212.9), (4, 213.1)):
        run.show(steps_done(step), at)
    finish_writing(run)
    assert written == [1, 4]


def test_the_processors_that_write_count_as_their_share_of_the_painting(kept, written, monkeypatch):
    """6 s of one of two processors are 3 s of the painting."""
    seconds = iter((0.0, 6.0, 6.0, 6.0))
    monkeypatch.setattr(checkpoints.time, "thread_time", lambda: next(seconds))
    monkeypatch.setattr(checkpoints.os, "cpu_count", lambda: 2)
    run = kept(60.0)
    run.show(START)
    run.show(steps_done(1), 60.0)
    run.checkpoints.writing.result()
    for step, at in ((2, 130.0), (3, 209.9), (4, 210.1)):
        run.show(steps_done(step), at)
    finish_writing(run)
    assert written == [1, 4]


def test_the_painting_goes_on_while_a_state_is_written(kept, written, monkeypatch):
    """One that is due meanwhile is taken at the first event after."""
    going_on = threading.Event()

    def write(path, description, arrays):
        assert going_on.wait(60)
        written.append(description["step"])

    monkeypatch.setattr(checkpoints, "write_state", write)
    run = kept(60.0)
    run.show(START)
    run.show(steps_done(1), 60.0)
    run.show(steps_done(2), 120.0)
    assert written == []
    going_on.set()
    run.checkpoints.writing.result()
    run.show(steps_done(3), 121.0)
    finish_writing(run)
    assert written == [1, 3]


def test_where_memory_is_short_the_painting_waits(kept, written):
    run = kept(60.0, background=False)
    run.show(START)
    run.show(steps_done(1), 60.0)
    assert written == [1]
    finish_writing(run)


def test_a_full_disk_is_a_line_and_the_painting_goes_on(kept, written, monkeypatch):
    working = checkpoints.write_state

    def full(*args):
        raise RunError("out.state cannot be written: No space left on device")

    run = kept(60.0, background=False)
    run.show(START)
    monkeypatch.setattr(checkpoints, "write_state", full)
    run.show(steps_done(1), 60.0)
    assert run.lines == ["out.state cannot be written: No space left on device"]
    monkeypatch.setattr(checkpoints, "write_state", working)
    run.show(steps_done(2), 120.0)
    finish_writing(run)
    assert written == [2] and len(run.lines) == 1


FAILURES = {
    "memory": (MemoryError(), "out.state cannot be written: MemoryError"),
    "programming": (KeyError("step"), "out.state cannot be written: KeyError: 'step'"),
    "two lines": (ValueError("one\ntwo"), "out.state cannot be written: ValueError: one two"),
}


@pytest.mark.parametrize(("error", "line"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("where", ["writing", "taking"])
def test_whatever_fails_is_said_once_and_the_painting_goes_on(
    kept, written, monkeypatch, error, line, where
):
    def fail(*args):
        raise error

    run = kept(60.0, background=False)
    run.show(START)
    event = steps_done(1)
    with monkeypatch.context() as patch:
        if where == "writing":
            patch.setattr(checkpoints, "write_state", fail)
        else:
            event = event._replace(snapshot=fail)
        run.show(event, 60.0)
        run.show(event, 120.0)
    assert [said.removeprefix(f"{run.path.parent}/") for said in run.lines] == [line]
    run.show(steps_done(3), 180.0)
    finish_writing(run)
    assert written == [3] and len(run.lines) == 1


def test_a_finished_run_removes_its_state(kept):
    run = kept(60.0, background=False)
    run.show(START)
    run.show(steps_done(1), 60.0)
    assert run.path.exists()
    run.checkpoints.remove()
    finish_writing(run)
    assert not list(run.path.parent.iterdir())
