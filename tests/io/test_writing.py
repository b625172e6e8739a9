"""Outputs are checked first, and files are written whole or not at all."""

import os
import re
import stat

import numpy as np
import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.io.images import Image
from tf_nst.io.writing import (
    check_output,
    check_size,
    write_atomically,
    write_together,
)

RNG = np.random.default_rng(0)


# --- check_output -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extension", [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".PNG", ".Tiff"]
)
def test_good_outputs_pass_and_leave_nothing(tmp_path, extension):
    check_output(tmp_path / f"a{extension}")
    assert list(tmp_path.iterdir()) == []


def test_existing_output_is_left_alone(tmp_path):
    (tmp_path / "a.png").write_bytes(b"mine")
    check_output(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"mine"


def test_name_without_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_output("a.png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a", "expected a name that ends in one of .png, .jpg, .jpeg, .webp, .avif, .tif, .tiff"),
        ("a.gif", "received"),
        (".png", "expected a name that ends in"),
        ("folder.png", "is a folder"),
        ("nowhere/a.png", "does not exist"),
        ("file/a.png", "is a file"),
    ],
)
def test_bad_outputs_are_refused(tmp_path, name, said):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UserError, match=r"^--out: ") as error:
        check_output(tmp_path / name, "--out")
    assert said in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "nowhere").exists()


def test_unwritable_folder_is_refused(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    with pytest.raises(UserError, match=r"^--output: .*cannot be written to \(Permission denied\)"):
        check_output(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("name", "height", "width", "limit"),
    [
        ("a.webp", 16384, 5, 16383),
        ("a.jpg", 3, 65501, 65500),
        ("a.JPEG", 65501, 3, 65500),
        ("a.png", 3, 1_000_001, 1_000_000),
    ],
)
def test_too_many_pixels_a_side(tmp_path, name, height, width, limit):
    with pytest.raises(UserError, match=rf"^--output: .*at most {limit} a side"):
        check_size(tmp_path / name, height, width)
    check_size(tmp_path / name, min(height, limit), min(width, limit))
    with pytest.raises(UserError, match="a side"):
        Image(np.zeros((height, width, 3), np.uint8)).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_png_and_tiff_hold_more():
    check_size("a.png", 100_000, 100_000)
    check_size("a.tif", 100_000, 100_000)


@pytest.mark.posix
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: os.mkfifo(path), "is not an ordinary file"),
        (lambda path: path.symlink_to("/dev/null"), "is not an ordinary file"),
        (lambda path: path.symlink_to(path.name), "cannot be written (Too many levels"),
        (lambda path: path.symlink_to("nowhere/b.png"), "cannot be written to (No such file"),
        (lambda path: path.mkdir(), "is a folder"),
    ],
)
def test_what_no_picture_may_replace_is_refused(tmp_path, make, said):
    make(tmp_path / "a.png")
    with pytest.raises(UserError, match=rf"^--output: .*{re.escape(said)}.*expected"):
        check_output(tmp_path / "a.png")
    assert os.listdir(tmp_path) == ["a.png"]


def test_a_write_protected_picture_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.png").touch()
    check_output(tmp_path / "a.png")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(
        UserError, match=r"^--output: .*a\.png is write-protected; expected another"
    ):
        check_output(tmp_path / "a.png")


def test_a_name_that_is_too_long_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"^--output: .*cannot be written \(File name too long\)"):
        check_output(tmp_path / ("a" * 300 + ".png"))


# --- write_atomically -------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"new", lambda file: file.write(b"new")])
def test_bytes_or_callable_replace_what_was_there(tmp_path, data):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old and longer")
    write_atomically(path, data)
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_permissions_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def failing(error):
    def write(file):
        file.write(b"half")
        raise error

    return write


def test_disk_error_is_one_line_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(RunError) as error:
        write_atomically(path, failing(OSError(28, "No space left on device")))
    assert str(error.value) == f"{path} cannot be written: No space left on device"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_other_failures_pass_and_leave_nothing(tmp_path, error):
    with pytest.raises(error):
        write_atomically(tmp_path / "a.bin", failing(error()))
    assert os.listdir(tmp_path) == []


def test_real_write_failure(tmp_path):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(RunError, match=r"a\.png cannot be written: File too large"):
            noise = RNG.integers(0, 256, (60, 60, 3)).astype(np.uint8)
            Image(noise).save(tmp_path / "a.png")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["nowhere/a.bin", "file/a.bin"])
def test_missing_folder_is_a_run_error(tmp_path, name):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(RunError, match="cannot be written"):
        write_atomically(tmp_path / name, b"x")


def kind_of(descriptor):
    return "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"


def test_data_reach_the_disk_before_the_name_and_the_name_after(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(os, "fsync", lambda fd: order.append(kind_of(fd)))
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), real(a, b)))
    write_atomically(tmp_path / "a", b"x")
    assert order == ["file", "replace", "folder"]


def test_a_disk_that_fills_at_the_second_file_leaves_both_as_they_were(tmp_path, monkeypatch):
    files = [tmp_path / "a.png", tmp_path / "a.json"]
    write_together({path: b"old" for path in files})
    whole, calls = os.fsync, []

    def full_at_the_second(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(RunError, match=r"a\.json cannot be written: No space left on device"):
        write_together({path: b"new" for path in files})
    assert [path.read_bytes() for path in files] == [b"old", b"old"]
    assert sorted(tmp_path.iterdir()) == sorted(files)
