"""Whether a file that exists is written over, as other commands of the shell decide it."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tf_nst.cli.terminal import printable
from tf_nst.errors import UserError


def check_overwrite(path: str, choice: str) -> None:
    """Asks where `choice` is "ask" and stdin is a terminal; elsewhere "ask" is as "true".

    Raises:
      UserError: the file exists and is to stay.
    """
    if choice == "true" or not os.path.lexists(path):
        return
    if choice == "ask" and (not _can_ask() or _answers_yes(f"{path} exists; overwrite it? [y/N] ")):
        return
    raise UserError(
        f"--output: {path} exists and stays as it is; expected another name, or --overwrite=true"
    )


def check_again(paths: Iterable[str | Path], choice: str) -> Callable[[], None]:
    """What refuses, when a run publishes its files, to write over what came after this call.

    With `choice` "true" nothing is refused.
    """
    from tf_nst.io.stamps import check_unchanged, stamps_of

    stamps = {} if choice == "true" else stamps_of(paths)
    return lambda: check_unchanged(stamps)


def _can_ask() -> bool:
    """Whether stdin is a terminal, and the command in its foreground."""
    try:
        return sys.stdin is not None and sys.stdin.isatty() and _in_foreground()
    except (OSError, ValueError):
        return False


def _in_foreground() -> bool:
    """Also where the system, as Windows, has no background for a command."""
    return not hasattr(os, "tcgetpgrp") or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


def _answers_yes(question: str) -> bool:
    sys.stderr.write(printable(question))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
