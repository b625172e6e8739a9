"""Lists of names with weights, as flags have them: `NAME` or `NAME:WEIGHT` separated by commas."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tf_nst.config.repeated import repeated
from tf_nst.config.value_types import ValueType, to_float
from tf_nst.errors import UserError


@dataclass(frozen=True)
class Weighted:
    """A name with its weight relative to the others in the same list."""

    name: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        number = to_float(self.weight)
        if not math.isnan(number):
            object.__setattr__(self, "weight", number)

    def __str__(self) -> str:
        return self.name if self.weight == 1.0 else f"{self.name}:{self.weight!r}"


class WeightedNames(ValueType):
    """A list of names with weights: text, or a sequence of texts and Weighted."""

    expected = "NAME or NAME:WEIGHT separated by commas"

    @property
    def values(self) -> str:
        return self.expected

    def convert(self, value: object, flag: str) -> tuple[Weighted, ...]:
        return parse_weighted(value, flag)


def split_name(text: str) -> tuple[str, str | None]:
    """`NAME` or `NAME:WEIGHT` -> the name, and the weight's text or None."""
    name, colon, weight = text.partition(":")
    return name, weight if colon else None


Split = Callable[[str], tuple[str, str | None]]


def parse_weighted(value: object, flag: str, split: Split = split_name) -> tuple[Weighted, ...]:
    """A list of names with weights, as a tuple of Weighted.

    Args:
      value: `NAME` or `NAME:WEIGHT` separated by commas, or a list or tuple of such texts and
        Weighted.
      flag: named in errors.
      split: an item's text -> its name, and its weight's text or None.

    Raises:
      UserError: something else, an empty list, an empty or repeated name, a weight that is not a
        finite number above 0.
    """
    parts = list(value) if isinstance(value, list | tuple) else [value]
    known = [part for part in parts if isinstance(part, str | Weighted)]
    items = tuple(item for part in known for item in _parse_part(part, flag, split))
    if not items or len(known) < len(parts):
        raise WeightedNames().refusal(flag, value)
    _check_names_differ(items, flag)
    return items


def _parse_part(part: str | Weighted, flag: str, split: Split) -> list[Weighted]:
    if isinstance(part, Weighted):
        return [_checked(part, flag, split)]
    return [_parse_item(item.strip(), flag, split) for item in part.split(",") if item.strip()]


def _parse_item(text: str, flag: str, split: Split) -> Weighted:
    name, number = split(text)
    if number is None:
        return Weighted(name)
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not name.strip() or not 0 < weight < math.inf:
        raise UserError(f"{flag}: expected NAME:WEIGHT with a weight above 0, received {text!r}")
    return Weighted(name.strip(), weight)


def _checked(item: Weighted, flag: str, split: Split) -> Weighted:
    """The item as its text would be read, which no name with a comma or a weight would be."""
    name = item.name.strip() if isinstance(item.name, str) else ""
    known = name and "," not in name and split(name) == (name, None)
    if not known or not 0 < to_float(item.weight) < math.inf:
        raise WeightedNames().refusal(flag, item)
    return Weighted(name, item.weight)


def _check_names_differ(items: tuple[Weighted, ...], flag: str) -> None:
    names = [item.name for item in items]
    if (twice := repeated(names)) is not None:
        name = names[twice]
        raise UserError(f"{flag}: {name} is given more than once, expected each name once")
