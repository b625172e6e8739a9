"""The sheet of the studio: small tries of one photograph, of which one is painted large."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tf_nst.config.value_types import is_integer
from tf_nst.errors import UserError
from tf_nst.studio.pictures import Pictures
from tf_nst.studio.queue import Queue, Task
from tf_nst.studio.requests import pictures_of, settings_of
from tf_nst.studio.settings import Sources, arguments_of, flags_of
from tf_nst.studio.tries import Try, plan_tries

PAINTING, PAINTED, FAILED, STOPPED = "painting", "painted", "failed", "stopped"


class Sheets:
    """The latest sheet; a new one takes its place."""

    def __init__(
        self,
        pictures: Pictures,
        queue: Queue,
        scratch: Path,
        send: Callable[[dict[str, Any]], None],
    ) -> None:
        """Takes what it paints from, and what gives the painter an order."""
        self._pictures, self._queue, self._send = pictures, queue, send
        self._scratch, self._count = scratch, 0
        self._sheet: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any] | None:
        """For the page; None before the first one."""
        if self._sheet is None:
            return None
        return {**self._sheet, "place": self._queue.place(self._sheet["id"])}

    def add(self, body: Mapping[str, Any]) -> str:
        """Queues a sheet; its id.

        Raises:
          UserError: a picture or a setting that cannot be used.
        """
        self._end()
        sources, request = pictures_of(body, self._pictures)
        tries = plan_tries(request["styles"], settings_of(body), body.get("vary"))
        orders = [self._order(sources.content, each) for each in tries]
        self._count += 1
        name = f"s{self._count}"
        (self._scratch / name).mkdir()
        tiles = [_tile(name, number, each) for number, each in enumerate(tries, 1)]
        self._sheet = {"id": name, "status": "queued", "content": request["content"]}
        self._sheet |= {"tiles": tiles}
        order = {"do": "sheet", "sheet": name, "folder": str(self._scratch / name)}
        self._queue.add(Task(name, lambda: {**order, "tries": orders}))
        return name

    def _order(self, content: str, each: Try) -> dict[str, Any]:
        styles = tuple(str(self._pictures[name].path) for name in each.styles)
        return {"arguments": arguments_of(Sources(content, styles), flags_of(each.small))}

    def stop(self, name: str) -> None:
        """Ends a sheet, with the tries so far. Raises UserError where it is over."""
        if self._sheet is None or self._sheet["id"] != name:
            raise UserError(f"expected the id of the sheet, received {name!r}")
        self._end()

    def _end(self) -> None:
        """Ends the sheet that is painted or waits."""
        if self._sheet is None:
            return
        name = self._sheet["id"]
        if self._queue.remove(name):
            self._sheet["status"] = STOPPED
        elif self._queue.current == name:
            self._send({"do": "stop", "sheet": name})

    def path(self, name: str, number: object) -> Path:
        """The picture of a tile. Raises UserError where it is not painted."""
        tiles = self._sheet["tiles"] if self._sheet and self._sheet["id"] == name else []
        if is_integer(number) and 1 <= number <= len(tiles):
            return self._scratch / name / f"{number}.png"
        raise UserError(f"expected a tile of the sheet, received {name!r}, {number!r}")

    def receive(self, message: dict[str, Any]) -> None:
        """What the painter says of a sheet."""
        sheet = self._sheet
        if sheet is not None and sheet["id"] == message["sheet"]:
            if "tile" in message:
                tile = sheet["tiles"][message["tile"] - 1]
                tile |= {"status": message["status"], "message": message.get("message", "")}
                sheet["status"] = PAINTING
            else:
                sheet["status"] = message["status"]
        if "tile" not in message:
            self._queue.done(message["sheet"])

    def crash(self, name: str, how: str) -> None:
        """The painter died over a sheet, if it is one."""
        if self._sheet is not None and self._sheet["id"] == name:
            self._sheet["status"] = FAILED
            for tile in self._sheet["tiles"]:
                if tile["status"] != PAINTED:
                    tile |= {"status": FAILED, "message": how}


def _tile(name: str, number: int, each: Try) -> dict[str, Any]:
    return {
        "number": number,
        "caption": each.caption,
        "settings": each.settings,
        "styles": list(each.styles),
        "picture": f"/api/sheets/{name}/{number}.png",
        "status": "queued",
        "message": "",
    }
