"""The progress of a sheet: one line over all of its pictures."""

import shutil
import time
from typing import TextIO

from tf_nst.cli.terminal import printable
from tf_nst.engine.events import Event, Note, StepsDone
from tf_nst.io.durations import roughly
from tf_nst.io.listeners import Clock
from tf_nst.painting import Painting


class SheetProgress:
    """One line that is overwritten; where the stream is no terminal, a line for each picture.

    Shows which picture is painted, its step, and the time left by the pictures that are painted.
    """

    def __init__(self, count: int, stream: TextIO, clock: Clock = time.perf_counter):
        """Takes how many pictures there are, and the stream."""
        self.count, self.stream, self.clock = count, stream, clock
        self.live = stream.isatty()
        self.width, self.painted, self.seconds = 0, 0, 0.0
        self.notes: set[str] = set()

    def begin(self, number: int, caption: str) -> None:
        """A picture begins."""
        self.number, self.caption, self.began = number, caption, self.clock()
        self._show([])

    def listen(self, painting: Painting, event: Event) -> None:
        """An event of the picture."""
        if isinstance(event, Note):
            self.note(event.line)
        elif isinstance(event, StepsDone):
            total = sum(scale.steps for scale in painting.job.scales)
            self._show([f"step {event.step}/{total}"])

    def note(self, line: str) -> None:
        """A line for the user; what was said of a picture before is not said again."""
        if line not in self.notes:
            self.notes.add(line)
            self._print(f"note: {line}")

    def end(self) -> None:
        """The picture is painted."""
        self.painted, self.seconds = self.painted + 1, self.seconds + self.clock() - self.began
        if not self.live:
            self._print(self._line([]))

    def fail(self, reason: str) -> None:
        """The picture failed."""
        self._print(self._line([f"failed: {reason}"]))

    def close(self) -> None:
        """Ends a line that is still being overwritten."""
        if self.width:
            self.stream.write("\n")
            self.stream.flush()
            self.width = 0

    def _line(self, more: list[str]) -> str:
        parts = [f"picture {self.number}/{self.count}", self.caption, *more]
        left = self.count - self.number
        if self.painted and left:
            parts.append(f"about {roughly(left * self.seconds / self.painted)} left")
        return printable("  ".join(parts))

    def _show(self, more: list[str]) -> None:
        if not self.live:
            return
        # One that wraps stays on the screen.
        line = self._line(more)[: shutil.get_terminal_size().columns - 1]
        self.stream.write("\r" + line.ljust(self.width))
        self.stream.flush()
        self.width = len(line)

    def _print(self, line: str) -> None:
        self.close()
        self.stream.write(printable(line) + "\n")
        self.stream.flush()
