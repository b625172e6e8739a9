"""A picture that cannot be written under its name is written elsewhere, and a line says where."""

import os
from pathlib import Path

import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.io.flag_file import settings_path
from tf_nst.io.manifest import record_path
from tf_nst.io.rescue import write_or_rescue

FULL = OSError(28, "No space left on device")


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The temporary folder of this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def here(tmp_path) -> Path:
    """The folder of the picture."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def files_of(path: Path) -> dict:
    """A picture, its record and its flag file."""
    return {path: b"picture", record_path(path): b"record", settings_path(path): b"flags"}


def failing(refuses):
    """As files_of, but for files that `refuses` names: writing them fails as on a full disk."""

    def fail(file):
        file.write(b"half")
        raise FULL

    return lambda path: {
        name: fail if refuses(name) else data for name, data in files_of(path).items()
    }


# What cannot be written, and what lies where afterwards.
ALL, ALONE = ["out.cfg", "out.json", "out.png"], ["out.png"]
BESIDE = ["out.rescued.cfg", "out.rescued.json", "out.rescued.png"]
CASES = {
    "the picture's name": (lambda path: path.parts[-2:] == ("here", "out.png"), BESIDE, []),
    "the record's name": (lambda path: path.name == "out.json", BESIDE, []),
    "the flag file's name": (lambda path: path.name == "out.cfg", BESIDE, []),
    "any record": (lambda path: path.suffix == ".json", ["out.rescued.png"], []),
    "the folder": (lambda path: path.parent.name == "here", [], ALL),
    "all but a picture elsewhere": (
        lambda path: path.parent.name == "here" or path.suffix != ".png",
        [],
        ALONE,
    ),
}


@pytest.mark.parametrize(("refuses", "beside", "elsewhere"), CASES.values(), ids=CASES)
def test_the_picture_is_written_somewhere_and_the_line_says_where(
    here, temporary, refuses, beside, elsewhere
):
    with pytest.raises(RunError) as error:
        write_or_rescue(here / "out.png", failing(refuses))
    lines = str(error.value).split("; the picture is ")
    assert "cannot be written: No space left on device" in lines[0]
    assert Path(lines[1]).read_bytes() == b"picture"
    assert sorted(os.listdir(here)) == beside
    assert sorted(path.name for path in temporary.rglob("*.*") if path.is_file()) == elsewhere


def test_what_was_there_stays_where_a_new_picture_is_rescued(here, temporary):
    write_or_rescue(here / "out.png", files_of)
    write_or_rescue(here / "out.rescued.png", files_of)
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    with pytest.raises(RunError, match=r"; the picture is .*out\.rescued2\.png$"):
        write_or_rescue(here / "out.png", failing(lambda path: path.name == "out.cfg"))
    assert before.items() < {path.name: path.read_bytes() for path in here.iterdir()}.items()


def test_a_record_that_cannot_be_made_does_not_lose_the_picture(here, temporary):
    def files(path):
        def picture(file):
            file.write(b"picture")

        if path.name == "out.png" and path.parent == here:
            raise UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range")
        return {path: picture}

    with pytest.raises(RunError, match=r"^UnicodeEncodeError: .*; the picture is .*rescued\.png$"):
        write_or_rescue(here / "out.png", files)


def test_where_nothing_can_be_written_the_first_reason_counts_and_nothing_is_left(here, temporary):
    with pytest.raises(RunError, match=r"here/out\.png cannot be written: No space left"):
        write_or_rescue(here / "out.png", failing(lambda path: True))
    assert os.listdir(here) == os.listdir(temporary) == []


def test_a_file_of_none_is_removed(here):
    write_or_rescue(here / "out.png", files_of)
    write_or_rescue(here / "out.png", lambda path: {path: b"new", settings_path(path): None})
    assert sorted(os.listdir(here)) == ["out.json", "out.png"]


def test_two_runs_are_rescued_to_names_of_their_own(here, temporary):
    def refuse():
        raise UserError("--output: it is there")

    def another_run_first(path):
        if path.name == "out.rescued.png":
            path.write_bytes(b"other")
        return files_of(path)

    with pytest.raises(RunError, match=r"it is there; the picture is .*here/out\.rescued2\.png$"):
        write_or_rescue(here / "out.png", another_run_first, refuse)
    assert (here / "out.rescued.png").read_bytes() == b"other"


def test_a_flag_file_of_another_picture_is_not_replaced(here, temporary):
    (here / "out.rescued.cfg").write_bytes(b"other")
    with pytest.raises(RunError, match=r"rescued2\.png$"):
        write_or_rescue(here / "out.png", failing(lambda path: path.name == "out.png"))
    assert (here / "out.rescued.cfg").read_bytes() == b"other"
