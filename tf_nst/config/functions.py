"""Names of the loss' parts: rows of tables, one's own functions, and powers. No TensorFlow here."""

import re
from dataclasses import dataclass

from tf_nst.config.value_types import Choice, to_float
from tf_nst.config.weighted import Weighted, WeightedNames, parse_weighted

_NAME = r"[A-Za-z_]\w*"
# MODULE:FUNCTION, as `package.module:function`.
_FUNCTION = re.compile(rf"{_NAME}(\.{_NAME})*:{_NAME}")
LEAST_POWER, MOST_POWER = 1.0, 4.0


def is_function(name: str) -> bool:
    """Whether a name is MODULE:FUNCTION."""
    return bool(_FUNCTION.fullmatch(name))


@dataclass(frozen=True)
class ChoiceOrFunction(Choice):
    """One of several words, or MODULE:FUNCTION."""

    @property
    def values(self) -> str:
        return f"{super().values}|MODULE:FUNCTION"

    @property
    def expected(self) -> str:
        return f"{super().expected} or MODULE:FUNCTION"

    def convert(self, value: object, flag: str) -> str:
        if isinstance(value, str) and is_function(value):
            return str(value)
        return super().convert(value, flag)


@dataclass(frozen=True)
class ChoiceOrPower(Choice):
    """One of several words, or a power as a number, which is kept as its text."""

    @property
    def values(self) -> str:
        return f"{super().values}|a power from {LEAST_POWER:g} to {MOST_POWER:g}"

    @property
    def expected(self) -> str:
        return f"{super().expected} or a power from {LEAST_POWER:g} to {MOST_POWER:g}"

    def convert(self, value: object, flag: str) -> str:
        if isinstance(value, str) and value in self.words:
            return str(value)
        try:
            power = float(value) if isinstance(value, str) else to_float(value)
        except ValueError:
            raise self.refusal(flag, value) from None
        if not LEAST_POWER <= power <= MOST_POWER:
            raise self.refusal(flag, value)
        return repr(power)


@dataclass(frozen=True)
class StyleStatistics(WeightedNames):
    """A list of `NAME[@LAYER][:WEIGHT]`, each name one of `names` or MODULE:FUNCTION."""

    names: tuple[str, ...]

    @property
    def values(self) -> str:
        names = "|".join(self.names)
        return f"{names}|MODULE:FUNCTION, or several as NAME[@LAYER]:WEIGHT separated by commas"

    def convert(self, value: object, flag: str) -> tuple[Weighted, ...]:
        items = parse_weighted(value, flag, split_statistic)
        for item in items:
            name, at, layer = item.name.partition("@")
            module = name.partition(":")[0]
            weight_is_none = ":" in name and module in self.names
            if not name.strip() or (at and not layer.strip()) or weight_is_none:
                raise self.refusal(flag, str(item))
            ChoiceOrFunction(self.names).convert(name.strip(), flag)
        return items


def split_statistic(text: str) -> tuple[str, str | None]:
    """`NAME[@LAYER][:WEIGHT]` -> what is before the weight, and the weight's text or None.

    The colon of MODULE:FUNCTION is not the weight's.
    """
    function = _FUNCTION.match(text)
    start = function.end() if function else 0
    name, colon, weight = text[start:].partition(":")
    return text[:start] + name, weight if colon else None
