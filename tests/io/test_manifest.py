"""NAME.json, NAME.cfg and NAME.preview.png: names, contents, and what is never written over."""

import json
import os

import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.io.flag_file import settings_bytes, settings_path
from tf_nst.io.manifest import (
    check_preview,
    check_sidecars,
    check_state,
    preview_path,
    record_bytes,
    record_path,
    versions,
)
from tf_nst.io.writing import write_together
from tf_nst.version import VERSION


def write_record(picture, record):
    """Writes NAME.json beside the picture; its path."""
    write_together({record_path(picture): record_bytes(picture, record)})
    return record_path(picture)


def write_settings(picture, given):
    """Writes NAME.cfg beside the picture; its path."""
    write_together({settings_path(picture): settings_bytes(picture, given, {})})
    return settings_path(picture)


@pytest.mark.parametrize(
    ("picture", "stem"),
    [("a/b.png", "a/b"), ("a.b/c.jpeg", "a.b/c"), ("c.d.tiff", "c.d"), ("ä ö.webp", "ä ö")],
)
def test_names_beside_a_picture(picture, stem):
    assert str(record_path(picture)) == f"{stem}.json"
    assert str(preview_path(picture)) == f"{stem}.preview.{picture.split('.')[-1]}"


# --- the record ------------------------------------------------------------------------------


def test_a_record_is_json_after_the_versions(tmp_path):
    path = write_record(tmp_path / "a.png", {"one": 1, "two": [0.1, None]})
    assert path == tmp_path / "a.json"
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    record = json.loads(text)
    assert list(record) == ["tf_nst", "versions", "file", "one", "two"]
    whole = {"tf_nst": VERSION, "versions": versions(), "file": "a.png"}
    assert record == whole | {"one": 1, "two": [0.1, None]}


def test_numpy_scalars_are_written_as_pythons_numbers():
    scalars = [np.float64(2.5), np.float32(2.5), np.int64(7), np.uint16(7), np.bool_(True)]
    record = json.loads(record_bytes("a.png", {"one": scalars[0], "all": scalars}))
    assert (record["one"], record["all"]) == (2.5, [2.5, 2.5, 7, 7, True])


def test_what_json_cannot_hold_is_refused_by_its_type():
    with pytest.raises(TypeError, match="expected what JSON can hold, received set"):
        record_bytes("a.png", {"one": {1, 2}})


def test_versions_are_those_that_the_pixels_depend_on():
    import keras
    import numpy
    import PIL
    import tensorflow

    result = versions()
    assert result.pop("python").count(".") == 2
    assert result == {
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": numpy.__version__,
        "pillow": PIL.__version__,
    }


# --- what is never written over --------------------------------------------------------------


def test_files_of_tf_nst_may_be_overwritten(tmp_path):
    picture = tmp_path / "a.png"
    check_sidecars(picture)
    write_record(picture, {"settings": {}})
    write_settings(picture, {"size": 3})
    check_sidecars(picture)


@pytest.mark.parametrize("suffix", [".json", ".cfg"])
@pytest.mark.parametrize("text", [b"", b"--size=3\n", b"{}", b"\xff\xfe", b'{\n  "tf_nsx": 1}'])
def test_another_programs_file_is_refused_and_left(tmp_path, suffix, text):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(text)
    with pytest.raises(UserError, match=r"^--out: .*not from tf_nst; expected another") as error:
        check_sidecars(tmp_path / "a.png", "--out")
    assert str(path) in str(error.value)
    assert path.read_bytes() == text


@pytest.mark.parametrize("suffix", [".json", ".cfg"])
def test_a_folder_in_the_way_is_refused(tmp_path, suffix):
    (tmp_path / f"a{suffix}").mkdir()
    with pytest.raises(UserError, match=r"not from tf_nst"):
        check_sidecars(tmp_path / "a.png")


def test_our_record_in_place_of_a_flag_file_is_refused(tmp_path):
    record = write_record(tmp_path / "a.png", {})
    record.rename(tmp_path / "a.cfg")
    with pytest.raises(UserError, match=r"a\.cfg would be written"):
        check_sidecars(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("there", "picture", "refused"),
    [
        ("a.png", "a.png", False),
        ("a.png", "a.jpg", True),
        ("a.tiff", "a.tif", True),
        (None, "a.jpg", False),
    ],
)
def test_the_record_of_a_picture_of_another_format_is_refused(tmp_path, there, picture, refused):
    write_record(tmp_path / (there or "a.png"), {})
    if there:
        (tmp_path / there).touch()
    try:
        check_sidecars(tmp_path / picture)
        said = ""
    except UserError as error:
        said = str(error)
    assert bool(said) == refused
    assert not refused or f"a.json is the record of {there}, which {picture} would" in said


def test_previews_over_another_picture_are_refused(tmp_path):
    check_preview(tmp_path / "a.png")
    (tmp_path / "a.preview.png").touch()
    check_preview(tmp_path / "a.png")
    write_record(tmp_path / "a.preview.png", {})
    with pytest.raises(UserError, match=r"^--preview_every: .*a\.preview\.png is a picture with"):
        check_preview(tmp_path / "a.png")


@pytest.mark.posix
def test_a_pipe_in_the_place_of_a_record_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(UserError, match=r"a\.json would be written"):
        check_sidecars(tmp_path / "a.png")


def test_a_name_that_is_too_long_for_a_file_beside_the_picture_is_refused(tmp_path):
    """NAME.png has 255 bytes, NAME.json one more."""
    with pytest.raises(UserError, match=r"^--output: .*cannot be written \(File name too long\)"):
        check_sidecars(tmp_path / ("a" * 251 + ".png"))
    check_sidecars(tmp_path / ("a" * 250 + ".png"))


def test_a_folder_in_the_place_of_the_state_is_refused(tmp_path):
    (tmp_path / "a.state").mkdir()
    with pytest.raises(UserError, match=r"a\.state is a folder; expected another name$"):
        check_state(tmp_path / "a.png")


@pytest.mark.parametrize("check", [check_state, check_sidecars])
def test_files_that_cannot_be_read_are_called_so(tmp_path, monkeypatch, check):
    for suffix in (".state", ".json"):
        (tmp_path / f"a{suffix}").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(UserError, match=r"^--output: .*cannot be read \(Permission denied\)"):
        check(tmp_path / "a.png")


def test_a_deeply_nested_record_is_of_no_other_picture(tmp_path):
    (tmp_path / "a.json").write_text('{\n  "tf_nst": ' + "[" * 100_000)
    check_sidecars(tmp_path / "a.png")
