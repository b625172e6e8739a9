"""`--resume`: what a run that ended early leaves, and that it goes on to the same pixels."""

import json
import os
import signal
import subprocess

import numpy as np
import pytest
from command_line import FILES, SHORT, Ran, assert_fine, assert_one_line, pixels, settings, snapshot
from PIL import Image as Pillow

from tf_nst.cli.run import resuming_command
from tf_nst.config import ObjectiveConfig
from tf_nst.errors import RunError
from tf_nst.io.state_file import read_arrays, read_description, write_state

SHARED = (*FILES, *SHORT, "--size=64", "--scales=2", "--output=out.png")
LBFGS = (*SHARED, "--steps=3,5")
ADAM = (*SHARED, "--steps=3,5", "--optimizer=adam")
GOING_ON = "to continue: tf-nst --content=photo.png "
# Of runs with an engine each there is the first test.
one_engine = pytest.mark.usefixtures("one_engine")


@pytest.fixture
def stop_at(run_here, monkeypatch):
    """Paints with flags until a signal comes after so many steps: step, *flags -> Ran."""

    def run(step: int, *flags: str, number=signal.SIGTERM) -> Ran:
        def write(path, data, check):
            os.kill(os.getpid(), number)

        with monkeypatch.context() as patch:
            patch.setattr("tf_nst.cli.results.write_atomically", write)
            return run_here(*flags, f"--preview_every={step}")

    return run


def losses(folder, name="out") -> tuple:
    """Of every step and at the end, and the steps of the scales, by the record."""
    record = json.loads((folder / f"{name}.json").read_text())
    return record["losses"], record["final"], record["scales"]


def assert_same(folder, unbroken: str) -> None:
    """Pixels, losses and flag file of out.png are those of a run that was never stopped."""
    np.testing.assert_array_equal(pixels(folder / "out.png"), pixels(folder / f"{unbroken}.png"))
    assert losses(folder) == losses(folder, unbroken)
    same = settings(folder / f"{unbroken}.cfg") | {"output": "./out.png"}
    assert settings(folder / "out.cfg") == same
    assert not list(folder.glob("*.state")) and not list(folder.glob(".tf_nst*"))


def test_a_run_that_signals_ended_goes_on_to_the_same_pixels(folder, run_here, stop_at):
    """At the first scale, at the second, then with more steps."""
    stopped = stop_at(2, *LBFGS)
    assert (stopped.code, stopped.err) == (143, "")
    *_, picture, last = stopped.out.splitlines()
    assert picture.startswith("stopped after 2 steps, the picture so far is out.png ")
    assert last.startswith(GOING_ON) and last.endswith(" --preview_every=2 --resume")
    again = stop_at(5, *LBFGS, "--resume", number=signal.SIGHUP)
    assert again.code == 129 and "state    out.state, step 2 of 8" in again.out.splitlines()
    assert read_description(folder / "out.state")["step"] == 5
    ran = run_here(*LBFGS, "--steps=3,7", "--resume")
    assert_fine(ran)
    assert "state    out.state, step 5 of 10" in ran.out.splitlines()
    assert "to go on" not in ran.out
    assert_fine(run_here(*LBFGS, "--steps=3,7", "--output=unbroken.png"))
    assert_same(folder, "unbroken")


@one_engine
def test_a_run_by_windows_goes_on_to_the_same_pixels(folder, run_here, stop_at):
    windows = (*ADAM, "--tile=32", "--steps=2,3")
    stop_at(3, *windows)
    assert_fine(run_here(*windows, "--resume"))
    assert_fine(run_here(*windows, "--output=unbroken.png"))
    assert_same(folder, "unbroken")


@one_engine
def test_a_full_disk_keeps_the_state_and_names_the_line_that_goes_on(folder, run_here, monkeypatch):
    def full(files, check):
        raise RunError("out.png cannot be written: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tf_nst.io.rescue.write_together", full)
        ran = run_here(*ADAM)
    assert_one_line(ran, 1, ("out.png cannot be written: No space left on device", GOING_ON))
    assert read_description(folder / "out.state")["step"] == 8
    ran = run_here(*ADAM, "--resume")
    assert_fine(ran)
    assert [line for line in ran.out.splitlines() if line.startswith("step ")] == []
    assert_fine(run_here(*ADAM, "--output=unbroken.png"))
    assert_same(folder, "unbroken")


@one_engine
def test_without_a_state_the_run_begins_anew_and_at_0_seconds_keeps_none(folder, stop_at):
    ran = stop_at(2, *ADAM, "--resume", "--checkpoint_seconds=0")
    assert (
        "note: --resume: there is no out.state, the run starts from the beginning"
        in ran.out.splitlines()
    )
    assert ran.out.splitlines()[-1].startswith("stopped after 2 steps")
    assert not (folder / "out.state").exists()


@one_engine
def test_at_0_seconds_the_state_of_an_earlier_run_stays(folder, run_here, stop_at):
    stop_at(2, *ADAM)
    state, without = (folder / "out.state").read_bytes(), (*ADAM, "--checkpoint_seconds=0")
    assert stop_at(1, *without).out.splitlines()[-1].startswith("stopped after 1 step")
    assert_fine(run_here(*without))
    assert (folder / "out.state").read_bytes() == state
    assert_fine(run_here(*without, "--resume"))
    assert not (folder / "out.state").exists()


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("--output=a b.png", "'--output=a b.png'"),
        ("--output=a\nb.png", r"$'--output=a\nb.png'"),
        ("--output=it's\\\x1b.png", r"$'--output=it\'s\\\x1b.png'"),
        (os.fsdecode(b"--output=caf\xe9.png"), r"$'--output=caf\xe9.png'"),
    ],
)
def test_the_line_that_goes_on_is_what_a_shell_reads(argument, shown):
    line = resuming_command(["tf-nst", argument, "--resume"])
    assert line == f"tf-nst {shown} --resume"
    read = subprocess.run(["bash", "-c", f"printf %s {shown}"], capture_output=True, check=True)
    assert os.fsdecode(read.stdout) == argument


def test_a_loss_that_is_not_finite_leaves_no_state(folder, run_here):
    """It would be met again."""
    ran = run_here(*ADAM, "--learning_rate=1e30", "--style_weight=1e38")
    assert_one_line(ran, 1, ("is not finite",))
    assert not (folder / "out.state").exists()


# --- refusals --------------------------------------------------------------------------------


@one_engine
def test_what_has_changed_is_one_line_and_leaves_all_as_it_was(folder, run_here, stop_at):
    """Without `--resume` the state is lost, which is noted."""
    stop_at(2, *ADAM)
    (folder / "other.png").write_bytes((folder / "painting.png").read_bytes())
    before, resumed = snapshot(folder), (*ADAM, "--resume")
    another = ("--content: expected the file with which out.state was painted", "another one")
    assert_one_line(run_here(*resumed, "--content=other.png"), 2, another)
    weight = (
        f"--style_weight: expected {ObjectiveConfig.style_weight}",
        "out.state",
        "received 2.0",
    )
    assert_one_line(run_here(*resumed, "--style_weight=2"), 2, weight)
    assert_one_line(run_here(*resumed, "--steps=3,4"), 2, ("--steps: expected 8", "received 3,4"))
    assert snapshot(folder) == before
    ran = stop_at(1, *ADAM)
    assert "note: out.state is of a run that did not finish; without --resume, this run" in ran.out
    assert read_description(folder / "out.state")["step"] == 1


@one_engine
def test_a_start_may_have_been_moved_but_not_changed(folder, run_here, stop_at):
    """Also where its path is spelled otherwise."""
    (folder / "start.png").write_bytes((folder / "photo.png").read_bytes())
    stop_at(2, *ADAM, "--init=start.png")
    Pillow.fromarray(pixels(folder / "photo.png")[:, ::-1]).save(folder / "start.png")
    said = ("--init: expected the file with which out.state was painted", "another one")
    assert_one_line(run_here(*ADAM, "--init=start.png", "--resume"), 2, said)
    assert_fine(run_here(*ADAM, f"--init={folder / 'photo.png'}", "--resume"))


def test_a_state_that_was_cut_off_is_refused(folder, run_here):
    write_state(folder / "out.state", {}, {"step": np.array(3)})
    (folder / "out.state").write_bytes((folder / "out.state").read_bytes()[:-100])
    before = snapshot(folder)
    said = ("--resume: expected a whole state", "out.state")
    assert_one_line(run_here(*ADAM, "--resume"), 2, said)
    assert snapshot(folder) == before


@pytest.mark.parametrize("name", ["progress.image", "losses"])
def test_a_whole_state_with_another_array_is_refused(folder, run_here, stop_at, name):
    stop_at(2, *ADAM)
    path = folder / "out.state"
    changed = read_arrays(path) | {name: np.zeros([3], np.float32)}
    write_state(path, read_description(path), changed)
    said = ("--resume: expected a whole state", "remove it, or choose another --output")
    assert_one_line(run_here(*ADAM, "--resume"), 2, said)


def test_a_file_of_someone_else_is_not_written_over(folder, run_here):
    (folder / "out.state").write_bytes(b"notes of mine")
    before = snapshot(folder)
    said = ("--output: out.state would be written beside out.png", "is not from tf_nst")
    assert_one_line(run_here(*LBFGS), 2, said)
    assert_one_line(run_here(*LBFGS, "--resume"), 2, ("--resume: expected a whole state",))
    assert snapshot(folder) == before


@one_engine
def test_without_a_state_a_picture_that_is_to_stay_stays(folder, run_here, stop_at):
    """With one it is the picture so far."""
    stop_at(2, *ADAM)
    resumed = (*ADAM, "--resume", "--overwrite=false")
    assert_fine(run_here(*resumed))
    before = snapshot(folder)
    assert_one_line(run_here(*resumed), 2, ("--output: out.png exists and stays as it is",))
    assert snapshot(folder) == before


@pytest.mark.parametrize("flags", [(), ("--resume",)])
def test_a_state_that_could_not_be_replaced_is_one_line(folder, run_here, flags):
    os.mkfifo(folder / "out.state")
    said = ("--output: out.state is not an ordinary file",)
    assert_one_line(run_here(*LBFGS, *flags), 2, said)
    said = ("cannot be written (File name too long)",)
    assert_one_line(run_here(*LBFGS, f"--output={'a' * 250}.png", *flags), 2, said)


def test_seconds_between_states_are_0_or_more(folder, run_here):
    assert_one_line(run_here(*LBFGS, "--checkpoint_seconds=-1"), 2, ("--checkpoint_seconds: ",))
