"""Runs of the command as processes that begin at once: TensorFlow is imported before they fork.

A fork carries over the thread that forks and no other. TensorFlow's own threads are begun by its
first operation, and by the import of tf_nst's engine, which is left to the children; OpenBLAS, the
only library that has a thread before, begins it anew after a fork.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TextIO

from tf_nst.cli.imports import import_tensorflow


class Process(NamedTuple):
    """A run: its process and what it prints."""

    pid: int
    output: TextIO


class Ended(NamedTuple):
    """A run that has ended: by which signal or with which code, and what it printed."""

    signum: int
    code: int
    output: str


def prepare_processes() -> None:
    """Imports what every run imports. Raises RuntimeError where TensorFlow has begun already."""
    if "tf_nst.engine" in sys.modules:
        raise RuntimeError("expected a process in which no part of the engine is imported")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import_tensorflow()


def start(folder: Path, flags: tuple[str, ...]) -> Process:
    """Begins a run in a folder."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Process(pid, os.fdopen(reading, encoding="utf-8"))
    code = 1
    try:
        os.close(reading)
        os.chdir(folder)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        from tf_nst.cli.run import main

        code = main(["tf-nst", *flags])
    finally:
        sys.stdout.flush()
        os._exit(code)


def wait_for_steps(process: Process) -> str:
    """What it prints up to its first steps."""
    lines = []
    for line in process.output:
        lines.append(line)
        if line.startswith("step "):
            break
    return "".join(lines)


def pause_while_there(process: Process, is_there: Callable[[], bool], seconds: float) -> None:
    """Stops the process so many seconds after a file came, at a time when it is still there.

    Returns also where the process has ended.
    """
    while not _has_ended(process):
        if not is_there():
            time.sleep(0.0002)
            continue
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        if is_there():
            return
        os.kill(process.pid, signal.SIGCONT)


def kill(process: Process) -> Ended:
    """Kills it, where it has not ended."""
    os.kill(process.pid, signal.SIGKILL)
    return finish(process)


def finish(process: Process) -> Ended:
    """Waits for its end."""
    with process.output:
        output = process.output.read()
    _, status = os.waitpid(process.pid, 0)
    signum = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return Ended(signum, 0 if signum else os.WEXITSTATUS(status), output)


def _has_ended(process: Process) -> bool:
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
