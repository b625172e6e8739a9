"""A clip that is open: what is known of it, its frames one after the other, and notes."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

from tf_nst.video.clip import ClipInfo, Frame

Note = Callable[[str], None]
# From what takes notes to the frames, from the first on.
Frames = Callable[[Note], Iterator[Frame]]


class ClipReader:
    """The frames of a clip, of which one at a time is in memory; each loop begins with the first.

    Attributes:
      info: what is known of the clip.
      notes: lines for the user, of which more may come while frames are read.
    """

    def __init__(self, info: ClipInfo, notes: list[str], frames: Frames):
        self.info, self.notes = info, notes
        self._frames = frames
        self._loops: list[Iterator[Frame]] = []

    def __iter__(self) -> Iterator[Frame]:
        loop = self._frames(self._note)
        self._loops.append(loop)
        return loop

    def _note(self, line: str) -> None:
        if line not in self.notes:
            self.notes.append(line)

    def close(self) -> None:
        """Closes the file, wherever a loop is."""
        for loop in self._loops:
            with suppress(AttributeError):
                loop.close()  # type: ignore[attr-defined]
        self._loops.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
