"""Lists of paths, as flags have them: `PATH` or `PATH:WEIGHT` separated by commas."""

import contextlib
import math
import os
import re
from collections.abc import Iterable

from tf_nst.config.value_types import Text, expanded_path, refuse_address
from tf_nst.errors import UserError

# What --mask begins with that asks for regions, in the place of paths.
AUTO_REGIONS = "auto:"
_TOKEN = re.compile(r"\\.|.", re.DOTALL)
_RELATIVE = re.compile(r"\.\.?/")
_WEIGHTED = re.compile(r"((?:\\.|[^\\])*):([^:\\,]*)", re.DOTALL)


class Paths(Text):
    """Paths separated by commas; a backslash before a comma, a colon or a backslash keeps it.

    The value stays text; `split_paths` and `weighted_paths` read it.
    """

    def read(self, text: str, flag: str) -> str:
        return text if os.path.lexists(text) else os.path.expanduser(text)

    def convert(self, value: object, flag: str) -> str:
        text = super().convert(value, flag)
        if "\0" in text:
            raise self.refusal(flag, value)
        for item in split_paths(text):
            refuse_address(item, flag, self.expected)
        return text


def split_paths(text: str) -> list[str]:
    """The paths of a list, each expanded. A path that exists as it is written is one by itself."""
    if os.path.exists(expanded_path(text)):
        return [expanded_path(text)]
    return [_path(item) for item in _items(text)]


def weighted_paths(text: str, flag: str) -> list[tuple[str, float]]:
    """The paths and weights of a list, as `split_paths`; a path without a weight has 1.

    Raises:
      UserError: no path, a weight that is not above 0.
    """
    if os.path.exists(expanded_path(text)):
        return [(expanded_path(text), 1.0)]
    return [_weighted(item, flag) for item in _items(text)]


def join_paths(items: Iterable[str | tuple[str, float]]) -> str:
    """The inverse: paths, or paths with weights, as the text of a flag."""
    return ",".join(map(_spelled, items))


def unescaped_items(text: str) -> list[str]:
    """The items of a list separated by commas; a comma after a backslash is part of its item."""
    return [re.sub(r"\\([\\,])", r"\1", item) for item in _items(text)]


def in_folder(folder: str, text: str) -> str:
    """A list whose paths that begin with ./ or ../ start at a folder."""
    prefix = _spelled(os.path.join(folder, ""))
    items = (
        prefix + item.removeprefix("./") if _RELATIVE.match(item) else item for item in _items(text)
    )
    return ",".join(items)


def _items(text: str) -> list[str]:
    items = [""]
    for token in _TOKEN.findall(text):
        if token == ",":
            items.append("")
        else:
            items[-1] += token
    return [item.strip() for item in items]


def _weighted(item: str, flag: str) -> tuple[str, float]:
    match = _WEIGHTED.fullmatch(item)
    path, weight = _path(item), 1.0
    if match and not os.path.exists(path):
        with contextlib.suppress(ValueError):
            weight = float(match[2])
            path = _path(match[1])
    if not path or not 0 < weight < math.inf:
        raise UserError(f"{flag}: expected PATH:WEIGHT with a weight above 0, received {item!r}")
    return path, weight


def _path(item: str) -> str:
    """An item, as it is written where that exists: Windows begins some with two backslashes."""
    if os.path.exists(expanded_path(item)):
        return expanded_path(item)
    return expanded_path(re.sub(r"\\([\\,:])", r"\1", item))


def _spelled(item: str | tuple[str, float]) -> str:
    path, weight = item if isinstance(item, tuple) else (item, 1.0)
    escaped = re.sub(r"([\\,:])", r"\\\1", path)
    return escaped if weight == 1.0 else f"{escaped}:{weight!r}"
