"""A flag file used again: files that have changed since it was written have a line, others none."""

import hashlib
import json

import h5py
import numpy as np
import pytest
from command_line import FILES, SHORT, assert_fine, counted, parsed, pixels
from PIL import Image as Pillow

from tf_nst.model.hdf5 import convolutions
from tf_nst.model.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("one_engine")


def sha256(path) -> str:
    """Of the file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def notes(ran) -> list[str]:
    """The notes of a run."""
    assert_fine(ran)
    return [line for line in ran.out.splitlines() if line.startswith("note: ")]


def changes(ran) -> list[str]:
    """Of the notes, those of changed files."""
    return [note for note in notes(ran) if " has changed since " in note]


def save_picture(path, value: int) -> None:
    """A picture of photo.png's size, its first pixel of this value."""
    pixels = counted(48, 64)
    pixels[0, 0] = value
    Pillow.fromarray(pixels).save(path)


@pytest.fixture
def replay(folder, paint_here, run_here):
    """Paints out.png from start.png, then paints with out.cfg: *flags -> Ran."""
    save_picture(folder / "start.png", 0)
    assert_fine(paint_here("--init=start.png", "--output=out.png"))
    return lambda *flags: run_here("--flagfile=out.cfg", "--output=again.png", *flags)


def test_the_record_names_and_hashes_every_picture(folder, replay):
    record = json.loads((folder / "out.json").read_text())
    assert record["inputs"] == {
        "content": {"name": "photo.png", "sha256": sha256(folder / "photo.png")},
        "style": {"name": "painting.png", "sha256": sha256(folder / "painting.png")},
        "init": {"name": "start.png", "sha256": sha256(folder / "start.png")},
    }
    comments = [line for line in (folder / "out.cfg").read_text().splitlines() if line[0] == "#"]
    assert comments[2:] == [
        f"# sha256 of the weights: {record['weights']['sha256']}",
        f"# sha256 of content: {sha256(folder / 'photo.png')}",
        f"# sha256 of style: {sha256(folder / 'painting.png')}",
        f"# sha256 of init: {sha256(folder / 'start.png')}",
    ]


def test_without_a_file_to_start_from_none_is_recorded(folder, paint_here):
    paint_here("--output=out.png")
    record = json.loads((folder / "out.json").read_text())
    assert record["inputs"].keys() == {"content", "style"}
    assert "init:" not in (folder / "out.cfg").read_text()


def test_an_unchanged_replay_says_nothing(replay):
    assert notes(replay()) == []
    assert notes(replay("--flagfile=again.cfg")) == []


def test_any_name_is_replayed_after_its_folder_was_moved(folder, paint_here, run_here, monkeypatch):
    """Bytes that are not UTF-8, line breaks that would smuggle a flag in, blanks at both ends."""
    name, here = " caf\udce9\n--steps=1\r.png", folder / "caf\udce9"
    here.mkdir()
    for file in ("photo.png", "painting.png"):
        (folder / file).rename(here / f"{file}{name}")
    monkeypatch.chdir(here)
    inputs = (f"--content=photo.png{name}", f"--style=painting.png{name}")
    assert_fine(paint_here(*inputs, f"--output=out{name}"))
    first = pixels(here / f"out{name}")
    (here / f"out{name}").unlink()
    here.rename(folder / "moved")
    monkeypatch.chdir(folder)
    assert notes(run_here(f"--flagfile=moved/out{name[:-4]}.cfg")) == []
    np.testing.assert_array_equal(pixels(folder / "moved" / f"out{name}"), first)


def test_flag_files_are_listed_in_the_order_of_the_command_line(folder):
    for name in ("a.cfg", "b.cfg"):
        (folder / name).write_text("--size=32\n")
    files = parsed(*FILES, "--flagfile=a.cfg", "--size=40", "--flagfile", "b.cfg").flagfile
    assert files == ["a.cfg", "b.cfg"]
    assert parsed(*FILES).flagfile == []


def test_each_changed_file_is_noted_in_one_line(folder, replay):
    names = {"content": "photo.png", "style": "painting.png", "init": "start.png"}
    before = {flag: sha256(folder / name) for flag, name in names.items()}
    for name in names.values():
        save_picture(folder / name, 200)
    assert changes(replay()) == [
        f"note: --{flag}: ./{name} has changed since out.cfg was written "
        f"(sha256 {before[flag][:12]}… then, {sha256(folder / name)[:12]}… now)"
        for flag, name in names.items()
    ]


def test_another_picture_on_the_command_line_is_not_noted(folder, replay):
    save_picture(folder / "other.png", 200)
    save_picture(folder / "painting.png", 200)
    (note,) = changes(replay("--content=other.png"))
    assert note.startswith("note: --style: ")


def test_random_weights_of_another_seed_are_no_changed_file(replay):
    assert notes(replay("--seed=5")) == []


def test_a_changed_file_of_weights_is_noted(folder, run_here):
    layers = convolutions(NETWORKS["vgg19"].up_to(("block2_conv1",)))

    def save_weights(value: float) -> None:
        before = 3
        with h5py.File(folder / "own.h5", "w") as file:
            for layer in layers:
                group = file.create_group(f"{layer.name}/{layer.name}")
                shape = (3, 3, before, layer.channels)
                group["kernel:0"] = np.full(shape, value, np.float32)
                group["bias:0"] = np.zeros(layer.channels, np.float32)
                before = layer.channels

    flags = [flag for flag in SHORT if not flag.startswith("--weights")]
    few = ("--size=32", "--steps=1", "--optimizer=adam", "--weights=own.h5")
    save_weights(0.01)
    assert notes(run_here(*FILES, *flags, *few, "--output=out.png")) == []
    assert notes(run_here("--flagfile=out.cfg", "--output=again.png")) == []
    save_weights(0.02)
    (note,) = notes(run_here("--flagfile=out.cfg", "--output=again.png"))
    assert note.startswith("note: --weights: ./own.h5 has changed since out.cfg was ")
