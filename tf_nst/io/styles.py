"""Styles: one or several, each a picture or a folder of them, with weights and sizes."""

import math
import numbers
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from tf_nst.config.sizes import Size
from tf_nst.errors import UserError
from tf_nst.io.folders import pictures_in
from tf_nst.io.given import Source
from tf_nst.io.images import Image
from tf_nst.io.planes import Plane

# A style as it is given, and with its weight.
StyleSource = Source | tuple[Source, float]
Styles = StyleSource | Sequence[StyleSource]
# The index of each style of an area, and where it counts [h, w] of the style's size; None:
# everywhere.
MaskedStyles = tuple[tuple[int, Plane | None], ...]


class StyleSources(NamedTuple):
    """A style whose pictures are not read yet, and its weight relative to the others'."""

    sources: tuple[Source, ...]
    weight: float


class Style(NamedTuple):
    """A style: its pictures, more than one of a folder, and its weight relative to the others'."""

    pictures: tuple[Image, ...]
    weight: float = 1.0

    def only_picture(self, flag: str) -> Image:
        """Its picture. Raises UserError where it is a folder's, in which no mask can show."""
        if len(self.pictures) > 1:
            raise UserError(
                f"{flag}: expected a style of one picture, received a folder of "
                f"{len(self.pictures)}"
            )
        return self.pictures[0]


def list_styles(styles: Styles, flag: str = "--style") -> tuple[StyleSources, ...]:
    """The styles, as they are given; no picture is read.

    Args:
      styles: what `as_image` takes, or the path of a folder; a tuple of that and a weight; or a
        list or tuple of both.

    Raises:
      UserError: none, a weight that is not above 0, a folder without pictures.
    """
    given: Sequence[Any] = [styles]
    if isinstance(styles, list | tuple) and not _is_weighted(styles):
        given = styles
    if not given:
        raise UserError(f"{flag}: expected a picture or (picture, weight) pairs, received {given}")
    return tuple(_listed(*_weighted(item, flag), flag) for item in given)


def _is_weighted(styles: Sequence[Any]) -> bool:
    """Whether they are one source and its weight."""
    pair = isinstance(styles, tuple) and len(styles) == 2
    return pair and isinstance(styles[1], numbers.Real)


def _weighted(item: StyleSource, flag: str) -> tuple[Source, float]:
    if not isinstance(item, list | tuple):
        _check_no_weight(item, flag)
        return item, 1.0
    if len(item) != 2:
        raise UserError(f"{flag}: expected a picture or (picture, weight) pairs, received {item}")
    source, weight = item
    real = isinstance(weight, numbers.Real) and not isinstance(weight, bool)
    if not (real and 0 < weight < math.inf):
        raise UserError(f"{flag}: expected weights above 0, received {weight!r}")
    return source, float(weight)


def _check_no_weight(item: Source, flag: str) -> None:
    """Refuses `a.jpg:2`, which is how flags have a picture and its weight."""
    if isinstance(item, str) and not os.path.exists(item):
        path, _, weight = item.rpartition(":")
        if path and os.path.exists(path):
            raise UserError(
                f"{flag}: {item} does not exist; expected ({path!r}, {weight}) for a picture with "
                "a weight"
            )


def _listed(source: Source, weight: float, flag: str) -> StyleSources:
    if isinstance(source, str | os.PathLike) and os.path.isdir(source):
        return StyleSources(tuple(pictures_in(source, flag)), weight)
    return StyleSources((source,), weight)


def sizes_of(sizes: tuple[Size, ...], styles: tuple[Style, ...]) -> int | tuple[Size, ...]:
    """The option by which styles, at the sizes at which they are measured, are so again."""
    pixels = tuple(
        size if len(style.pictures) > 1 else max(style.pictures[0].size)
        for size, style in zip(sizes, styles, strict=True)
    )
    return pixels[0] if len(pixels) == 1 and isinstance(pixels[0], int) else pixels
