"""stdout and stderr of any kind: closed, full, gone, of any encoding; lines with any name."""

import io
import os
import subprocess
import sys

import pytest
from command_line import fresh_environment

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG
from tf_nst.cli.terminal import Lossy, encodable, lossy_output, printable, say
from tf_nst.errors import UserError

# A command that says three lines and leaves a file.
SAYING = """
import pathlib, sys
from tf_nst.cli.command import run_command
from tf_nst.cli.terminal import say
from tf_nst.errors import UserError
def work(values):
    for line in ("64×48", "…", "end"):
        say(line)
    pathlib.Path("done").touch()
    if FAILS:
        raise UserError("--size: 64×48")
    return 0
sys.exit(run_command(["tf-nst", "--nodebug"], TABLE, "usage ×" * 9999, work))
"""


def run_saying(folder, redirection: str, *, fails: bool = False, **environment: str):
    """Runs the command in a shell with this behind it."""
    if "/dev/full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    table = "\nfrom tf_nst.cli.flags import DEBUG\nTABLE = (DEBUG,)\n"
    code = ascii(f"FAILS = {fails}{table}{SAYING}")
    script = f'"$0" -c "exec($1)" {redirection}; echo "exit ${{PIPESTATUS[0]}}"'
    return subprocess.run(
        ["bash", "-c", script, sys.executable, code],
        cwd=folder,
        env=fresh_environment() | environment,
        capture_output=True,
        timeout=60,
    )


REDIRECTIONS = {
    "a reader that leaves": ("| true", {}, b"exit 0\n", b""),
    "closed": (">&-", {}, b"exit 0\n", b""),
    "stderr closed": ("2>&-", {"PYTHONUTF8": "1"}, "64×48\n…\nend\n".encode(), b""),
    "stdin closed": ("<&-", {"PYTHONUTF8": "1"}, "64×48\n…\nend\n".encode(), b""),
    "stdin and stdout closed": ("<&- >&-", {}, b"exit 0\n", b""),
    "stdin and stderr closed": ("<&- 2>&-", {"PYTHONUTF8": "1"}, "64×48\n".encode(), b""),
    "stdout and stderr closed": (">&- 2>&-", {}, b"exit 0\n", b""),
    "all closed": ("<&- >&- 2>&-", {}, b"exit 0\n", b""),
    "full": ("> /dev/full", {}, b"exit 0\n", b""),
    "ascii": ("", {"PYTHONIOENCODING": "ascii"}, b"64x48\n...\nend\nexit 0\n", b""),
    "C": ("", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, b"64x48", b""),
    "cyrillic": ("", {"PYTHONIOENCODING": "cp1251"}, b"64x48\n\x85\nend\nexit 0\n", b""),
}


@pytest.mark.parametrize(
    ("redirection", "environment", "out", "err"), REDIRECTIONS.values(), ids=REDIRECTIONS
)
def test_a_run_goes_on_whatever_becomes_of_its_lines(tmp_path, redirection, environment, out, err):
    ran = run_saying(tmp_path, redirection, **environment)
    assert ran.stdout.startswith(out) and ran.stdout.endswith(b"exit 0\n")
    assert ran.stderr == err
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize(
    "redirection", ["2>&-", "2> /dev/full", ">&- 2>&-", "<&-", "<&- 2>&-", "<&- >&- 2>&-"]
)
def test_the_exit_code_is_that_of_the_failure_where_stderr_is_lost(tmp_path, redirection):
    ran = run_saying(tmp_path, redirection, fails=True)
    assert ran.stdout.endswith(b"exit 2\n")


def test_a_failure_is_said_in_ascii_too(tmp_path):
    ran = run_saying(tmp_path, "", fails=True, PYTHONIOENCODING="ascii")
    assert ran.stderr == b"tf_nst: --size: 64x48\n"


@pytest.mark.parametrize("name", ["a\nb  c.png", "a\r\x1b[2J.png", "caf\udce9 .png", "a\u2028b"])
def test_a_failure_shows_a_name_escaped_in_one_line_and_all_its_blanks(capsys, name):
    def work(values):
        raise UserError(f"--content: {name} does not exist")

    assert run_command(["tf-nst"], (DEBUG,), "", work) == 2
    err = capsys.readouterr().err
    assert err == f"tf_nst: --content: {printable(name)} does not exist\n"
    assert err.count("\n") == 1 and printable(name) in err


class Failing(io.StringIO):
    """A stream whose writes fail."""

    def __init__(self, error: Exception):
        super().__init__()
        self.error, self.calls = error, 0

    def write(self, text: str) -> int:
        self.calls += 1
        raise self.error


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (BrokenPipeError(32, "Broken pipe"), 1),
        (OSError(5, "Input/output error"), 1),
        (OSError(28, "No space left on device"), 1),
        (ValueError("I/O operation on closed file"), 1),
        (BlockingIOError(11, "try again"), 2),
    ],
)
def test_a_stream_that_fails_is_given_up_unless_it_is_only_slow(error, calls):
    stream = Failing(error)
    lossy = Lossy(stream)
    assert [lossy.write("one"), lossy.write("three")] == [3, 5]
    lossy.flush()
    assert stream.calls == calls and lossy.lost == (calls == 1)
    assert not lossy.isatty()


def test_what_the_encoding_has_is_left_as_it_is():
    assert encodable("64×48 é", "utf-8") == "64×48 é"
    assert encodable("64×48 é", "latin-1") == "64×48 é"
    assert encodable("64×48 … é", "ascii") == "64x48 ... \\xe9"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ä ö.png", "ä ö.png"),
        ("a\n--steps=1.png", "a\\n--steps=1.png"),
        ("a\r\x1b[2J.png", "a\\r\\x1b[2J.png"),
        ("caf\udce9.png", "caf\\xe9.png"),
        ("a\u2028b\x85", "a\\u2028b\\x85"),
        ("\ud800", "\\ud800"),
    ],
)
def test_a_name_is_one_line_without_commands_to_the_terminal(capsys, name, shown):
    assert printable(name) == shown
    say(name)
    assert capsys.readouterr().out == shown + "\n"


def test_streams_are_put_back():
    before = sys.stdout, sys.stderr
    with pytest.raises(KeyError), lossy_output():
        raise KeyError
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize(
    ("arguments", "redirection", "code"),
    [
        ("--help", "> /dev/full", 1),
        ("--version", "> /dev/full", 1),
        ("info --completion=bash", "> /dev/full", 1),
        ("info --completion=bash", "| true", 0),
        ("info --completion=bash", ">&-", 0),
        ("a.png b.png -o -", ">&-", 2),
        ("a.png b.png --json", ">&-", 2),
    ],
)
def test_what_a_command_is_asked_for_is_not_lost_without_a_word(
    tmp_path, arguments, redirection, code
):
    """A reader who has read enough, and a stdout that a user closed for text, are no failures."""
    if "/dev/full" in redirection and not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    main = "import sys; from tf_nst.cli.main import console; console()"
    script = f'"$0" -c "$1" {arguments} {redirection}; exit ${{PIPESTATUS[0]}}'
    ran = subprocess.run(
        ["bash", "-c", script, sys.executable, main],
        cwd=tmp_path,
        env=fresh_environment(),
        capture_output=True,
        text=True,
    )
    lines = {0: "", 1: "tf_nst: stdout cannot be written: No space left on device\n"}
    flag = "json" if "json" in arguments else "output"
    lines[2] = (
        f"tf_nst: --{flag}: expected stdout to be a pipe or a file, received one that is closed\n"
    )
    assert (ran.returncode, ran.stderr) == (code, lines[code])
