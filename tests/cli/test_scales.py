"""Runs over several scales: lines, record, flag file, previews, short memory, early ends."""

import io
import json
import os
import re
import signal
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_fine, pixels, settings
from PIL import Image as Pillow

from tf_nst.io.writing import write_atomically

pytestmark = pytest.mark.usefixtures("one_engine")

# Three scales of 64×48, 91×68 and 128×96 pixels.
THREE = ("--size=128", "--scales=3", "--optimizer=lbfgs", "--lbfgs_pairs=2", "--output=out.png")


def scales_of(record: dict) -> list[tuple[int, int, int]]:
    """Width, height and steps of each scale."""
    return [(scale["width"], scale["height"], scale["steps"]) for scale in record["scales"]]


@pytest.fixture
def painted_again(folder, run_here):
    """The pixels that out.cfg paints: () -> [H, W, 3]; it must paint the same once more."""

    def paint() -> np.ndarray:
        assert_fine(run_here("--flagfile=out.cfg", "--output=again.png"))
        first, second = (settings(folder / name) for name in ("out.cfg", "again.cfg"))
        assert first | {"output": ""} == second | {"output": ""}
        return pixels(folder / "again.png")

    return paint


# --- what is told ----------------------------------------------------------------------------


def test_a_run_over_scales_tells_and_records_each_and_is_painted_again(
    folder, paint_here, painted_again
):
    """Of 9 by themselves the last scale has three quarters, the others share the rest; painted
    again, the steps of each are given."""
    ran = paint_here(*THREE, "--steps=9", "--optimizer=adam")
    assert_fine(ran)
    expected = [(64, 48, 1), (91, 68, 1), (128, 96, 7)]
    progress = re.findall(r"^step (\d)/9  (\d+)×(\d+)  ", ran.out, re.MULTILINE)
    sizes = [(width, height) for width, height, count in expected for _ in range(count)]
    assert {(int(width), int(height)) for _, width, height in progress} == set(sizes)
    for step, width, height in progress:
        assert sizes[int(step) - 1] == (int(width), int(height))
    record = json.loads((folder / "out.json").read_text())
    assert scales_of(record) == expected and record["steps_made"] == 9
    assert {len(values) for values in record["losses"].values()} == {9}
    flags = settings(folder / "out.cfg")
    assert (flags["steps"], flags["scales"]) == ("1,1,7", "3")
    np.testing.assert_array_equal(painted_again(), pixels(folder / "out.png"))
    again = json.loads((folder / "again.json").read_text())
    assert scales_of(again) == expected and again["steps_made"] == 9


def test_a_scale_that_ends_early_is_noted_and_its_steps_are_those_made(
    folder, paint_here, painted_again
):
    """Steps of next to nothing lower nothing."""
    still = ("--optimizer=sgd", "--learning_rate=1e-30", "--stop=0.5", "--scales=1")
    ran = paint_here(*still, "--steps=35", "--output=out.png")
    assert_fine(ran)
    line = "10 steps lowered the loss by a share of less than 0.5; this size is finished"
    assert f"note: step 20: {line}" in ran.out.splitlines()
    assert scales_of(json.loads((folder / "out.json").read_text())) == [(32, 24, 20)]
    assert settings(folder / "out.cfg")["steps"] == "20"
    np.testing.assert_array_equal(painted_again(), pixels(folder / "out.png"))


def test_where_memory_is_short_it_is_told_and_painted_all_the_same(folder, paint_here):
    """A tenth of a GB is less than TensorFlow alone."""
    ran = paint_here("--optimizer=lbfgs", "--memory=0.1", "--output=out.png")
    assert_fine(ran)
    assert ran.out.splitlines()[0] == "memory is short: lbfgs is replaced by adam at 32×24"
    assert json.loads((folder / "out.json").read_text())["settings"]["memory"] == 0.1


# --- stopped in a coarse scale ---------------------------------------------------------------


def as_written(write) -> np.ndarray:
    """The pixels of an encoded picture."""
    file = io.BytesIO()
    write(file)
    return np.asarray(Pillow.open(file))


@pytest.mark.parametrize(
    ("step", "steps", "optimizer"),
    [(2, "2,0,0", "adam"), (5, "3,2,0", "lbfgs"), (5, "3,2,0", "adam"), (6, "3,3,0", "lbfgs")],
)
def test_a_run_stopped_at_a_scale_writes_the_picture_enlarged_and_paints_it_again(
    folder, paint_here, painted_again, monkeypatch, step, steps, optimizer
):
    """Ctrl-C comes while a preview is written, with the step at which it is."""
    sizes = []

    def stop(path, write, check):
        sizes.append(as_written(write).shape[1::-1])
        if len(sizes) == step:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("tf_nst.cli.results.write_atomically", stop)
    ran = paint_here(*THREE, "--steps=3,3,2", "--preview_every=1", f"--optimizer={optimizer}")
    assert (ran.code, ran.err) == (130, "")
    *_, ending, going_on = ran.out.splitlines()
    assert ending.startswith(f"stopped after {step} steps, the picture so far is")
    assert going_on.startswith("to continue: ")
    assert sizes == [(128, 96)] * step
    record = json.loads((folder / "out.json").read_text())
    assert ",".join(str(count) for *_, count in scales_of(record)) == steps
    assert (record["steps_made"], record["final"]) == (step, {})
    flags = settings(folder / "out.cfg")
    assert (flags["steps"], flags["scales"]) == (steps, "3")
    with Pillow.open(folder / "out.png") as picture:
        assert picture.size == (128, 96)
    np.testing.assert_array_equal(painted_again(), pixels(folder / "out.png"))


# --- previews --------------------------------------------------------------------------------


def test_previews_are_written_at_multiples_and_differ(folder, paint_here, monkeypatch):
    """The one at step 2 is the picture of 2 steps."""
    written = []

    def spy(path, write, check):
        written.append((Path(path).name, as_written(write)))
        write_atomically(path, write, check)

    monkeypatch.setattr("tf_nst.cli.results.write_atomically", spy)
    ran = paint_here("--preview_every=2", "--steps=5", "--output=out.png")
    assert_fine(ran)
    assert [name for name, _ in written] == ["out.preview.png", "out.preview.png"]
    last = pixels(folder / "out.png")
    assert (written[0][1] != written[1][1]).any() and (written[1][1] != last).any()
    np.testing.assert_array_equal(pixels(folder / "out.preview.png"), written[1][1])
    paint_here("--steps=2", "--output=two.png")
    np.testing.assert_array_equal(written[0][1], pixels(folder / "two.png"))
    assert not (folder / "two.preview.png").exists()


def test_a_preview_of_a_coarse_scale_has_the_size_of_the_picture(folder, paint_here, monkeypatch):
    """Multiples count over all scales."""
    written = []

    def spy(path, write, check):
        written.append(as_written(write).shape[1::-1])
        write_atomically(path, write, check)

    monkeypatch.setattr("tf_nst.cli.results.write_atomically", spy)
    assert_fine(paint_here(*THREE, "--steps=3,3,2", "--preview_every=4", "--optimizer=adam"))
    assert written == [(128, 96)] * 2
    np.testing.assert_array_equal(pixels(folder / "out.preview.png"), pixels(folder / "out.png"))
