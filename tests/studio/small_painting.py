"""One small painting as the painter paints it, without a process."""

import numpy as np
from PIL import Image

from tf_nst.studio.painter import paint


class Silent:
    """An inbox in which nothing arrives."""

    ended = False

    def waiting(self):
        return []


class Saying:
    """An inbox with messages, those of a list after each call of the steps."""

    ended = False

    def __init__(self, *lists):
        self._lists = list(lists)

    def waiting(self):
        return [{"run": "r1", **message} for message in (self._lists or [[]]).pop(0)]


def order_in(folder, **arguments) -> dict:
    """An order for the painter, whose files are in a folder."""
    coarse = np.random.default_rng(1).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize((48, 32)).save(folder / "a.png")
    arguments = {"size": "32", "steps": "2", "scales": "1", **arguments}
    arguments |= {"content": str(folder / "a.png"), "style": str(folder / "a.png")}
    order = {"run": "r1", "output": str(folder / "one.png"), "from": None, "more": 0}
    order |= {"kept": str(folder / "kept"), "preview": str(folder / "p.png"), "previews": 0}
    return order | {"arguments": arguments, "request": {"name": "a.png", "settings": {"size": 32}}}


def said_of(order, engine, inbox=None) -> dict:
    """What the painter says of a run, the latest of each name; the notes are all of them."""
    said = {"notes": []}

    def report(**message):
        notes = [*said["notes"], *message.pop("notes", [])]
        said.update(message, notes=notes)

    paint(order, engine, inbox or Silent(), report, print)
    return said
