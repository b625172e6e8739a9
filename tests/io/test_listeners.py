"""What listeners make of events: history, the line of progress, previews."""

import io
import re

import numpy as np
import pytest
import tensorflow as tf

from tf_nst.engine.events import Finished, ScaleStarted, StepsDone
from tf_nst.engine.schedule import Scale
from tf_nst.io.listeners import History, Previews, Progress, contributions, duration
from tf_nst.objective.terms import TERMS

CONTENT = TERMS["mean_squared"]("block4_conv2", 2.0)
STYLES = TERMS["gram"]("block1_conv1", 3.0), TERMS["gram"]("block2_conv1", 5.0)
TERMS_OF_RUN = (CONTENT, *STYLES)
SCALE = Scale(4, 6, 100)


def done(step: int, values=((1.0,), (0.5,), (0.25,)), scale=SCALE, seconds=1.0) -> StepsDone:
    """An event with each term's values at the steps of the call; the picture is all `step`."""
    by_term = {
        term.name: np.array(column, np.float32)[:, None]
        for term, column in zip(TERMS_OF_RUN, values, strict=True)
    }
    return StepsDone(step, scale, by_term, seconds, tf.fill([1, 4, 6, 3], float(step)))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class FakeClock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def follow(stream, steps, *, seconds_a_step=1.0, scale=SCALE) -> str:
    """What Progress has written after calls that end at these steps."""
    clock = FakeClock()
    progress = Progress(TERMS_OF_RUN, stream, clock)
    progress(ScaleStarted(0, scale))
    for step in steps:
        clock.now = 1000.0 + step * seconds_a_step
        progress(done(step, scale=scale))
    progress.close()
    return stream.getvalue()


# --- contributions ---------------------------------------------------------------------------


def test_contributions_are_weighted_sums_by_role():
    terms = (*TERMS_OF_RUN, TERMS["squared"]("image", 0.5))
    values = dict(zip((term.name for term in terms), (1.0, 0.5, 0.25, 8.0), strict=True))
    shares = contributions(terms, values)
    assert shares == {"content": 2.0, "style": 3 * 0.5 + 5 * 0.25, "variation": 4.0}
    assert list(shares) == ["content", "style", "variation"]


# --- history ---------------------------------------------------------------------------------


def test_history_keeps_every_value_of_every_call_in_order():
    history = History()
    assert (history.steps, history.seconds, history.values, history.final) == (0, 0.0, {}, {})
    history(ScaleStarted(0, SCALE))
    history(done(1, ((1,), (2,), (3,)), seconds=0.5))
    history(done(3, ((4, 5), (6, 7), (8, 9)), seconds=0.25))
    assert history.values == {
        CONTENT.name: [1, 4, 5],
        STYLES[0].name: [2, 6, 7],
        STYLES[1].name: [3, 8, 9],
    }
    assert (history.steps, history.seconds, history.final) == (3, 0.75, {})


def test_history_keeps_the_values_of_the_finished_picture_apart():
    history = History()
    history(done(1))
    history(Finished(tf.zeros([1, 4, 6, 3]), {CONTENT.name: np.array([0.125], np.float32)}))
    assert history.final == {CONTENT.name: 0.125}
    assert history.steps == 1


def test_history_holds_plain_numbers():
    history = History()
    history(done(1))
    history(Finished(tf.zeros([1, 4, 6, 3]), {CONTENT.name: np.array([0.125], np.float32)}))
    assert type(history.values[CONTENT.name][0]) is type(history.final[CONTENT.name]) is float


# --- progress --------------------------------------------------------------------------------


def test_a_plain_stream_gets_a_line_each_tenth_and_at_the_end():
    text = follow(io.StringIO(), range(1, 101))
    assert "\r" not in text and text.endswith("\n")
    steps = [int(step) for step in re.findall(r"^step (\d+)/100 ", text, re.MULTILINE)]
    assert steps == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert text.count("\n") == 10


def test_a_plain_stream_gets_one_line_for_a_call_over_several_tenths():
    text = follow(io.StringIO(), [1, 37, 64, 69, 100])
    assert re.findall(r"step (\d+)/", text) == ["37", "64", "100"]


def test_a_plain_stream_gets_the_end_of_a_run_that_is_not_divisible():
    text = follow(io.StringIO(), range(1, 26), scale=Scale(4, 6, 25))
    assert text.splitlines()[-1].startswith("step 25/25 ")
    assert 10 <= text.count("\n") <= 13


def test_a_line_shows_steps_rate_time_left_and_the_weighted_loss():
    text = follow(io.StringIO(), [1, 41], seconds_a_step=2.0)
    assert text == (
        "step 41/100  0.50 steps/s  1 min 58 s left  content 2  style 2.75  loss 4.75\n"
    )


def test_a_line_shows_the_last_values_of_its_call():
    stream = io.StringIO()
    progress = Progress(TERMS_OF_RUN, stream, FakeClock())
    progress(done(100, ((9, 1), (9, 0), (9, 0))))
    assert stream.getvalue() == "step 100/100  content 2  style 0  loss 2\n"


def test_the_first_call_shows_no_rate_for_it_compiles():
    text = follow(io.StringIO(), [10, 20])
    first, second = text.splitlines()
    assert "steps/s" not in first and "left" not in first
    assert "1.00 steps/s" in second and "1 min 20 s left" in second


def test_a_terminal_gets_every_call_on_one_line():
    text = follow(Terminal(), [1, 2, 3, 100])
    assert re.findall(r"step (\d+)/", text) == ["1", "2", "3", "100"]
    assert text.count("\r") == 4 and text.startswith("\r")
    assert text.count("\n") == 1 and text.endswith("\n")


def test_a_shorter_line_covers_the_one_before():
    stream = Terminal()
    progress = Progress(TERMS_OF_RUN, stream, FakeClock())
    progress(done(50, ((1.2345,), (0,), (0,))))
    progress(done(51, ((0,), (0,), (0,))))
    _, long, short = stream.getvalue().split("\r")
    assert len(short) == len(long) and short.rstrip() == "step 51/100  content 0  style 0  loss 0"


def test_a_line_does_not_wrap_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    text = follow(Terminal(), [1, 50, 60])
    lines = [line.strip("\n") for line in text.split("\r")[1:]]
    assert [len(line) for line in lines] == [29, 29, 29]
    assert lines[-1].startswith("step 60/100 ")


def test_closing_ends_a_line_that_is_still_written_over():
    assert follow(Terminal(), [1, 2]).endswith("\n")
    assert follow(Terminal(), []) == ""
    assert follow(io.StringIO(), [1, 2]) == ""


def test_progress_is_flushed_at_once():
    class Watched(io.StringIO):
        flushed = ""

        def flush(self):
            self.flushed = self.getvalue()

    stream = Watched()
    Progress(TERMS_OF_RUN, stream, FakeClock())(done(100))
    assert stream.flushed == stream.getvalue() != ""


# --- previews --------------------------------------------------------------------------------


def test_previews_are_handed_over_at_multiples_only():
    seen = []
    previews = Previews(3, lambda pixels: seen.append(pixels))
    previews(ScaleStarted(0, SCALE))
    for step in range(1, 8):
        previews(done(step))
    previews(Finished(tf.zeros([1, 4, 6, 3]), {}))
    assert [float(pixels[0, 0, 0]) for pixels in seen] == [3.0, 6.0]
    assert seen[0].shape == (4, 6, 3) and isinstance(seen[0], np.ndarray)


# --- duration --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7620, "2 h 07 min"),
        (7679.9, "2 h 08 min"),
        (360000, "100 h 00 min"),
    ],
)
def test_durations_are_for_a_person(seconds, text):
    assert duration(seconds) == text
