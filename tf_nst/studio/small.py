"""Paints the tries of a sheet."""

from collections.abc import Callable
from pathlib import Path

from tf_nst.cli.command import reason
from tf_nst.cli.flags import config_from_flags
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event
from tf_nst.io.areas import Places
from tf_nst.io.images import Image, read_image
from tf_nst.io.writing import write_atomically
from tf_nst.painting import Painting
from tf_nst.painting.sheet import SheetPainter
from tf_nst.studio.inbox import Inbox, Message, Outbox
from tf_nst.studio.settings import values_of


def paint_tries(
    order: Message, engine: Engine, inbox: Inbox, report: Outbox, answer: Callable[[Message], None]
) -> None:
    """Paints one try after the other; one that fails does not end the others.

    Args:
      answer: gives what is asked meanwhile.
    """
    stops: list[Message] = []

    def stopped() -> bool:
        for message in inbox.waiting():
            if message["do"] == "estimate":
                answer(message)
            elif message.get("sheet") == order["sheet"]:
                stops.append(message)
        return bool(stops) or inbox.ended

    painter: SheetPainter | None = None
    for number, each in enumerate(order["tries"], 1):
        if stopped():
            break
        report(sheet=order["sheet"], tile=number, status="painting")
        try:
            painter = painter or _painter(each["arguments"]["content"], engine)
            picture = _paint(painter, each["arguments"], stopped)
            if picture is None:
                break
            path = Path(order["folder"], f"{number}.png")
            write_atomically(path, picture.encode(path)[0])
            report(sheet=order["sheet"], tile=number, status="painted")
        except Exception as error:
            report(sheet=order["sheet"], tile=number, status="failed", message=reason(error))
    report(sheet=order["sheet"], status="stopped" if stopped() else "finished")


def _painter(content: str, engine: Engine) -> SheetPainter:
    return SheetPainter(read_image(content), Places(), _quiet, engine)


def _paint(
    painter: SheetPainter, arguments: dict[str, str], stopped: Callable[[], bool]
) -> Image | None:
    values = values_of(arguments, "try.png")
    return painter.paint(values.style, config_from_flags(values), _unheard, stopped)


def _unheard(painting: Painting, event: Event) -> None:
    """What happens on the way to so small a picture is not shown."""


def _quiet(line: str) -> None:
    """Lines on the pictures are said when one is painted large."""
