"""NAME.cfg: what it holds, and which inputs have changed since it was written."""

import os
import threading

import numpy as np
import pytest
from absl import flags

from tf_nst.io.flag_file import (
    Recorded,
    changed_inputs,
    recorded_inputs,
    settings_bytes,
    settings_path,
)

ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64


def write_settings(picture, given, digests=None):
    """Writes NAME.cfg beside the picture; its path."""
    path = settings_path(picture)
    path.write_bytes(settings_bytes(picture, given, digests or {}))
    return path


@pytest.mark.parametrize(
    ("picture", "stem"),
    [("a/b.png", "a/b"), ("a.b/c.jpeg", "a.b/c"), ("c.d.tiff", "c.d"), ("ä ö.webp", "ä ö")],
)
def test_its_name_is_that_of_the_picture(picture, stem):
    assert str(settings_path(picture)) == f"{stem}.cfg"


# --- what it holds ---------------------------------------------------------------------------


def test_a_flag_file_reads_back_exactly(tmp_path):
    given = {
        "text": "/a folder/with # and ä/b.png",
        "empty": "",
        "whole": 12,
        "small": 1e-05,
        "third": 1 / 3,
    }
    path = write_settings(tmp_path / "a.png", given)
    assert path == tmp_path / "a.cfg"
    values = flags.FlagValues()
    for name, value in given.items():
        kind = {str: "string", int: "integer", float: "float"}[type(value)]
        getattr(flags, f"DEFINE_{kind}")(name, None, "", flag_values=values)
    values(["program", f"--flagfile={path}"])
    assert {name: values[name].value for name in given} == given


NUMPY_SCALARS = [
    (np.float64(2.5), "2.5"),
    (np.float32(0.1), "0.10000000149011612"),
    (np.int64(7), "7"),
    (np.uint8(255), "255"),
    (np.bool_(True), "True"),
    (np.str_("a b"), "a b"),
]


@pytest.mark.parametrize(("value", "text"), NUMPY_SCALARS, ids=lambda it: type(it).__name__)
def test_numpy_scalars_are_written_as_pythons_values(value, text):
    data = settings_bytes("a.png", {"flag": value}, {})
    assert data.decode().splitlines()[2:] == [f"--flag={text}"]


def test_comments_come_before_the_flags(tmp_path):
    path = write_settings(tmp_path / "a.png", {"size": 3}, {"weights": ONE, "content": TWO})
    assert path.read_text().splitlines() == [
        "# Written by tf_nst: tf-nst --flagfile=a.cfg paints a.png again.",
        "# Paths that begin with ./ or ../ start at this file's folder.",
        f"# sha256 of the weights: {ONE}",
        f"# sha256 of content: {TWO}",
        "--size=3",
    ]


# --- what it recorded ------------------------------------------------------------------------


def test_what_was_written_is_read_again(tmp_path):
    given = {"content": "/a folder/ä=#.png", "weights": "imagenet", "size": 3}
    path = str(write_settings(tmp_path / "a.png", given, {"weights": ONE, "content": TWO}))
    assert recorded_inputs([path]) == {
        "weights": Recorded(path, "imagenet", ONE),
        "content": Recorded(path, given["content"], TWO),
    }


def test_a_comment_without_its_flag_and_a_flag_without_a_comment_record_nothing(tmp_path):
    path = write_settings(tmp_path / "a.png", {"style": "b.png"}, {"content": ONE})
    assert recorded_inputs([str(path)]) == {}
    (tmp_path / "hand.cfg").write_text("# sha256 of style: unknown\n--style=b.png\n")
    assert recorded_inputs([str(tmp_path / "hand.cfg")]) == {}
    assert recorded_inputs([]) == {}


def test_the_last_line_of_a_flag_counts_and_windows_mark_is_no_obstacle(tmp_path):
    path = tmp_path / "a.cfg"
    text = f"\ufeff# sha256 of content: {ONE}\r\n--content=a.png\r\n-content=b.png\r\n"
    path.write_bytes(text.encode())
    assert recorded_inputs([str(path)]) == {"content": Recorded(str(path), "b.png", ONE)}


def test_each_files_comments_concern_its_own_lines(tmp_path):
    inner = str(write_settings(tmp_path / "inner.png", {"style": "s.png"}, {"style": ONE}))
    outer = str(
        write_settings(
            tmp_path / "outer.png", {"flagfile": inner, "content": "c.png"}, {"content": TWO}
        )
    )
    other = str(write_settings(tmp_path / "other.png", {"content": "d.png"}, {"style": THREE}))
    assert recorded_inputs([outer, other]) == {
        "style": Recorded(inner, "s.png", ONE),
        "content": Recorded(outer, "c.png", TWO),
    }


def test_of_several_files_the_last_one_counts_and_one_that_includes_comes_last(tmp_path):
    first = str(write_settings(tmp_path / "1.png", {"style": "s.png"}, {"style": ONE}))
    second = str(
        write_settings(tmp_path / "2.png", {"style": "t.png", "flagfile": first}, {"style": TWO})
    )
    assert recorded_inputs([first, second]) == {"style": Recorded(second, "t.png", TWO)}
    assert recorded_inputs([second, first]) == {"style": Recorded(first, "s.png", ONE)}


def test_a_file_that_includes_itself_is_read_once(tmp_path):
    path = str(tmp_path / "a.cfg")
    given = {"style": "s.png", "flagfile": path}
    write_settings(tmp_path / "a.png", given, {"style": ONE})
    assert recorded_inputs([path]) == {"style": Recorded(path, "s.png", ONE)}


@pytest.mark.posix
def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    result = []
    reader = threading.Thread(target=lambda: result.append(recorded_inputs([path])), daemon=True)
    reader.start()
    reader.join(10)
    assert result == [{}]


# --- what has changed ------------------------------------------------------------------------

RECORDED = {
    "content": Recorded("me.cfg", "/photos/me.jpg", ONE),
    "weights": Recorded("old.cfg", "imagenet", TWO),
}
GIVEN = {"content": "/photos/me.jpg", "weights": "imagenet"}


def test_the_same_files_are_not_mentioned():
    assert changed_inputs(RECORDED, GIVEN, {"content": ONE, "weights": TWO}) == []


def test_every_changed_file_has_a_line():
    assert changed_inputs(RECORDED, GIVEN, {"content": TWO, "weights": THREE}) == [
        "--content: /photos/me.jpg has changed since me.cfg was written "
        "(sha256 111111111111… then, 222222222222… now)",
        "--weights: imagenet has changed since old.cfg was written "
        "(sha256 222222222222… then, 333333333333… now)",
    ]


def test_another_file_than_the_recorded_one_is_not_compared():
    given = GIVEN | {"content": "/photos/you.jpg"}
    assert changed_inputs(RECORDED, given, {"content": TWO, "weights": TWO}) == []


def test_an_input_without_a_digest_is_not_compared():
    assert changed_inputs(RECORDED, GIVEN, {"content": ONE}) == []


def test_one_path_spelled_in_two_ways_is_one_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    recorded = {"content": Recorded("me.cfg", str(tmp_path / "me.jpg"), ONE)}
    assert len(changed_inputs(recorded, {"content": "./me.jpg"}, {"content": TWO})) == 1
