"""Runs that fail: one line that says why, the exit code, and what is left in the folder."""

import errno
import os
import socket

import numpy as np
import pytest
from command_line import GOOD, SHORT, assert_one_line, snapshot
from PIL import Image as Pillow

from tf_nst.model.download import KERAS_FILES

pytestmark = pytest.mark.usefixtures("one_engine")

# --- downloads -------------------------------------------------------------------------------


@pytest.fixture
def offline(monkeypatch):
    """Every connection by HTTPS is refused at once, by a proxy that does not listen."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        yield


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_keras_file_without_a_connection_is_one_line_and_touches_nothing(folder, run_here, network):
    before = snapshot(folder)
    ran = run_here(*GOOD, "--weights=keras", f"--network={network}")
    url = KERAS_FILES[network].url
    place = folder.parent / "keras" / "models" / url.rsplit("/", 1)[1]
    said = (f"--weights=keras: cannot download {url}: ", "Connection refused", str(place))
    assert_one_line(
        ran, 1, (*said, "without a download: --weights=imagenet (VGG19, in the package)")
    )
    assert list(place.parent.iterdir()) == [] and snapshot(folder) == before


# --- folders and disks -----------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_to_is_refused(folder, run_here, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    before = snapshot(folder)
    said = ("--output: the folder . cannot be written to", "Permission denied", "expected")
    assert_one_line(run_here(*GOOD), 2, said)
    assert snapshot(folder) == before


def test_a_file_without_permission_to_read_is_refused(folder, run_here, monkeypatch):
    whole = open

    def refuse(path, *args, **kwargs):
        if str(path) == "photo.png":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return whole(path, *args, **kwargs)

    monkeypatch.setattr("builtins.open", refuse)
    assert_one_line(run_here(*GOOD), 2, ("--content: photo.png cannot be read", "expected"))


def test_a_full_disk_is_one_line_and_exit_code_1_and_leaves_the_old_picture(
    folder, run_here, monkeypatch
):
    (folder / "out.png").write_bytes(b"an older picture")
    before = snapshot(folder)

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    ran = run_here(*GOOD, *SHORT)
    assert_one_line(ran, 1, ("out.png cannot be written", "No space left on device"))
    assert snapshot(folder) == before


def test_a_preview_and_a_record_that_cannot_be_written_do_not_lose_the_picture(
    folder, run_here, monkeypatch
):
    replace = os.replace

    def full(source, target):
        if "preview" in str(target) or str(target) == "out.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr("os.replace", full)
    ran = run_here(*GOOD, *SHORT, "--preview_every=1")
    said = ("out.json", "cannot be written: No space left", "; the picture is out.rescued.png")
    assert_one_line(ran, 1, said[1:])
    note = (
        "note: out.preview.png cannot be written: No space left on device; the painting continues"
    )
    assert ran.out.splitlines().count(note) == 1
    names = {path.name for path in folder.iterdir()} - {"photo.png", "painting.png"}
    assert names >= {"out.rescued.cfg", "out.rescued.json", "out.rescued.png"}
    assert not [name for name in names if name.startswith(".tf_nst")]


def test_a_loss_that_diverges_ends_the_run_with_one_line_and_the_picture_so_far(
    folder, run_here, monkeypatch
):
    monkeypatch.setattr("tf_nst.engine.divergence.DIVERGED", 0.001)
    ran = run_here(*GOOD, *SHORT, "--optimizer=adam", "--steps=100000")
    assert_one_line(ran, 1, ("the loss rose from", "expected a smaller --learning_rate"))
    assert "the picture so far is out.png" in ran.out
    Pillow.open(folder / "out.png").load()
    assert (folder / "out.cfg").exists() and not (folder / "out.state").exists()


# --- losses that are not finite --------------------------------------------------------------


def test_a_loss_that_is_not_finite_is_one_line_and_keeps_the_last_good_picture(folder, run_here):
    ran = run_here(*GOOD, *SHORT, "--steps=9", "--style_weight=1e38")
    said = ("gradient is not finite at step 1: style/", "expected", "--learning_rate")
    assert_one_line(ran, 1, said)
    assert "the last good picture is out.png" in ran.out
    Pillow.open(folder / "out.png").load()


def test_a_picture_that_is_not_finite_is_noticed_without_the_variation_term(folder, run_here):
    ran = run_here(*GOOD, *SHORT, "--steps=9", "--style_weight=1e38", "--tv_weight=0")
    assert_one_line(ran, 1, ("not finite at step", "style/", "expected"))


def test_a_first_loss_that_is_not_finite_leaves_no_picture(folder, run_here, monkeypatch):
    def too_bright(init, content, *_):
        return np.float32(content) * 1e36

    monkeypatch.setattr("tf_nst.painting.preparation.initial_image", too_bright)
    before = snapshot(folder)
    ran = run_here(*GOOD, *SHORT)
    assert_one_line(ran, 1, ("not finite at step 1: ", "expected"))
    assert snapshot(folder) == before


# --- debug -----------------------------------------------------------------------------------


def test_debug_shows_the_traceback_before_the_line(folder, run_here):
    ran = run_here(*GOOD, "--content=missing.png", "--debug")
    assert ran.code == 2
    assert ran.err.startswith("Traceback (most recent call last):")
    assert ran.err.splitlines()[-1].startswith("tf_nst: --content: missing.png")


def test_an_unexpected_failure_is_one_line_that_names_debug(folder, run_here, monkeypatch):
    def fail(*args, **kwargs):
        raise KeyError("who would\nhave thought")

    monkeypatch.setattr("tf_nst.cli.painter.prepare", fail)
    ran = run_here(*GOOD)
    assert ran.code == 1
    assert ran.err.startswith("tf_nst: unexpected KeyError: ") and ran.err.count("\n") == 1
    assert "--debug" in ran.err


@pytest.mark.parametrize("kind", [MemoryError, type("ResourceExhaustedError", (Exception,), {})])
def test_too_little_memory_names_what_needs_less(folder, run_here, monkeypatch, kind):
    def fail(*args, **kwargs):
        raise kind("OOM when allocating tensor")

    monkeypatch.setattr("tf_nst.cli.painter.prepare", fail)
    assert_one_line(run_here(*GOOD), 1, ("out of memory", "expected a smaller --size"))


def test_a_library_without_room_in_memory_is_called_so(folder, run_here, monkeypatch):
    def fail(*args, **kwargs):
        raise ImportError("libtf.so: failed to map segment from shared object", name="tensorflow")

    monkeypatch.setattr("tf_nst.cli.run.import_tensorflow", fail)
    assert_one_line(run_here(*GOOD), 1, ("out of memory: ", "tensorflow cannot be loaded"))
