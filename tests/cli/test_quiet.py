"""Between our lines on stderr stands nothing that C++ writes."""

import os
import subprocess
import sys

import pytest
from command_line import finish, start_fresh

from tf_nst.cli.quiet import quiet


def chatter() -> None:
    """Writes as C++ does: past Python, to the descriptor."""
    os.write(2, b"chatter\n")


def test_what_goes_to_the_descriptor_is_dropped_and_python_still_shows(capfd):
    with quiet(debug=False):
        chatter()
        sys.stderr.write("ours\n")
        chatter()
    assert capfd.readouterr().err == "ours\n"


def test_what_a_child_process_says_is_dropped(capfd):
    with quiet(debug=False):
        subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('chatter')"])
    assert capfd.readouterr().err == ""


def test_with_debug_everything_shows(capfd):
    with quiet(debug=True):
        chatter()
        sys.stderr.write("ours\n")
    assert capfd.readouterr().err == "chatter\nours\n"


DYING = """
import os, signal, sys
from tf_nst.cli.quiet import quiet
with quiet(debug=False):
    for number in range(100):
        os.write(2, f"chatter {number}\\n".encode())
    os.write(2, b"Check failed: a < b\\n")
    END
"""


@pytest.mark.parametrize(
    ("end", "shown"),
    [
        ("os.abort()", True),
        ("os.kill(os.getpid(), signal.SIGSEGV)", True),
        ("sys.exit(1)", False),
        ("raise SystemExit", False),
    ],
)
def test_the_last_lines_before_a_crash_are_shown(tmp_path, end, shown):
    err = finish(start_fresh(tmp_path, code=DYING.replace("END", end))).err
    assert err.endswith("chatter 99\nCheck failed: a < b\n") == shown
    assert "chatter 79\n" not in err and bool(err) == shown


@pytest.mark.parametrize("failure", [None, ValueError, KeyboardInterrupt])
def test_afterwards_stderr_is_as_it_was(capfd, failure):
    stream, open_before = sys.stderr, len(os.listdir("/dev/fd"))
    try:
        with quiet(debug=False):
            if failure:
                raise failure
    except (ValueError, KeyboardInterrupt):
        pass
    assert sys.stderr is stream
    assert len(os.listdir("/dev/fd")) == open_before
    chatter()
    assert capfd.readouterr().err == "chatter\n"


@pytest.mark.parametrize(("before", "after"), [(None, "3"), ("0", "0")])
def test_tensorflows_log_level_is_set_where_it_is_not(capfd, monkeypatch, before, after):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "any, so that it is put back")
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    if before:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", before)
    with quiet(debug=False):
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == after


def test_with_debug_a_failing_run_shows_its_traceback_and_ours_is_the_last_line(tmp_path):
    flags = ("--content=no.png", "--style=no.png")
    ran = finish(start_fresh(tmp_path, *flags, "--debug"))
    assert ran.code == 2
    assert "Traceback" in ran.err and "UserError" in ran.err
    assert ran.err.splitlines()[-1].startswith("tf_nst: --content: no.png does not exist")
    assert "Traceback" not in finish(start_fresh(tmp_path, *flags)).err
