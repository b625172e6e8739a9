"""Runs that an earlier studio left, by their states in the folder."""

import os

import numpy as np
import pytest

from tf_nst.io.locking import claim
from tf_nst.io.state_file import write_state
from tf_nst.studio.history import STUDIO
from tf_nst.studio.unfinished import MESSAGE, OTHER_VERSION, unfinished_runs
from tf_nst.version import VERSION

REQUEST = {"name": "court.jpg", "content": "p1", "styles": ["p2"], "settings": {"size": 48}}
PHOTO, PAINTING = (f"./sources/{digit * 16}.jpg" for digit in "ab")
ARGUMENTS = {"content": PHOTO, "style": PAINTING, "size": "48"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources").mkdir()
    for name in (PHOTO, PAINTING):
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def write(folder, name="one", request=REQUEST, arguments=ARGUMENTS, version=VERSION):
    description = {"step": 7, STUDIO: {"request": request, "arguments": arguments}}
    description["version"] = version
    descriptor = write_state(folder / f"{name}.state", description, {"x": np.zeros(3)})
    if descriptor is not None:
        os.close(descriptor)


def test_a_state_is_a_run_that_can_go_on(folder):
    write(folder, "two")
    write(folder, "one")
    one, two = unfinished_runs(folder)
    assert (one.name, two.name) == ("one", "two")
    assert one.request == REQUEST and one.arguments == ARGUMENTS
    assert (one.state, one.step, one.message) == (folder / "one.state", 7, MESSAGE)


def test_a_state_of_another_version_is_a_run_that_begins_again(folder):
    write(folder, version="0.0.1")
    (run,) = unfinished_runs(folder)
    assert (run.name, run.request) == ("one", REQUEST)
    assert (run.state, run.step, run.message) == (None, 0, OTHER_VERSION)


def test_what_is_damaged_or_another_s_is_left_out(folder):
    write(folder, "good")
    write(folder, "moved", arguments=ARGUMENTS | {"content": PHOTO.replace("a", "c")})
    write(folder, "other", request=None)
    write_state(folder / "command.state", {"step": 3}, {"x": np.zeros(3)})
    (folder / "text.state").write_text("text")
    data = bytearray((folder / "good.state").read_bytes())
    data[-200] ^= 1
    (folder / "damaged.state").write_bytes(data)
    assert [run.name for run in unfinished_runs(folder)] == ["good"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"style_statistic": "os:system"},
        {"flagfile": "/etc/passwd"},
        {"weights": "/etc/passwd"},
        {"output": "elsewhere.png"},
        {"content": "/etc/passwd"},
        {"keep": "./sources/../sources/x"},
        {"style": f"{PAINTING},/etc/passwd"},
        {"scales": "many"},
        {"size": 48.5},
    ],
)
def test_a_state_says_no_more_than_a_page_may(folder, arguments):
    """It may be anyone's, and a flag may name files and functions."""
    write(folder, arguments=ARGUMENTS | arguments)
    assert unfinished_runs(folder) == []


@pytest.mark.posix
def test_what_another_studio_paints_now_is_left_out(folder):
    write(folder)
    descriptor = claim(folder / "one.state")
    assert unfinished_runs(folder) == []
    os.close(descriptor)
    assert len(unfinished_runs(folder)) == 1
