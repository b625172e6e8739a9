"""That something changed, for whoever shows it."""

import asyncio
import contextlib


class Board:
    """Counts changes and wakes those who wait for the next one; of one event loop.

    Attributes:
      number: of changes so far.
    """

    def __init__(self) -> None:
        self.number = 0
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Something changed."""
        self.number += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait(self, number: int, seconds: float) -> bool:
        """Waits for a change after the one of a number, for so many seconds at most; whether there
        is one."""
        if self.number == number:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)
        return self.number != number
