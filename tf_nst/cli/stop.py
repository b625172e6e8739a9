"""Ctrl-C and SIGTERM as a flag that is read between calls of the compiled step."""

import os
import signal


class Stop:
    """While entered, the first signal is remembered in `signum`, a second one quits at once."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self):
        self.signum = 0
        self._before = {}

    def __enter__(self):
        self._before = {number: signal.signal(number, self._hear) for number in self._SIGNALS}
        return self

    def __exit__(self, *exception):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, signum, frame):
        if self.signum:
            os._exit(self.exit_code)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.signum
