"""A run whose files are written is finished, whatever becomes of its state."""

import errno
import shutil

import pytest
from small_painting import order_in, said_of

from tf_nst.engine.engine import Engine
from tf_nst.errors import RunError
from tf_nst.io import checkpoints

LOST = "this painting cannot go on by more steps: its state is not kept"


@pytest.fixture(scope="module")
def engine():
    return Engine()


def full_scratch(source, target):
    target.write_bytes(b"part of it")
    raise OSError(errno.ENOSPC, "No space left on device")


def full_history(*_):
    raise RunError("one.state cannot be written: disk full")


@pytest.mark.parametrize(
    ("owner", "name", "fails", "reason"),
    [
        (shutil, "move", full_scratch, "No space left on device"),
        (checkpoints, "write_state", full_history, "No such file or directory"),
    ],
)
def test_a_state_that_cannot_be_kept_is_a_note(
    tmp_path, engine, monkeypatch, owner, name, fails, reason
):
    monkeypatch.setattr(owner, name, fails)
    said = said_of(order_in(tmp_path), engine)
    assert (said["status"], said["state"]) == ("finished", None)
    assert f"{LOST} ({reason})" in said["notes"]
    assert {path.name for path in tmp_path.iterdir()} == {
        *("a.png", "one.png", "one.json", "one.cfg", "p.png")
    }
