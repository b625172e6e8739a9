"""A process that another one of ours starts, and talks to by its stdin and stdout."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import BinaryIO


def run_child(serve: Callable[[BinaryIO, BinaryIO], None]) -> None:
    """Serves the process that started this one, and ends this one.

    What else is printed goes to stderr. The exit code is 0, or 1 where `serve` raised.

    Args:
      serve: given what comes in, and where answers go; returns at the end.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # that process hears them, and ends this one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", 0)
    os.dup2(2, 1)
    code = 1
    try:
        serve(sys.stdin.buffer, answers)
        code = 0
    except Exception:
        traceback.print_exc()
    finally:  # the thread that reads would be in the way of an orderly end
        sys.stderr.flush()
        os._exit(code)
