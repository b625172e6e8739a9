"""Styles at times of a film: `a.jpg@0s,b.jpg@10s`."""

import math
import os
from itertools import pairwise
from typing import NamedTuple

from tf_nst.config.paths import unescaped_items
from tf_nst.config.value_types import Text, expanded_path
from tf_nst.errors import UserError


class StyleAt(NamedTuple):
    """A style that a film has at a time, in seconds after its first frame."""

    path: str
    seconds: float


class StyleFade(Text):
    """PATH@SECONDS separated by commas, later ones after earlier ones; the value stays text."""

    def read(self, text: str, flag: str) -> str:
        return os.path.expanduser(text)

    def convert(self, value: object, flag: str) -> str:
        text = super().convert(value, flag)
        styles_at(text, flag)
        return text


def styles_at(text: str, flag: str = "--style_fade") -> tuple[StyleAt, ...]:
    """The styles of a fade.

    Raises:
      UserError: not PATH@SECONDS separated by commas, or times that do not rise.
    """
    styles = tuple(_style_at(item, flag) for item in unescaped_items(text))
    for before, after in pairwise(styles):
        if after.seconds <= before.seconds:
            raise UserError(
                f"{flag}: expected times that rise, received {after.seconds:g} s after "
                f"{before.seconds:g} s"
            )
    return styles


def _style_at(item: str, flag: str) -> StyleAt:
    path, _, time = item.rpartition("@")
    try:
        seconds = float(time.removesuffix("s"))
    except ValueError:
        seconds = math.nan
    if not (path and 0 <= seconds < math.inf):
        raise UserError(f"{flag}: expected PATH@SECONDS such as a.jpg@10s, received {item!r}")
    return StyleAt(expanded_path(path), seconds)


def shares_at(styles: tuple[StyleAt, ...], seconds: float) -> list[tuple[str, float]]:
    """The paths of the styles at a time and their shares, which add up to 1: between two times a
    share rises as the other falls; before the first and after the last there is one alone."""
    if seconds <= styles[0].seconds:
        return [(styles[0].path, 1.0)]
    for before, after in pairwise(styles):
        if seconds < after.seconds:
            share = (seconds - before.seconds) / (after.seconds - before.seconds)
            pairs = [(before.path, 1 - share), (after.path, share)]
            return [(path, part) for path, part in pairs if part > 0]
    return [(styles[-1].path, 1.0)]
