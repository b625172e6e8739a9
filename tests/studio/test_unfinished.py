"""Runs that an earlier studio left, by their states in the folder."""

import os

import numpy as np
import pytest

from tf_nst.io.locking import claim
from tf_nst.io.state_file import write_state
from tf_nst.studio.history import STUDIO
from tf_nst.studio.unfinished import unfinished_runs

REQUEST = {"name": "court.jpg", "content": "p1", "styles": ["p2"], "settings": {"size": 48}}
ARGUMENTS = {"content": "./sources/a.jpg", "style": "./sources/b.jpg", "size": "48"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sources").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "sources" / name).write_bytes(b"")
    return tmp_path


def write(folder, name="one", request=REQUEST, arguments=ARGUMENTS):
    description = {"step": 7, STUDIO: {"request": request, "arguments": arguments}}
    descriptor = write_state(folder / f"{name}.state", description, {"x": np.zeros(3)})
    if descriptor is not None:
        os.close(descriptor)


def test_a_state_is_a_run_that_can_go_on(folder):
    write(folder, "two")
    write(folder, "one")
    one, two = unfinished_runs(folder)
    assert (one.name, two.name) == ("one", "two")
    assert one.request == REQUEST and one.arguments == ARGUMENTS
    assert (one.state, one.step) == (folder / "one.state", 7)


def test_what_is_damaged_or_another_s_is_left_out(folder):
    write(folder, "good")
    write(folder, "moved", arguments=ARGUMENTS | {"content": "./sources/gone.jpg"})
    write(folder, "other", request=None)
    write_state(folder / "command.state", {"step": 3}, {"x": np.zeros(3)})
    (folder / "text.state").write_text("text")
    data = bytearray((folder / "good.state").read_bytes())
    data[-200] ^= 1
    (folder / "damaged.state").write_bytes(data)
    assert [run.name for run in unfinished_runs(folder)] == ["good"]


@pytest.mark.skipif(os.name == "nt", reason="files are locked by fcntl")
def test_what_another_studio_paints_now_is_left_out(folder):
    write(folder)
    descriptor = claim(folder / "one.state")
    assert unfinished_runs(folder) == []
    os.close(descriptor)
    assert len(unfinished_runs(folder)) == 1
