"""Lists of names with weights, as flags have them: `NAME` or `NAME:WEIGHT` by commas."""

import math
from dataclasses import dataclass

from tf_nst.config.value_types import Choice, ValueType, to_float
from tf_nst.errors import UserError


@dataclass(frozen=True)
class Weighted:
    """A name with its weight relative to the others in the same list."""

    name: str
    weight: float = 1.0

    def __post_init__(self):
        number = to_float(self.weight)
        if not math.isnan(number):
            object.__setattr__(self, "weight", number)

    def __str__(self) -> str:
        return self.name if self.weight == 1.0 else f"{self.name}:{self.weight!r}"


@dataclass(frozen=True)
class WeightedNames(ValueType):
    """A list of names with weights: text, or a sequence of texts and Weighted.

    Attributes:
      names: those that are known here; empty: any, looked up elsewhere.
    """

    names: tuple[str, ...] = ()

    expected = "NAME or NAME:WEIGHT by commas"

    @property
    def values(self) -> str:
        if not self.names:
            return self.expected
        return f"{'|'.join(self.names)}, or several as NAME:WEIGHT by commas"

    def convert(self, value: object, flag: str) -> tuple[Weighted, ...]:
        items = parse_weighted(value, flag)
        if self.names:
            for item in items:
                Choice(self.names).convert(item.name, flag)
        return items


def parse_weighted(value: object, flag: str) -> tuple[Weighted, ...]:
    """A list of names with weights, as a tuple of Weighted.

    Args:
      value: `NAME` or `NAME:WEIGHT` by commas, or a list or tuple of such texts and Weighted.
      flag: named in errors.

    Raises:
      UserError: something else, an empty list, an empty or repeated name, a weight that is not a
        finite number above 0.
    """
    parts = list(value) if isinstance(value, list | tuple) else [value]
    known = all(isinstance(part, str | Weighted) for part in parts)
    items = tuple(item for part in parts for item in _parse_part(part, flag)) if known else ()
    if not items:
        raise WeightedNames().refusal(flag, value)
    _check_names_differ(items, flag)
    return items


def _parse_part(part: str | Weighted, flag: str) -> list[Weighted]:
    if isinstance(part, Weighted):
        return [_checked(part, flag)]
    return [_parse_item(item.strip(), flag) for item in part.split(",") if item.strip()]


def _parse_item(text: str, flag: str) -> Weighted:
    name, colon, number = text.partition(":")
    if not colon:
        return Weighted(name)
    try:
        weight = float(number)
    except ValueError:
        weight = math.nan
    if not name.strip() or not 0 < weight < math.inf:
        raise UserError(f"{flag}: expected NAME:WEIGHT with a weight above 0, received {text!r}")
    return Weighted(name.strip(), weight)


def _checked(item: Weighted, flag: str) -> Weighted:
    """The item as its text would be read, which no name with a comma or a colon would be."""
    name = item.name.strip() if isinstance(item.name, str) else ""
    if not name or {",", ":"} & set(name) or not 0 < to_float(item.weight) < math.inf:
        raise WeightedNames().refusal(flag, item)
    return Weighted(name, item.weight)


def _check_names_differ(items: tuple[Weighted, ...], flag: str) -> None:
    names = [item.name for item in items]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{flag}: {name} is given more than once, expected each name once")
