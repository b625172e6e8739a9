"""All that the studio has: pictures, the queue, runs, sheets, history, lessons, the painter."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tf_nst.cli.terminal import say
from tf_nst.errors import RunError, UserError
from tf_nst.studio.board import Board
from tf_nst.studio.history import History
from tf_nst.studio.lessons import Lessons, Pair
from tf_nst.studio.link import Painter
from tf_nst.studio.pictures import MOST_BYTES, MOST_PIXELS, Pictures
from tf_nst.studio.presets import shown_presets
from tf_nst.studio.queue import Queue
from tf_nst.studio.runs import Runs
from tf_nst.studio.settings import SETTINGS, values_of
from tf_nst.studio.sheets import Sheets
from tf_nst.studio.sources import take_sources
from tf_nst.studio.thumbnails import Thumbnails

# A painter that dies so often before it is ready is not started again.
MOST_STARTS = 2
# How long a painter may take to keep its picture at the end.
SECONDS_TO_END = 20.0
# How long a request waits for an estimate, which the painter makes between two calls of its steps.
SECONDS_TO_ANSWER = 60.0


class Studio:
    """The state of all pages; of one event loop.

    Attributes:
      ends: says whether pages are to let go, so that the server can end.
      given: {"content": id or None, "styles": ids} of the command's pictures, with which a page
        begins; None: there are none, or something was painted since.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        """Takes the folder of the history, and one for what goes at the end."""
        self.board, self.scratch = Board(), scratch
        self.ends: Callable[[], bool] = bool
        self.given: dict[str, Any] | None = None
        for name in ("pictures", "previews", "lessons", "thumbnails"):
            (scratch / name).mkdir()
        self.history = History(folder)
        self.pictures = Pictures(scratch / "pictures")
        self.thumbnails = Thumbnails(scratch / "thumbnails")
        self.painter = Painter(self._hear, self._painter_died)
        self.queue = Queue(self.painter.send)
        self.runs = Runs(self.pictures, self.history, self.queue, scratch, self.painter.send)
        self.sheets = Sheets(self.pictures, self.queue, scratch, self.painter.send)
        # Pictures are decoded one at a time, since a large one takes much memory.
        self.decoding = asyncio.Lock()
        self.lessons = Lessons(scratch / "lessons", self.board.change)
        self._status, self._message, self._failed_starts = "starting", "", 0
        self._shown, self._number = "", -1
        self._starting: asyncio.Task[None] | None = None

    def state(self) -> str:
        """All of it as JSON, made once for each change."""
        if self._number != self.board.number:
            self._number, self._shown = self.board.number, json.dumps(self._state())
        return self._shown

    def _state(self) -> dict[str, Any]:
        busy = self._status == "ready" and self.queue.current is not None
        return {
            "painter": {"status": "busy" if busy else self._status, "message": self._message},
            "limits": {"upload_bytes": MOST_BYTES, "upload_pixels": MOST_PIXELS},
            "options": [setting.shown() for setting in SETTINGS.values()],
            "presets": shown_presets(),
            "pictures": self.pictures.shown(),
            "given": self.given,
            "runs": self.runs.shown(),
            "sheet": self.sheets.shown(),
            "history": self.history.shown(),
            "lessons": self.lessons.shown(),
        }

    async def start(self) -> None:
        """Starts the painter; a page need not wait for it."""
        self._status, self._message = "starting", ""
        self.board.change()
        try:
            await self.painter.start(self.history.folder)
        except RunError as error:
            self._painter_died(str(error))

    async def estimate(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a painting would take.

        Raises:
          UserError: pictures or settings that cannot be used.
          RunError: the painter starts, or does not answer.
        """
        arguments = self.runs.arguments(body)
        values_of(arguments, self.history.folder / "estimate.png")
        if self._status == "starting":
            raise RunError("the painter is still starting; try again in a moment")
        order = {"do": "estimate", "arguments": arguments}
        answer = await self.painter.ask(order, SECONDS_TO_ANSWER)
        if "error" in answer:
            raise UserError(answer["error"])
        return {name: answer[name] for name in ("seconds", "bytes", "size", "steps", "notes")}

    def pair(self, name: str) -> Pair:
        """The pair of a run or of a finished picture, for its lesson.

        Raises:
          UserError: there is neither, or its pictures are gone.
        """
        if name in self.runs:
            return self.runs.pair(name)
        return self.history.pair(name)

    def again(self, name: str) -> dict[str, Any]:
        """The pictures that a finished one was painted of: {content, styles, masks}.

        Raises:
          UserError: there is no such picture, or those are gone.
        """
        origin = self.history.origin(name)
        return take_sources(*origin, self.history.folder, self.pictures)

    def wake(self) -> None:
        """Starts a painter that was given up."""
        starts = self._starting is not None and not self._starting.done()
        if self._status == "crashed" and not starts:
            self._failed_starts = 0
            self._starting = asyncio.create_task(self.start())

    async def close(self, hurry: Callable[[], bool]) -> None:
        """Ends the painter, which keeps the picture in hand, and lessons that are computed."""
        await self.lessons.close()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        paints = self.queue.current is not None and self.queue.current in self.runs
        await self.painter.close(SECONDS_TO_END if paints else 0, hurry)
        self.runs.close()

    def _hear(self, message: dict[str, Any]) -> None:
        """A message of the painter."""
        if message.get("event") == "ready":
            self._status, self._failed_starts = "ready", 0
            self.queue.ready = True
            self.queue.advance()
        elif "sheet" in message:
            self.sheets.receive(message)
        else:
            self.runs.receive(message)
        self.board.change()

    def _painter_died(self, how: str) -> None:
        """One message for its run; another painter goes on with what waits."""
        self._failed_starts += self._status == "starting"
        self._status, self._message, self.queue.ready = "crashed", how, False
        say(how)
        name = self.queue.current
        if name is not None:
            self.runs.crash(name, how)
            self.sheets.crash(name, how)
            self.queue.done(name)
        self.board.change()
        if self._failed_starts < MOST_STARTS:
            self._starting = asyncio.create_task(self.start())
