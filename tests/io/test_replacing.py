"""Files that take the names of others: permissions, links, crashes, two runs at once."""

import os
import stat
import threading
import time

import pytest

from tf_nst.errors import RunError
from tf_nst.io.replacing import remove_unfinished, stage
from tf_nst.io.writing import write_atomically, write_together

NAMES = ("a.png", "a.json", "a.cfg")


def triple(folder, data: bytes) -> dict:
    """A picture, its record and its flag file, all of them with these bytes."""
    return {folder / name: data for name in NAMES}


def contents(folder) -> dict[str, bytes]:
    """{name: bytes} of what has one of the three names."""
    return {name: (folder / name).read_bytes() for name in NAMES if (folder / name).exists()}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444])
def test_permissions_of_what_was_there_stay(tmp_path, mode):
    files = triple(tmp_path, b"new")
    for path in files:
        path.write_bytes(b"old")
        path.chmod(mode)
    write_together(files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {mode}
    assert contents(tmp_path) == dict.fromkeys(NAMES, b"new")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_what_is_private_is_so_while_it_is_written(tmp_path, mode):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    path.chmod(mode)
    states = []
    write_atomically(path, lambda file: states.append(os.fstat(file.fileno()).st_mode & 0o077))
    assert states == [0]


LINKS = {
    "beside": ("real.png", True),
    "in another folder": ("sub/real.png", True),
    "up and down": ("sub/../sub/real.png", True),
    "to nothing yet": ("sub/later.png", False),
}


@pytest.mark.parametrize(("target", "exists"), LINKS.values(), ids=LINKS)
def test_a_link_stays_and_its_target_is_replaced(tmp_path, target, exists):
    (tmp_path / "sub").mkdir()
    if exists:
        (tmp_path / target).write_bytes(b"old")
    link = tmp_path / "a.png"
    link.symlink_to(target)
    write_together(triple(tmp_path, b"new"))
    assert link.is_symlink() and os.readlink(link) == target
    assert (tmp_path / target).read_bytes() == b"new"
    assert not list(tmp_path.rglob(".tf_nst*"))


def test_at_no_moment_do_old_and_new_files_stand_side_by_side(tmp_path, monkeypatch):
    """What a crash would leave: the folder as it is after each operation."""
    write_together(triple(tmp_path, b"old"))
    states = []

    def watched(operation):
        def run(*args):
            operation(*args)
            states.append(set(contents(tmp_path).values()))

        return run

    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    write_together(triple(tmp_path, b"new"))
    assert len(states) >= 5
    assert [moment for moment in states if len(moment) > 1] == []
    assert contents(tmp_path) == dict.fromkeys(NAMES, b"new")


@pytest.mark.parametrize("error", [OSError(1, "Operation not permitted"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_what_fails_before_the_picture_has_its_name_changes_nothing(
    tmp_path, monkeypatch, error, call
):
    """Two files are moved aside, then the picture takes its name."""
    write_together(triple(tmp_path, b"old"))
    calls = []

    def failing(operation):
        def run(*args):
            calls.append(args)
            if len(calls) == call:
                raise error
            operation(*args)

        return run

    with monkeypatch.context() as patch:
        for name in ("replace", "rename"):
            patch.setattr(os, name, failing(getattr(os, name)))
        with pytest.raises((RunError, KeyboardInterrupt)):
            write_together(triple(tmp_path, b"new"))
    assert contents(tmp_path) == dict.fromkeys(NAMES, b"old")
    assert sorted(os.listdir(tmp_path)) == sorted(NAMES)


def test_two_runs_into_one_name_do_not_mix(tmp_path, monkeypatch):
    replace = os.replace

    def slowly(*args):
        replace(*args)
        time.sleep(0.01)

    monkeypatch.setattr(os, "replace", slowly)
    runs = [
        threading.Thread(target=write_together, args=[triple(tmp_path, bytes([run]))])
        for run in range(8)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(set(contents(tmp_path).values())) == 1
    assert sorted(os.listdir(tmp_path)) == sorted(NAMES)


def test_unfinished_files_can_be_removed(tmp_path):
    stage(tmp_path / "a.png", b"half")
    assert len(os.listdir(tmp_path)) == 1
    remove_unfinished()
    assert os.listdir(tmp_path) == []
