"""Lists of names with weights, as flags have them: `NAME` or `NAME:WEIGHT` by commas."""

import math
from dataclasses import dataclass

from tf_nst.config.checks import is_finite
from tf_nst.errors import UserError


@dataclass(frozen=True)
class Weighted:
    """A name with its weight relative to the others in the same list."""

    name: str
    weight: float = 1.0

    def __str__(self) -> str:
        return self.name if self.weight == 1.0 else f"{self.name}:{self.weight!r}"


def parse_weighted(text: str, flag: str) -> tuple[Weighted, ...]:
    """`NAME` or `NAME:WEIGHT` by commas, as a tuple of Weighted.

    Raises:
      UserError: an empty list, an empty or repeated name, a weight that is not a finite number
        above 0.
    """
    items = tuple(_parse_one(part.strip(), flag) for part in text.split(",") if part.strip())
    if not items:
        raise UserError(f"{flag}: expected NAME or NAME:WEIGHT by commas, received {text!r}")
    _check_once(items, flag)
    return items


def check_weighted(flag: str, items: tuple[Weighted, ...]) -> None:
    """Refuses what is no tuple of Weighted.

    Raises:
      UserError: another type, no item, a repeated name, a weight that is not a finite number above
        0.
    """
    fine = isinstance(items, tuple) and all(isinstance(item, Weighted) for item in items)
    if not (fine and items and all(is_finite(item.weight) and item.weight > 0 for item in items)):
        raise UserError(f"{flag}: expected NAME or NAME:WEIGHT by commas, received {items!r}")
    _check_once(items, flag)


def _check_once(items: tuple[Weighted, ...], flag: str) -> None:
    names = [item.name for item in items]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{flag}: {name} is given more than once, expected each name once")


def _parse_one(part: str, flag: str) -> Weighted:
    name, colon, number = part.partition(":")
    if not colon:
        return Weighted(name)
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not name.strip() or not (weight > 0 and math.isfinite(weight)):
        raise UserError(f"{flag}: expected NAME:WEIGHT with a weight above 0, received {part!r}")
    return Weighted(name.strip(), weight)
