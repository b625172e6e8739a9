"""What appeared or changed since a run began is not written over."""

import os

import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.io.rescue import write_or_rescue
from tf_nst.io.stamps import check_unchanged, stamps_of


def test_what_was_there_before_may_be_written_over(tmp_path):
    (tmp_path / "a.png").write_bytes(b"older")
    check_unchanged(stamps_of([tmp_path / "a.png", tmp_path / "a.json"]))


def test_what_is_gone_may_be_written(tmp_path):
    (tmp_path / "a.png").write_bytes(b"older")
    stamps = stamps_of([tmp_path / "a.png"])
    (tmp_path / "a.png").unlink()
    check_unchanged(stamps)


def test_what_appeared_stays(tmp_path):
    stamps = stamps_of([tmp_path / "a.png", tmp_path / "a.json"])
    (tmp_path / "a.json").write_bytes(b"other")
    with pytest.raises(UserError, match=r"^--output: .*a\.json was written by another program"):
        check_unchanged(stamps)


@pytest.mark.parametrize("same", ["size", "time"])
def test_what_changed_stays(tmp_path, same):
    path = tmp_path / "a.png"
    path.write_bytes(b"older")
    stamps, status = stamps_of([path]), path.stat()
    path.write_bytes(b"other" if same == "size" else b"longer")
    later = status.st_mtime_ns + (same == "size")
    os.utime(path, ns=(later, later))
    with pytest.raises(UserError, match="stays as it is"):
        check_unchanged(stamps)


def test_a_replaced_file_of_the_same_size_and_time_stays(tmp_path):
    path, other = tmp_path / "a.png", tmp_path / "b.png"
    path.write_bytes(b"older")
    stamps, status = stamps_of([path]), path.stat()
    other.write_bytes(b"other")
    os.utime(other, ns=(status.st_mtime_ns, status.st_mtime_ns))
    os.replace(other, path)
    with pytest.raises(UserError, match="stays as it is"):
        check_unchanged(stamps)


def test_a_picture_that_may_not_take_its_name_is_rescued_and_nothing_is_replaced(tmp_path):
    path = tmp_path / "a.png"
    stamps = stamps_of([path])
    path.write_bytes(b"other")
    with pytest.raises(RunError, match=r"another program .*; the picture is .*a\.rescued\.png$"):
        write_or_rescue(path, lambda place: {place: b"mine"}, lambda: check_unchanged(stamps))
    assert path.read_bytes() == b"other"
    assert (tmp_path / "a.rescued.png").read_bytes() == b"mine"
    assert len(os.listdir(tmp_path)) == 2
