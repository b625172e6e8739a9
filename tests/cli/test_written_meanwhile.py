"""Files that other programs write while a run paints: they stay, the picture goes elsewhere."""

import json
import os
import signal

import pytest
from command_line import FILES, SHORT, assert_fine, assert_one_line

from tf_nst.io.images import Image

ADAM = (*FILES, "--output=out.png", "--size=32", "--steps=2", "--optimizer=adam", *SHORT)


@pytest.fixture
def meanwhile(folder, monkeypatch):
    """Writes files once the picture is painted: {name: bytes}."""

    def prepare(files: dict[str, bytes]) -> None:
        encode = Image.encode

        def written(*arguments):
            for name, data in files.items():
                (folder / name).write_bytes(data)
            files.clear()
            return encode(*arguments)

        monkeypatch.setattr(Image, "encode", written)

    return prepare


@pytest.mark.parametrize("choice", ["false", "ask"])
@pytest.mark.parametrize("name", ["out.png", "out.json", "out.cfg"])
def test_a_file_that_appeared_stays(folder, run_here, meanwhile, name, choice):
    meanwhile({name: b"other"})
    ran = run_here(*ADAM, f"--overwrite={choice}")
    assert_one_line(ran, 1, (name, "; the picture is out.rescued.png\n"))
    assert not (folder / "out.state").exists()
    assert (folder / name).read_bytes() == b"other"
    assert json.loads((folder / "out.rescued.json").read_text())["file"] == "out.rescued.png"


def test_true_writes_over_a_picture_that_appeared(folder, run_here, meanwhile):
    meanwhile({"out.png": b"other"})
    assert_fine(run_here(*ADAM, "--overwrite=true"))
    assert (folder / "out.png").read_bytes() != b"other"


def test_a_picture_that_was_there_at_the_start_is_written_over_as_ever(folder, run_here):
    (folder / "out.png").write_bytes(b"older")
    assert_fine(run_here(*ADAM))
    assert (folder / "out.png").read_bytes() != b"older"


def test_the_record_of_a_picture_of_another_format_stays(folder, run_here, meanwhile):
    record = b'{\n  "tf_nst": "1",\n  "file": "out.jpg"\n}'
    meanwhile({"out.jpg": b"picture", "out.json": record})
    ran = run_here(*ADAM, "--overwrite=true")
    assert_one_line(ran, 1, ("out.json is the record of out.jpg", "; the picture is out.resc"))
    assert (folder / "out.json").read_bytes() == record
    assert not (folder / "out.png").exists()


def test_a_state_that_appeared_stays_and_is_no_state_to_go_on_from(folder, run_here, monkeypatch):
    def write_preview(path, data, check):
        (folder / "out.state").write_bytes(b"other")
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("tf_nst.cli.results.write_atomically", write_preview)
    ran = run_here(*ADAM, "--preview_every=1")
    assert (ran.code, ran.err) == (143, "")
    assert "out.state cannot be written: it exists and is not from tf_nst" in ran.out
    assert "to go on" not in ran.out
    assert (folder / "out.state").read_bytes() == b"other"


def test_a_preview_does_not_replace_a_picture_that_appeared(folder, run_here, meanwhile):
    meanwhile({"out.preview.png": b"picture", "out.preview.json": b"record"})
    ran = run_here(*ADAM, "--preview_every=1")
    assert_fine(ran)
    assert "note: --preview_every: out.preview.png is a picture with a record" in ran.out
    assert (folder / "out.preview.png").read_bytes() == b"picture"
