"""Bad input: one line that says what is wrong, the exit code, and no file touched."""

import errno
import io
import os
import socket
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from command_line import FILES, SHORT, assert_fine, counted, finish, snapshot, start_fresh
from PIL import Image as Pillow

from tf_nst.model.download import KERAS_FILES

GOOD = (*FILES, "--output=out.png", "--size=48", "--steps=2", "--weights=random")


def encoded(array, kind: str) -> bytes:
    """An array as the bytes of an image file."""
    buffer = io.BytesIO()
    Pillow.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says its size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*it) for it in chunks)


JPEG, PNG = encoded(counted(48, 64), "JPEG"), encoded(counted(48, 64), "PNG")

# What lies in the folder besides photo.png and painting.png.
LYING_ABOUT = {
    "empty.png": b"",
    "cut.jpg": JPEG[: len(JPEG) // 2],
    "cut.png": PNG[: len(PNG) // 2],
    "text.jpg": b"Dear diary, this is no picture.\n" * 9,
    "1x1.png": encoded(counted(1, 1), "PNG"),
    "3x5.png": encoded(counted(5, 3), "PNG"),
    "thin.png": encoded(counted(16, 200), "PNG"),
    "huge.png": png_header(30000, 20000),
    "square.png": encoded(counted(48, 48), "PNG"),
    "seen.preview.png": encoded(counted(48, 64), "PNG"),
    "own.cfg": b"--size=5\n",
    "mine.json": b'{"tf_nst": "not as it writes it"}',
    "text.h5": b"no weights\n",
    "empty.h5": b"",
    "typo.cfg": b"# mine\n--size=32\n--stepps=3\n",
    "words.cfg": b"--size=32\nsome words\n",
    "alone.cfg": b"--size=32\n--flagfile",
    "apart.cfg": b"--flagfile\nmissing.cfg\n",
    "null.cfg": b"--flagfile=a\0b\n",
    "binary.cfg": b"\xff\xfe\x81\x00",
}
FOLDERS = ("folder", "folder.png", "dir.json")

SMALL = "expected at least 16×16 pixels"
ABOVE_0 = "expected NAME:WEIGHT with a weight above 0"
TWICE = "given more than once, expected each"
WHOLE = "expected a whole number"
NUMBER = "expected a finite number"
SHARE = f"{NUMBER} of 0 or more and less than 1"

# The flags, and what the line must say besides "expected".
TABLE = [
    # files
    ("--content=", "--content: expected", "received nothing"),
    ("--style=", "--style: expected", "received nothing"),
    ("--content=missing.png", "--content: missing.png does not exist"),
    ("--style=missing.png", "--style: missing.png does not exist"),
    ("--content=empty.png", "--content: empty.png is empty"),
    ("--style=empty.png", "--style: empty.png is empty"),
    ("--content=cut.jpg", "--content: cut.jpg is damaged or cut short", "a whole image"),
    ("--style=cut.jpg", "--style: cut.jpg is damaged or cut short"),
    ("--content=cut.png", "--content: cut.png is damaged or cut short"),
    ("--style=cut.png", "--style: cut.png is damaged or cut short"),
    ("--content=text.jpg", "--content: text.jpg is not an image"),
    ("--style=text.jpg", "--style: text.jpg is not an image"),
    ("--content=folder", "--content: folder is a folder"),
    ("--style=folder.png", "--style: folder.png is a folder"),
    ("--content=1x1.png", "--content: 1x1.png", SMALL, "received 1×1"),
    ("--style=1x1.png", "--style: 1x1.png", SMALL, "received 1×1"),
    ("--content=3x5.png", "--content: 3x5.png", SMALL, "received 3×5"),
    ("--style=3x5.png", "--style: 3x5.png", SMALL, "received 3×5"),
    ("--content=huge.png", "--content: huge.png", "at most 500 megapixels", "30000×20000"),
    ("--style=huge.png", "--style: huge.png", "at most 500 megapixels", "600.0 megapixels"),
    ("--content=thin.png", "--content: thin.png at --size=48", SMALL, "received 48×4"),
    ("--size=8", "--content: photo.png at --size=8", SMALL, "received 8×6"),
    ("--style=thin.png", "--style: thin.png at --style_size=48", SMALL),
    ("--style_size=8", "--style: painting.png at --style_size=8", SMALL, "received 8×8"),
    ("--init=missing.png", "--init: expected matched, content, noise", "received missing.png"),
    ("--init=contnet", "--init: expected matched, content, noise", "received contnet"),
    ("--init=text.jpg", "--init: text.jpg is not an image"),
    ("--init=square.png", "--init: square.png", "aspect ratio", "received 48×48"),
    ("--init=", "--init: expected matched, content, noise", "received ''"),
    # output
    ("--output=", "--output: expected", "received nothing"),
    ("--output=nowhere/out.png", "--output: the folder nowhere does not exist"),
    ("--output=photo.png/out.png", "--output: photo.png is a file", "expected a folder"),
    ("--output=folder.png", "--output: folder.png is a folder"),
    ("--output=out", "--output: expected a name that ends in one of .png", "received out"),
    ("--output=out.gif", "--output: expected a name that ends in one of .png", "out.gif"),
    ("--output=photo.png", "--output and --content: photo.png would be written over"),
    ("--output=folder/../photo.png", "--output and --content: photo.png would be written"),
    ("--output=painting.png", "--output and --style: painting.png would be written over"),
    (
        "--init=seen.preview.png --output=seen.preview.png",
        "--output and --init: seen.preview.png would be written over",
    ),
    (
        "--content=seen.preview.png --output=seen.png --preview_every=1",
        "--preview_every and --content: seen.preview.png would be written over",
    ),
    ("--output=own.png", "--output: own.cfg would be written", "not from tf_nst"),
    ("--output=mine.png", "--output: mine.json would be written", "not from tf_nst"),
    ("--output=dir.png", "--output: dir.json would be written", "not from tf_nst"),
    ("--output_profile=cmyk", "--output_profile: expected one of srgb, input", "'cmyk'"),
    # numbers
    ("--size=0", f"--size: {WHOLE} from 1 to 32768", "received 0"),
    ("--size=-5", f"--size: {WHOLE} from 1", "received -5"),
    ("--size=32769", f"--size: {WHOLE} from 1 to 32768", "received 32769"),
    ("--size=abc", f"--size: {WHOLE}", "received 'abc'"),
    ("--size=1.5", f"--size: {WHOLE}", "received '1.5'"),
    ("--size=nan", f"--size: {WHOLE}", "received 'nan'"),
    ("--size=inf", f"--size: {WHOLE}", "received 'inf'"),
    ("--size=", f"--size: {WHOLE}", "received ''"),
    ("--size", "--size: expected a value", "received nothing"),
    ("--style_size=-1", f"--style_size: {WHOLE} from 0", "received -1"),
    ("--steps=0", f"--steps: {WHOLE} from 1", "received 0"),
    ("--steps=-3", f"--steps: {WHOLE} from 1", "received -3"),
    ("--steps=1e3", f"--steps: {WHOLE}", "received '1e3'"),
    ("--steps=1000001", f"--steps: {WHOLE} from 1 to 1000000", "received 1000001"),
    ("--steps=", f"--steps: {WHOLE}, or one for each scale by commas", "received ''"),
    ("--steps=5,", f"--steps: {WHOLE}, or one for each scale by commas", "received '5,'"),
    ("--steps=5,x", f"--steps: {WHOLE}, or one for each scale by commas", "received '5,x'"),
    ("--steps=5,-1", f"--steps: {WHOLE} from 0 to 1000000", "received -1"),
    ("--steps=0,0", "--steps: expected 1 to 32 numbers, one of them above 0", "received 0,0"),
    ("--steps=2,1", "--steps: expected one number, or those of at most 1", "received 2,1"),
    ("--scales=-1", f"--scales: {WHOLE} from 0 to 32", "received -1"),
    ("--scales=33", f"--scales: {WHOLE} from 0 to 32", "received 33"),
    ("--scales=few", f"--scales: {WHOLE}", "received 'few'"),
    ("--scales=2", "--scales: expected at most 1 for 48×36 pixels and 2 steps", "received 2"),
    ("--scales=3 --size=200", "--scales: expected at most 2 for 200×150 pixels", "received 3"),
    ("--lbfgs_pairs=0", f"--lbfgs_pairs: {WHOLE} from 1 to 100", "received 0"),
    ("--lbfgs_pairs=101", f"--lbfgs_pairs: {WHOLE} from 1 to 100", "received 101"),
    ("--lbfgs_pairs=1.5", f"--lbfgs_pairs: {WHOLE}", "received '1.5'"),
    ("--average=1", f"--average: {SHARE}", "received 1.0"),
    ("--average=-0.1", f"--average: {SHARE}", "received -0.1"),
    ("--average=nan", f"--average: {SHARE}", "received nan"),
    ("--average=slow", f"--average: {SHARE}", "received 'slow'"),
    ("--stop=1", f"--stop: {SHARE}", "received 1.0"),
    ("--stop=-1e-9", f"--stop: {SHARE}", "received -1e-09"),
    ("--stop=nan", f"--stop: {SHARE}", "received nan"),
    ("--stop=never", f"--stop: {SHARE}", "received 'never'"),
    ("--memory=-1", f"--memory: {NUMBER} of 0 or more", "received -1.0"),
    ("--memory=inf", f"--memory: {NUMBER} of 0 or more", "received inf"),
    ("--memory=16GB", f"--memory: {NUMBER} of 0 or more", "received '16GB'"),
    ("--tile=31", "--tile: expected auto, off or a whole number from 32 to 32768", "'31'"),
    ("--tile=on", "--tile: expected auto, off or a whole number", "received 'on'"),
    ("--tile=1.5", "--tile: expected auto, off or a whole number", "received '1.5'"),
    ("--tile=off,31", "or off or such a number for each scale by commas", "received 'off,31'"),
    ("--tile=auto,512", "or off or such a number for each scale by commas", "'auto,512'"),
    ("--tile=512,", "or off or such a number for each scale by commas", "received '512,'"),
    ("--tile=", "--tile: expected auto, off or a whole number", "received ''"),
    ("--seed=-1", f"--seed: {WHOLE} from 0", "received -1"),
    ("--seed=2147483648", f"--seed: {WHOLE} from 0 to 2147483647", "2147483648"),
    ("--preview_every=-1", f"--preview_every: {WHOLE} from 0", "received -1"),
    ("--preview_every=x", f"--preview_every: {WHOLE}", "received 'x'"),
    ("--learning_rate=0", f"--learning_rate: {NUMBER} above 0", "received 0"),
    ("--learning_rate=-0.1", f"--learning_rate: {NUMBER} above 0", "received -0.1"),
    ("--learning_rate=nan", f"--learning_rate: {NUMBER} above 0", "received nan"),
    ("--learning_rate=inf", f"--learning_rate: {NUMBER} above 0", "received inf"),
    ("--learning_rate=fast", f"--learning_rate: {NUMBER} above 0", "'fast'"),
    ("--content_weight=-1", f"--content_weight: {NUMBER} of 0 or more", "received -1"),
    ("--content_weight=nan", f"--content_weight: {NUMBER} of 0 or more", "received nan"),
    ("--style_weight=-1", f"--style_weight: {NUMBER} of 0 or more", "received -1"),
    ("--style_weight=nan", f"--style_weight: {NUMBER} of 0 or more", "received nan"),
    ("--style_weight=inf", f"--style_weight: {NUMBER} of 0 or more", "received inf"),
    ("--style_weight=heavy", f"--style_weight: {NUMBER} of 0 or more", "'heavy'"),
    ("--tv_weight=-1e-9", f"--tv_weight: {NUMBER} of 0 or more", "received -1e-09"),
    ("--tv_weight=nan", f"--tv_weight: {NUMBER} of 0 or more", "received nan"),
    ("--debug=perhaps", "--debug: expected true or false", "received 'perhaps'"),
    ("--nodebug=1", "--nodebug: expected no value", "received '1'"),
    # layers and statistics
    ("--style_layers=conv1_1:0", f"--style_layers: {ABOVE_0}", "'conv1_1:0'"),
    ("--style_layers=conv1_1:-2", f"--style_layers: {ABOVE_0}", "'conv1_1:-2'"),
    ("--style_layers=conv1_1:nan", f"--style_layers: {ABOVE_0}", "'conv1_1:nan'"),
    ("--style_layers=conv1_1:inf", f"--style_layers: {ABOVE_0}", "'conv1_1:inf'"),
    ("--style_layers=conv1_1:x", f"--style_layers: {ABOVE_0}", "'conv1_1:x'"),
    ("--style_layers=conv1_1:", f"--style_layers: {ABOVE_0}", "'conv1_1:'"),
    ("--style_layers=:2", f"--style_layers: {ABOVE_0}", "':2'"),
    ("--style_layers=", "--style_layers: expected NAME", "received ''"),
    ("--content_layers=,", "--content_layers: expected NAME", "received ','"),
    ("--style_layers=conv1_1,conv1_1", f"--style_layers: conv1_1 is {TWICE}"),
    ("--style_layers=conv1_1,relu1_1", f"--style_layers: block1_conv1 is {TWICE}"),
    ("--content_layers=block1_pool,pool1:2", f"--content_layers: block1_pool is {TWICE}"),
    (
        "--style_layers=conv3_5",
        "--style_layers: expected layers of vgg19, received 'conv3_5'",
        "nearest: block3_conv4",
    ),
    ("--content_layers=block4_cnv2", "--content_layers: ", "nearest: block4_conv2"),
    (
        "--network=vgg16 --content_layers=conv4_4",
        "--content_layers: expected layers of vgg16, received 'conv4_4'",
        "nearest: block4_conv3",
    ),
    ("--style_statistic=foo", "--style_statistic: expected one of gram, mean_std", "'foo'"),
    ("--style_statistic=gram,gram:2", f"--style_statistic: gram is {TWICE}"),
    ("--style_statistic=gram:0", f"--style_statistic: {ABOVE_0}", "'gram:0'"),
    ("--style_statistic=", "--style_statistic: expected NAME", "received ''"),
    # choices
    ("--network=resnet", "--network: expected one of vgg19, vgg16", "received 'resnet'"),
    ("--pooling=foo", "--pooling: expected one of max, average, l2", "received 'foo'"),
    ("--optimizer=foo", "--optimizer: expected one of lbfgs, adam, sgd", "received 'foo'"),
    ("--content_loss=foo", "--content_loss: expected one of mean_squared", "'foo'"),
    ("--tv_loss=foo", "--tv_loss: expected one of squared, absolute", "received 'foo'"),
    ("--precision=float16", "--precision: expected one of auto, float32", "'float16'"),
    ("--xla=maybe", "--xla: expected one of auto, on, off", "received 'maybe'"),
    # flags against flags
    ("--steps=2,1 --scales=3", "--steps and --scales: expected as many", "received 2 and 3"),
    ("--steps=2,1 --scales=1", "--steps and --scales: expected as many", "received 2 and 1"),
    ("--tile=off,64 --scales=3", "--tile and --scales: expected one tile, or", "received 2 and 3"),
    ("--tile=off,64 --steps=3,2,1", "--tile and --steps: expected as many", "received 2 and 3"),
    (
        "--content_weight=0 --style_weight=0",
        "--content_weight and --style_weight: expected one of them above 0",
    ),
    ("--content_weight=0 --content_layers=conv1_1", "--content_layers and --content_weight: "),
    ("--content_weight=0 --content_loss=frobenius", "--content_loss and --content_weight: "),
    ("--style_weight=0 --style_layers=conv1_1", "--style_layers and --style_weight: "),
    ("--style_weight=0 --style_statistic=mean_std", "--style_statistic and --style_weight: "),
    ("--tv_weight=0 --tv_loss=absolute", "--tv_loss and --tv_weight: "),
    # unknown flags, and what is no flag
    ("--stepz=3", "--stepz: expected a flag that --help lists", "nearest: --steps"),
    ("--contents=photo.png", "--contents: expected a flag", "nearest: --content"),
    ("--flagfil=a.cfg", "--flagfil: expected a flag", "nearest: --flagfile"),
    ("--nosize", "--nosize: expected a flag"),
    ("--zzz", "--zzz: expected a flag that --help lists, received an unknown one"),
    ("photo.png", "expected flags such as --content=FILE only", "received 'photo.png'"),
    ("-- photo.png", "expected flags such as --content=FILE only", "received 'photo.png'"),
    # flag files
    ("--flagfile=missing.cfg", "--flagfile: expected a file of flags", "missing.cfg"),
    ("--flagfile=folder", "--flagfile: expected a file of flags", "folder"),
    ("--flagfile=binary.cfg", "--flagfile: expected a text file"),
    ("--flagfile", "--flagfile: expected a value", "received nothing"),
    ("--flagfile=alone.cfg", "--flagfile: expected --flagfile=FILE in a flag file"),
    ("--flagfile=apart.cfg", "--flagfile: expected a file of flags", "missing.cfg"),
    ("--flagfile=null.cfg", "--flagfile: expected a text file"),
    ("--flagfile=typo.cfg", "--stepps: expected a flag", "nearest: --steps"),
    ("--flagfile=words.cfg", "expected flags such as", "received 'some words'"),
    # weights
    ("--weights=missing.h5", "--weights=", "missing.h5", "a path where there is no file"),
    ("--weights=text.h5", "--weights=", "text.h5", "a file that is not HDF5", "b'no weights"),
    ("--weights=empty.h5", "--weights=", "empty.h5", "received an empty file"),
    ("--weights=folder", "--weights=", "folder", "received a directory"),
    ("--weights=randm", "--weights=randm", "nearest: --weights=random"),
    ("--weights=auto", "--weights=auto: ", "an earlier version; --weights=imagenet, the default"),
    ("--weights=compact", "--weights=compact: ", "an earlier version; --weights=imagenet, the"),
    (
        "--weights=imagenet --network=vgg16",
        "--weights=imagenet: expected --network=vgg19",
        "received --network=vgg16; --weights=keras",
    ),
]


@pytest.fixture
def cluttered(folder) -> Path:
    """The folder with all that lies about in it."""
    for name, data in LYING_ABOUT.items():
        (folder / name).write_bytes(data)
    for name in FOLDERS:
        (folder / name).mkdir()
    return folder


def assert_one_line(ran, code: int, said: tuple[str, ...]) -> None:
    """The exit code, one line on stderr with all of `said`, nothing of a traceback."""
    assert ran.err.startswith("tf_nst: ")
    assert ran.err.count("\n") == 1 and ran.err.endswith("\n")
    assert "Traceback" not in ran.err and "unexpected" not in ran.err
    for part in said:
        assert part in ran.err
    assert ran.code == code


@pytest.mark.parametrize("row", TABLE, ids=[row[0].replace("--", "") for row in TABLE])
def test_bad_input_is_one_line_and_exit_code_2_and_touches_nothing(cluttered, run_here, row):
    flags, *said = row
    before = snapshot(cluttered)
    ran = run_here(*GOOD, *flags.split(" "))
    assert_one_line(ran, 2, ("expected", *said))
    assert ran.out == ""
    assert snapshot(cluttered) == before


def test_what_the_table_spoils_is_good_by_itself(cluttered, run_here):
    ran = run_here(*GOOD, *SHORT)
    assert_fine(ran)


@pytest.mark.parametrize("flag", ["--content", "--style"])
def test_an_image_that_is_not_given_is_asked_for(folder, run_here, flag):
    others = [given for given in GOOD if not given.startswith(flag + "=")]
    assert_one_line(run_here(*others), 2, (f"{flag}: expected an image file, received nothing",))


@pytest.mark.parametrize("flags", ["--content=cut.jpg", "--size=abc", "--output=nowhere/out.png"])
def test_bad_input_in_a_fresh_process(cluttered, flags):
    before = snapshot(cluttered)
    ran = finish(start_fresh(cluttered, *GOOD, flags))
    assert_one_line(ran, 2, ("expected", flags[: flags.index("=")]))
    assert ran.out == ""
    assert snapshot(cluttered) == before


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
    assert_one_line(ran, 1, (*said, "without a download: --weights=imagenet (VGG19, in the box)"))
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
