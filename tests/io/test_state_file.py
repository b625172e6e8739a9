"""NAME.state: whole or not there, and no damage goes unnoticed."""

import errno
import os

import numpy as np
import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.io.locking import claim
from tf_nst.io.replacing import remove_unfinished, stage, temporaries_of
from tf_nst.io.state_file import (
    is_state,
    read_arrays,
    read_description,
    remove_state,
    state_path,
    write_state,
)

DESCRIPTION = {"version": "1", "steps": [3, 4], "options": {"style": "ä", "rate": 0.1 + 0.2}}
ARRAYS = {
    "step": np.array(3),
    "progress.image": np.linspace(0, 1, 12, dtype=np.float32).reshape(1, 2, 2, 3),
    "least": np.array([[np.inf], [2.5]], np.float32),
}


@pytest.fixture
def path(tmp_path):
    """A state that was written."""
    write_state(tmp_path / "out.state", DESCRIPTION, ARRAYS)
    return tmp_path / "out.state"


def assert_whole(path) -> None:
    """Description and arrays are those that were written."""
    arrays = read_arrays(path)
    assert read_description(path) == DESCRIPTION
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_it_stands_beside_the_picture(tmp_path):
    assert state_path(tmp_path / "out.png") == tmp_path / "out.state"


def test_what_was_written_is_read(path):
    assert is_state(path)
    assert_whole(path)
    assert [each.name for each in path.parent.iterdir()] == ["out.state"]


def test_numpy_alone_reads_it(path):
    with np.load(path) as arrays:
        np.testing.assert_array_equal(arrays["progress.image"], ARRAYS["progress.image"])


def test_no_truncated_file_is_read(path, tmp_path):
    whole, cut = path.read_bytes(), tmp_path / "cut.state"
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises(UserError, match=r"--resume: expected a whole state.*cut\.state"):
            read_description(cut)


def test_no_damaged_byte_goes_unnoticed(path, tmp_path):
    """It is refused, or it says nothing, as a time does, and all is the same."""
    whole, damaged = path.read_bytes(), tmp_path / "damaged.state"
    refused = 0
    for place in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[place] ^= (0x01, 0x08, 0xFF)[place % 3]
        damaged.write_bytes(spoilt)
        try:
            read_description(damaged)
        except UserError:
            refused += 1
        else:
            assert_whole(damaged)
    assert refused > len(whole) / 2


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"notes of mine", None])
def test_another_file_is_no_state(tmp_path, data):
    path = tmp_path / "out.state"
    if data is None:
        with open(path, "wb") as file:
            np.savez(file, image=np.zeros(3))
    else:
        path.write_bytes(data)
    assert not is_state(path)
    with pytest.raises(UserError, match="damaged or is not from tf_nst"):
        read_description(path)


def test_a_missing_file_is_no_state(tmp_path):
    assert not is_state(tmp_path / "out.state")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_keeps_the_state_before(path, monkeypatch, call):
    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(RunError, match=r"out\.state cannot be written: No space left on device"):
        write_state(path, {}, {})
    assert_whole(path)
    assert [each.name for each in path.parent.iterdir()] == ["out.state"]


@pytest.fixture
def abandoned(path):
    """Half a state, as a killed run leaves it, whose locks go with it: () -> its path."""

    def leave():
        temporary = stage(path, b"half of a state").temporary
        left = temporary.with_name(f"{temporary.stem}0.tmp")
        temporary.rename(left)
        remove_unfinished()
        return left

    return leave


def test_what_a_killed_run_left_is_removed(path, abandoned):
    left = abandoned()
    assert left.exists() and temporaries_of(path) == [left]
    descriptor = write_state(path, DESCRIPTION, ARRAYS)
    assert not left.exists()
    left = abandoned()
    remove_state(path, descriptor)
    os.close(descriptor)
    assert not list(path.parent.iterdir())


def test_what_another_living_run_writes_stays(path):
    """As it stays that of another thread: a lock is of an open file."""
    other = stage(path, b"half of a state")
    descriptor = write_state(path, DESCRIPTION, ARRAYS)
    remove_state(path, descriptor)
    os.close(descriptor)
    assert list(path.parent.iterdir()) == [other.temporary]
    assert other.temporary.read_bytes() == b"half of a state"
    remove_unfinished()


def test_the_state_of_another_run_stays(path):
    mine = write_state(path, DESCRIPTION, ARRAYS)
    other = write_state(path, DESCRIPTION | {"version": "2"}, ARRAYS)
    assert claim(path) is None
    remove_state(path, mine)
    assert read_description(path)["version"] == "2"
    remove_state(path, other)
    assert not path.exists()
    os.close(mine)
    os.close(other)


def test_a_state_of_no_living_run_can_be_claimed(path):
    os.close(write_state(path, DESCRIPTION, ARRAYS))
    descriptor = claim(path)
    remove_state(path, descriptor)
    os.close(descriptor)
    assert not path.exists()


def test_a_run_that_quits_at_once_leaves_no_temporary_file(path, monkeypatch):
    """At a second Ctrl-C all that is unfinished is removed, by whichever thread it is written."""
    left = []

    def quit_at_once(descriptor):
        assert len(temporaries_of(path)) == 1
        remove_unfinished()
        left.extend(each.name for each in path.parent.iterdir())
        raise SystemExit

    monkeypatch.setattr(os, "fsync", quit_at_once)
    with pytest.raises(SystemExit):
        write_state(path, {}, {})
    assert left == ["out.state"]
    assert_whole(path)


def test_a_file_that_is_no_state_is_not_removed(tmp_path):
    path = tmp_path / "out.state"
    path.write_bytes(b"notes of mine")
    remove_state(path, claim(path))
    assert path.read_bytes() == b"notes of mine"


def test_file_and_folder_are_flushed_in_that_order(path, monkeypatch):
    calls = []
    replace, fsync = os.replace, os.fsync

    def record(name, function):
        def call(*args):
            calls.append(name)
            return function(*args)

        return call

    monkeypatch.setattr(os, "replace", record("rename", replace))
    monkeypatch.setattr(os, "fsync", record("flush", fsync))
    write_state(path, DESCRIPTION, ARRAYS)
    assert calls == ["flush", "rename", "flush"]


def test_what_is_no_state_is_not_replaced(tmp_path):
    (tmp_path / "out.state").write_bytes(b"other")
    with pytest.raises(RunError, match=r"out\.state cannot be written: it exists and is not from"):
        write_state(tmp_path / "out.state", DESCRIPTION, ARRAYS)
    assert (tmp_path / "out.state").read_bytes() == b"other"
    assert len(os.listdir(tmp_path)) == 1


@pytest.mark.parametrize("text", ["[]", "5", "{}", '{"arrays": 5}', "[" * 100_000])
def test_a_whole_file_with_another_description_is_refused(tmp_path, text):
    np.savez(tmp_path / "out.npz", tf_nst=np.array(text.encode()))
    os.rename(tmp_path / "out.npz", tmp_path / "out.state")
    with pytest.raises(UserError, match=r"damaged .*; remove it, or choose another --output$"):
        read_description(tmp_path / "out.state")
