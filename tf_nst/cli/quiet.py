"""Keeps TensorFlow's own chatter from between our lines, but for the last words of a crash."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tf_nst.cli.terminal import Lossy

LAST_LINES = 20
_watching: list[subprocess.Popen[bytes]] = []


@contextmanager
def quiet(debug: bool) -> Iterator[None]:
    """While inside, what C++ writes to descriptor 2 is held back; Python's sys.stderr still shows.

    TensorFlow writes some lines before its log level is read, so that only the descriptor itself
    can be held back. Should the process die inside, such as by a failed check in C++, the last
    lines are shown after all; otherwise they are dropped. With `debug` nothing is held back.
    """
    if debug:
        yield
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    shown, stream = os.dup(2), sys.stderr
    _hold_back(shown)
    encoding = getattr(stream, "encoding", None)
    sys.stderr = Lossy(
        os.fdopen(shown, "w", 1, encoding=encoding, errors="backslashreplace", closefd=False)
    )
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = stream
        drop_held_back()
        os.dup2(shown, 2)
        os.close(shown)


def _hold_back(shown: int) -> None:
    """Leads descriptor 2 to a process that shows the last lines once no process writes any more."""
    try:
        process = subprocess.Popen(
            ["tail", "-n", str(LAST_LINES)],
            stdin=subprocess.PIPE,
            stdout=shown,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:  # a system without it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        return
    _watching.append(process)
    if process.stdin is not None:
        os.dup2(process.stdin.fileno(), 2)
        process.stdin.close()


def drop_held_back() -> None:
    """Ends the process that would show what was held back."""
    while _watching:
        process = _watching.pop()
        process.kill()
        process.wait()
