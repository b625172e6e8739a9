"""Several runs into one name: none takes another's state for its own, none leaves half of one."""

import threading
from functools import partial

import pytest
from kept_states import START, finish_writing, keep, steps_done

from tf_nst.io.state_file import read_arrays, read_description


@pytest.fixture
def kept(tmp_path):
    """Makes Checkpoints of a run: `seconds` -> see `keep`."""
    return partial(keep, tmp_path)


def test_two_runs_into_one_name_keep_each_the_state_of_its_own(kept):
    one, other = (kept(60.0, background=False, takes_over=True) for _ in range(2))
    one.show(START)
    one.show(steps_done(1), 60.0)
    late = kept(60.0, background=False, takes_over=True)
    late.checkpoints.remove()
    assert read_description(one.path)["step"] == 1
    other.show(START)
    other.show(steps_done(2), 60.0)
    one.checkpoints.remove()
    assert read_description(one.path)["step"] == 2
    other.checkpoints.remove()
    assert not one.path.exists()
    for run in (one, other, late):
        finish_writing(run)


@pytest.mark.parametrize("takes_over", [True, False])
def test_a_state_that_was_left_is_taken_over_where_it_is_asked_for(kept, takes_over):
    earlier = kept(60.0, background=False)
    earlier.show(START)
    earlier.show(steps_done(1), 60.0)
    finish_writing(earlier)
    run = kept(60.0, takes_over=takes_over)
    run.checkpoints.remove()
    finish_writing(run)
    assert run.path.exists() != takes_over


def test_two_runs_that_write_at_once_leave_a_whole_state(kept):
    runs = [kept(0.001, background=False) for _ in range(4)]

    def write(run, first):
        run.show(START)
        for step in range(first, first + 25):
            run.show(steps_done(step), float(step))

    threads = [
        threading.Thread(target=write, args=(run, 100 * i + 1)) for i, run in enumerate(runs)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [run.lines for run in runs] == [[]] * 4
    description, arrays = read_description(runs[0].path), read_arrays(runs[0].path)
    assert description["step"] == arrays["step"] and description["step"] % 100 == 25
    for run in runs:
        finish_writing(run)
    assert list(runs[0].path.parent.iterdir()) == [runs[0].path]
