"""stdin and stdout in the place of files, --json, --quiet, --verbose, --sidecars."""

import io
import json
import os
import re

import numpy as np
import pytest
from command_line import (
    FILES,
    QUICK,
    SHORT,
    assert_fine,
    assert_one_line,
    descriptors,
    parsed,
    pixels,
    settings,
)
from PIL import Image as Pillow

from tf_nst.cli.flags import PAINT_FLAGS
from tf_nst.cli.main import main
from tf_nst.cli.output_flags import check_encoding
from tf_nst.cli.parsing import parse_flags
from tf_nst.cli.streams import check_streams, write_picture
from tf_nst.errors import RunError, UserError
from tf_nst.io.images import read_image

PAINTED = (*QUICK, *SHORT)

# --- painted -----------------------------------------------------------------------------------


def test_a_picture_from_stdin_goes_to_stdout_alone(folder, paint_here, capfd):
    assert_fine(paint_here("--output=out.png"))
    names = sorted(os.listdir(folder))
    argv = ["tf-nst", "-", "painting.png", "-o", "-", *PAINTED]
    with open("photo.png", "rb") as photo, open("../stdout", "w+b") as stdout:
        with descriptors(0, 1, files=(photo, stdout)):
            assert main(argv) == 0
        stdout.seek(0)
        picture = stdout.read()
    with Pillow.open(io.BytesIO(picture)) as painted:
        np.testing.assert_array_equal(np.asarray(painted), pixels(folder / "out.png"))
    err = capfd.readouterr().err
    assert "content  -, 64×48 -> 32×24" in err and "\npainted on stdout (" in err
    assert sorted(os.listdir(folder)) == names


@pytest.mark.posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_record_without_room_on_stdout_says_where_the_picture_is(folder, capfd):
    """The run is finished: it leaves no state and names no way to go on."""
    argv = ["tf-nst", "photo.png", "painting.png", "-o", "out.png", "--json", *PAINTED]
    capfd.readouterr()
    with open("/dev/full", "wb") as full, descriptors(1, files=(full,)):
        assert main(argv) == 1
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.endswith("; the picture is out.png") and "to continue" not in last
    names = {path.name for path in folder.glob("out.*")}
    assert names == {"out.png", "out.json", "out.cfg"}


def test_json_is_the_record_on_stdout_and_lines_are_on_stderr(folder, paint_here):
    flags = ("--output=out.webp", "--quality=lossless", "--sidecars=record", "--json")
    ran = paint_here(*flags)
    assert ran.code == 0
    assert json.loads(ran.out) == json.loads((folder / "out.json").read_text())
    assert ran.err.startswith("device ") and re.search(r"\d s; out\.json\)\n$", ran.err)
    assert b"VP8L" in (folder / "out.webp").read_bytes() and not (folder / "out.cfg").exists()


def test_quiet_says_nothing_and_no_sidecars_leave_the_picture_alone(folder, paint_here):
    assert_fine(paint_here("--output=out.png", "--bits=16"))
    assert settings(folder / "out.cfg")["bits"] == "16"
    deep = read_image(folder / "out.png")
    assert deep.depth == 16 and (deep.pixels % 257 != 0).any()
    ran = paint_here("--output=out.png", "--quiet", "--sidecars=none")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert not (folder / "out.json").exists() and not (folder / "out.cfg").exists()
    np.testing.assert_array_equal(pixels(folder / "out.png"), np.rint(deep.pixels / 257))


def test_verbose_says_every_option_and_every_report(folder, paint_here):
    ran = paint_here("--verbose")
    assert_fine(ran)
    lines = ran.out.splitlines()
    assert "option   --size=32" in lines and "option   --precision=auto" not in lines
    assert len([line for line in lines if line.startswith("option ")]) > 20


# --- refused -----------------------------------------------------------------------------------


@pytest.mark.posix
@pytest.mark.parametrize(
    ("flags", "number", "said"),
    [
        (("-o", "-"), 1, "--output: expected stdout to be a pipe or a file"),
        (("--content=-",), 0, "--content: expected a picture on stdin"),
        (("--style=-",), 0, "--style: expected a picture on stdin"),
    ],
)
def test_a_picture_on_a_terminal_is_one_line(folder, capfd, flags, number, said):
    terminal, other = os.openpty()
    with open(terminal, "rb") as kept, open(other, "r+b", buffering=0) as end:
        with descriptors(number, files=(end,)):
            code = main(["tf-nst", *FILES, *flags])
        del kept
    assert code == 2
    err = capfd.readouterr().err
    assert err.startswith(f"tf_nst: {said}") and err.count("\n") == 1


@pytest.mark.parametrize("flag", ["json", "resume", "preview_every=3", "sidecars=record"])
def test_what_goes_with_a_file_is_refused_on_stdout_but_not_from_a_flag_file(folder, flag):
    (folder / "my.cfg").write_text(f"--{flag}\n")
    name = flag.partition("=")[0]
    with open("stdout", "wb") as stdout, descriptors(1, files=(stdout,)):
        values = parse_flags(["tf-nst", *FILES, "--flagfile=my.cfg", "-o", "-"], PAINT_FLAGS)
        check_streams(values)
        assert values[name].value in (False, 0, "none")
        values = parse_flags(["tf-nst", *FILES, f"--{flag}", "-o", "-"], PAINT_FLAGS)
        with pytest.raises(UserError, match=f"^--{name} and --output: .*no effect on stdout"):
            check_streams(values)


def test_a_picture_on_stdout_has_the_bits_of_a_png():
    check_encoding(parsed(*FILES, "-o", "-", "--bits=16"))
    with pytest.raises(UserError, match=r"^--quality and --output: PNG has no quality"):
        check_encoding(parsed(*FILES, "-o", "-", "--quality=80"))


def test_a_stdout_that_nobody_reads_keeps_the_picture_elsewhere(folder):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as pipe, descriptors(1, files=(pipe,)):
        with pytest.raises(RunError, match=r"stdout cannot be written: .*stdout\.rescued\.png$"):
            write_picture("-", lambda path: {path: b"a picture"})
    assert (folder / "stdout.rescued.png").read_bytes() == b"a picture"


def test_an_encoding_of_a_flag_file_is_dropped_by_another_output(folder, run_here):
    (folder / "my.cfg").write_text("--quality=80\n--output=out.jpg\n")
    ran = run_here(*FILES, "--flagfile=my.cfg", "--output=nowhere/out.png")
    assert_one_line(ran, 2, ("--output: the folder nowhere does not exist",))
    ran = run_here(*FILES, "--flagfile=my.cfg", "--output=out.png", "--quality=80")
    assert_one_line(ran, 2, ("--quality and --output: PNG has no quality",))
