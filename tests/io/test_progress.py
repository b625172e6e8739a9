"""The line of progress: on a terminal and elsewhere, over scales, with notes."""

import io
import itertools
import re

from run_events import COARSE, SCALE, TERMS_OF_RUN, done

from tf_nst.engine.events import Note, ScaleStarted
from tf_nst.io.listeners import Progress
from tf_nst.planning.schedule import Scale


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


def begun(stream, scales=(SCALE,), clock=None) -> Progress:
    """A Progress at the start of the first scale, whose line is taken off the stream."""
    progress = Progress(TERMS_OF_RUN, scales, stream, clock or FakeClock())
    progress(ScaleStarted(0, scales[0]))
    stream.seek(0)
    stream.truncate()
    return progress


def follow(stream, steps, *, seconds_a_step=1.0, scale=SCALE) -> str:
    """What Progress has written after calls that end at these steps."""
    clock = FakeClock()
    progress = begun(stream, (scale,), clock)
    for before, step in itertools.pairwise([0, *steps]):
        clock.now = 1000.0 + step * seconds_a_step
        progress(done(step, scale=scale, count=step - before))
    progress.close()
    return stream.getvalue()


def test_each_scale_begins_with_a_line_since_its_first_step_takes_long():
    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        progress = Progress(TERMS_OF_RUN, (COARSE, SCALE), stream, FakeClock())
        progress(ScaleStarted(0, COARSE))
        progress(done(40, scale=COARSE))
        progress(ScaleStarted(1, SCALE))
    first, _, second = plain.getvalue().splitlines()
    assert (first, second) == ("3×2: preparing the steps", "6×4: preparing the steps")
    first, _, second = terminal.getvalue().split("\r")[1:]
    assert (first, second.rstrip()) == ("3×2: preparing the steps", "6×4: preparing the steps")


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
        "step 41/100  6×4  0.50 steps/s  1 min 58 s left  content 2  style 2.75  loss 4.75\n"
    )


def test_a_line_shows_the_last_values_of_its_call():
    stream = io.StringIO()
    begun(stream)(done(100, ((9, 1), (9, 0), (9, 0))))
    assert stream.getvalue() == "step 100/100  6×4  content 2  style 0  loss 2\n"


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
    progress = begun(stream)
    progress(done(50, ((1.2345,), (0,), (0,))))
    progress(done(51, ((0,), (0,), (0,))))
    _, long, short = stream.getvalue().split("\r")
    assert len(short) == len(long)
    assert short.rstrip() == "step 51/100  6×4  loss 0  content 0  style 0"


def test_a_line_does_not_wrap_in_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    text = follow(Terminal(), [1, 50, 60])
    lines = [line.strip("\n") for line in text.split("\r")[1:]]
    assert [len(line) for line in lines] == [29, 29, 29]
    assert lines[-1].startswith("step 60/100 ")


def test_closing_ends_a_line_that_is_still_written_over():
    assert follow(Terminal(), [1, 2]).endswith("\n")
    assert follow(Terminal(), []) == "\n"
    assert follow(io.StringIO(), [1, 2]) == ""


def test_progress_is_flushed_at_once():
    class Watched(io.StringIO):
        flushed = ""

        def flush(self):
            self.flushed = self.getvalue()

    stream = Watched()
    progress = begun(stream)
    for event in (done(50), Note("so it is"), done(100)):
        progress(event)
        assert stream.flushed == stream.getvalue() != ""


# --- progress over scales --------------------------------------------------------------------


def follow_scales(stream, *, seconds_a_step) -> str:
    """A coarse scale of 40 steps, then one of 100 at four times the pixels, in calls of 10."""
    clock = FakeClock()
    scales = (COARSE, SCALE)
    progress = Progress(TERMS_OF_RUN, scales, stream, clock)
    step = 0
    for index, (scale, seconds) in enumerate(zip(scales, seconds_a_step, strict=True)):
        progress(ScaleStarted(index, scale))
        for _ in range(scale.steps // 10):
            clock.now, step = clock.now + 10 * seconds, step + 10
            progress(done(step, scale=scale, count=10))
    progress.close()
    return stream.getvalue()


def test_steps_count_over_all_scales_and_each_line_has_its_size():
    text = follow_scales(io.StringIO(), seconds_a_step=(1.0, 4.0))
    lines = re.findall(r"^step (\d+)/140  (\d+×\d+)  ", text, re.MULTILINE)
    steps = {"3×2": (20, 30), "6×4": (50, 60, 70, 90, 100, 120, 130, 140)}
    assert lines == [(str(step), size) for size, ends in steps.items() for step in ends]


def test_the_rate_is_that_of_the_size():
    text = follow_scales(Terminal(), seconds_a_step=(1.0, 4.0))
    assert re.findall(r"step (?:40|60)/140 .*? ([\d.]+) steps/s", text) == ["1.00", "0.25"]
    assert "steps/s" not in re.search(r"step 50/140 [^\r]*", text)[0]


def test_the_time_left_counts_a_step_of_a_later_scale_as_many_by_its_pixels():
    """After 40 steps 100 of four times the pixels are left; after 60, 80 of 4 s."""
    text = follow_scales(Terminal(), seconds_a_step=(1.0, 4.0))
    assert re.findall(r"step (?:20|40|60)/140 .*? steps/s  (.*?) left", text) == [
        *("7 min 00 s", "6 min 40 s", "5 min 20 s")
    ]


def test_a_scale_that_ended_early_leaves_no_time_of_its_own():
    clock, stream = FakeClock(), io.StringIO()
    progress = begun(stream, (Scale(4, 6, 50), Scale(4, 6, 50)), clock)
    progress(done(10, count=10))
    progress(ScaleStarted(1, Scale(4, 6, 50)))
    for step in (20, 30):
        clock.now += 10.0
        progress(done(step, scale=Scale(4, 6, 50), count=10))
    assert "1.00 steps/s  30 s left" in stream.getvalue().splitlines()[-1]


# --- notes -----------------------------------------------------------------------------------


def test_a_note_is_a_line_of_its_own_on_a_plain_stream():
    stream = io.StringIO()
    progress = begun(stream)
    for event in (done(50), Note("so it is"), done(100)):
        progress(event)
    progress.close()
    assert stream.getvalue().splitlines()[1] == "note: so it is"
    assert stream.getvalue().count("\n") == 3


def test_a_note_ends_the_line_that_is_written_over_on_a_terminal():
    stream = Terminal()
    progress = begun(stream)
    progress(done(50))
    progress(Note("so it is"))
    progress(done(51))
    progress.close()
    assert re.fullmatch(
        r"\rstep 50[^\r\n]*\nnote: so it is\n\rstep 51[^\r\n]*\n", stream.getvalue()
    )


def test_nothing_follows_a_note_at_the_end():
    stream = Terminal()
    progress = begun(stream)
    progress(done(50))
    progress(Note("so it is"))
    progress.close()
    assert stream.getvalue().endswith("note: so it is\n")
