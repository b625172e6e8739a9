"""A CSV of pairs: a line for each picture, with flags of its own."""

import csv
import os
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TextIO

from tf_nst.batch.flags import OF_PICTURES, paths_of, with_paths
from tf_nst.cli.flags import PLACES
from tf_nst.config.paths import join_paths, weighted_paths
from tf_nst.config.value_types import expanded_path
from tf_nst.errors import UserError, nearest

_PAIR = ("content", "style", "output")


class Pair(NamedTuple):
    """A line of a CSV.

    Attributes:
      content: path of the photograph.
      style: as --style has it.
      output: path in the folder that is written to; empty: by the names of the pictures.
      flags: {flag: text} of the cells that are not empty.
      line: its number, from 1.
    """

    content: str
    style: str
    output: str
    flags: dict[str, str]
    line: int


def read_pairs(path: str) -> list[Pair]:
    """The pairs of a CSV in UTF-8 with a line of names. Relative paths start at its folder.

    Raises:
      UserError: it cannot be read, an unknown column, a line with another number of cells, without
        content or style, or with an output that is no path within the folder.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            return _pairs(file, path)
    except OSError as error:
        raise UserError(
            f"--photos: expected a CSV of pairs, received {path} ({error.strerror})"
        ) from error


def _pairs(file: TextIO, path: str) -> list[Pair]:
    """The pairs of an open CSV."""
    rows, names, pairs = csv.reader(file, strict=True), None, []
    try:
        for cells in rows:
            where = f"{path}, line {rows.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _names(cells, where)
            else:
                pairs.append(_pair(names, cells, path, rows.line_num))
    except csv.Error as error:
        raise UserError(f"{path}, line {rows.line_num}: expected CSV, received {error}") from error
    if not pairs:
        raise UserError(
            f"--photos: expected a CSV with a line of names and one for each pair, received {path} "
            "without a pair"
        )
    return pairs


def _names(cells: list[str], where: str) -> list[str]:
    """The columns, as flags are declared."""
    if len(cells) == 1 and (other := re.search("[;\t]", cells[0])):
        raise UserError(f"{where}: expected commas between cells, received {other[0]!r}")
    names = [cell.strip().lstrip("-").replace("-", "_") for cell in cells]
    known = [*_PAIR, *OF_PICTURES]
    for name, cell in zip(names, cells, strict=True):
        if name not in known or names.count(name) > 1:
            hint = "" if name in known else nearest(name, known)
            which = "again" if name in known else "not a painting flag"
            raise UserError(
                f"{where}: expected the columns content and style, output and flags, each once, "
                f"received {cell!r}, {which}{hint}"
            )
    if missing := [name for name in _PAIR[:2] if name not in names]:
        raise UserError(f"{where}: expected a column {missing[0]}, received {', '.join(cells)}")
    return names


def _pair(names: list[str], cells: list[str], path: str, line: int) -> Pair:
    where = f"{path}, line {line}"
    if len(cells) != len(names):
        raise UserError(
            f"{where}: expected {len(names)} cells, {', '.join(names)}, received {len(cells)}"
        )
    folder = os.path.dirname(path)
    flags = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
    content, style, output = (flags.pop(name, "") for name in _PAIR)
    for name, text in (("content", content), ("style", style)):
        if not text:
            raise UserError(f"{where}: expected a {name}, received nothing")
    locate = partial(_located, folder)
    flags = {name: _flag(name, text, locate) for name, text in flags.items()}
    style, output = _styles(style, locate, where), _within(output, where)
    return Pair(locate(content), style, output, flags, line)


def _styles(text: str, locate: Callable[[str], str], where: str) -> str:
    """The paths of --style, each located."""
    if os.path.exists(whole := locate(text)):
        return join_paths([whole])
    try:
        styles = weighted_paths(text, "style")
    except UserError as error:
        raise UserError(f"{where}: {error}") from error
    return join_paths((locate(path), weight) for path, weight in styles)


def _flag(name: str, text: str, locate: Callable[[str], str]) -> str:
    """The text of a flag, its paths located; one that exists as it is written is one by itself."""
    if name in PLACES and paths_of(name, text) and os.path.exists(whole := locate(text)):
        return join_paths([whole])
    return with_paths(name, text, locate)


def _within(output: str, where: str) -> str:
    """A path in the folder that is written to."""
    path = os.path.normpath(output) if output else ""
    if os.path.isabs(path) or path.split(os.sep)[0] == os.pardir:
        raise UserError(f"{where}: expected an output within --out, received {output}")
    return path


def _located(folder: str, path: str) -> str:
    """A path, ~ and variables replaced; from the folder where that leads to something there."""
    expanded = expanded_path(path)
    for located in (os.path.join(folder, path), os.path.join(folder, expanded)):
        if os.path.exists(located):
            return located
    return expanded
