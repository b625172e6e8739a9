"""Pictures, and the command in fresh processes."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

import tf_nst
from tf_nst.cli.command import run_command
from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.io.images import read_image

COMMAND = "from tf_nst.cli.run import console; console()"
# Where the tests run in the background, Ctrl-C may be ignored, and children inherit that.
HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
# What keeps a run of a few steps short: few layers, near the picture.
SHORT = ("--weights=random", "--content_layers=conv2_1", "--style_layers=conv1_1,conv2_1")
QUICK = ("--size=32", "--steps=2", "--optimizer=adam")
FILES = ("--content=photo.png", "--style=painting.png")
# What tests of bad input spoil by a flag that follows.
GOOD = (*FILES, "--output=out.png", "--size=48", "--steps=2", "--weights=random")


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


def counted(height: int, width: int, channels: int = 3, dtype: type = np.uint8) -> np.ndarray:
    """[H, W, channels] of counting numbers over the whole range of the dtype."""
    numbers = np.arange(height * width * channels, dtype=np.int64) * 7919
    return (numbers % (np.iinfo(dtype).max + 1)).astype(dtype).reshape(height, width, channels)


def fill(folder: Path) -> None:
    """photo.png, 64x48, and painting.png, 40x40."""
    Pillow.fromarray(counted(48, 64)).save(folder / "photo.png")
    Pillow.fromarray(counted(40, 40)[::-1]).save(folder / "painting.png")


def fresh_environment() -> dict[str, str]:
    """This process' own, less what the tests set for TensorFlow, so that its chatter would show."""
    left_out = {"TF_CPP_MIN_LOG_LEVEL", "AUTOGRAPH_STRICT_CONVERSION"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"PYTHONPATH": str(Path(tf_nst.__file__).parents[1])}


def start_fresh(
    folder: Path, *flags: str, code: str = COMMAND, **environment: str
) -> subprocess.Popen:
    """A fresh Python that runs `code` with these flags in this folder, deaf to no signal."""
    return subprocess.Popen(
        [sys.executable, "-c", HEARING + code, *flags],
        cwd=folder,
        env=fresh_environment() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finish(process: subprocess.Popen) -> Ran:
    """Waits for a fresh Python."""
    try:
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    return Ran(process.returncode, out, err)


def assert_fine(ran: Ran) -> None:
    """Exit code 0 and nothing on stderr."""
    assert ran.err == ""
    assert ran.code == 0


def assert_one_line(ran, code: int, said: tuple[str, ...]) -> None:
    """The exit code, one line on stderr with all of `said`, nothing of a traceback."""
    assert ran.err.startswith("tf_nst: ")
    assert ran.err.count("\n") == 1 and ran.err.endswith("\n")
    assert "Traceback" not in ran.err and "unexpected" not in ran.err
    for part in said:
        assert part in ran.err
    assert ran.code == code


def parsed(*argv: str):
    """The values of these flags, as the command hands them on."""
    parsed_values = []
    code = run_command(
        ["tf-nst", *argv], PAINT_FLAGS, "", lambda values: parsed_values.append(values) or 0
    )
    assert code == 0
    return parsed_values[0]


def settings(path: Path) -> dict[str, str]:
    """{flag: value} of a flag file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line[2:].split("=", 1) for line in lines if not line.startswith("#"))


def pixels(path: Path) -> np.ndarray:
    """The codes of a picture, as its file has them."""
    return np.asarray(read_image(path))


def snapshot(folder: Path) -> dict[str, tuple]:
    """{path: (bytes, time of the last change)} of all below a folder."""
    return {
        str(path.relative_to(folder)): (
            path.read_bytes() if path.is_file() else None,
            path.stat().st_mtime_ns if path.is_file() else 0,
        )
        for path in sorted(folder.rglob("*"))
    }


@contextmanager
def descriptors(*numbers: int, files):
    """While inside, these descriptors of the process are those of open files."""
    before = [os.dup(number) for number in numbers]
    for number, file in zip(numbers, files, strict=True):
        os.dup2(file.fileno(), number)
    try:
        yield
    finally:
        for number, copy in zip(numbers, before, strict=True):
            os.dup2(copy, number)
            os.close(copy)
