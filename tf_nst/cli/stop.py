"""Ctrl-C, SIGTERM and a closed terminal as a flag that is read between calls of the step."""

import os
import signal
from types import FrameType
from typing import Any, Self

from tf_nst.cli.quiet import drop_held_back
from tf_nst.io.replacing import remove_unfinished

# SIGHUP, of a closed terminal, is unknown to Windows.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


def heeded(numbers: tuple[int, ...] = SIGNALS) -> tuple[int, ...]:
    """Those of the signals that are not ignored: `nohup` has SIGHUP ignored."""
    return tuple(number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN)


class Stop:
    """While entered, the first signal is remembered in `signum`, a second one quits at once."""

    def __init__(self) -> None:
        self.signum = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._hear) for number in heeded()}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, signum: int, frame: FrameType | None) -> None:
        if self.signum:
            remove_unfinished()
            drop_held_back()
            os._exit(self.exit_code)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
        return 128 + self.signum
