"""What the value of an option may be: how text is read, what is accepted, how it is written."""

import math
import numbers
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from tf_nst.errors import UserError


class ValueType:
    """The type of an option's values.

    Attributes:
      expected: for messages, such as "a whole number from 1 to 9".
      values: for --help, such as "1 to 9"; may be empty.
      repeated: whether the flag may be given several times, for a list of values.
    """

    repeated = False

    if TYPE_CHECKING:  # Attributes in some of the types, properties in others.

        @property
        def expected(self) -> str: ...

        @property
        def values(self) -> str: ...

    def read(self, text: str, flag: str) -> object:
        """The value that a flag's text stands for, which `convert` accepts if it is in range.

        Raises:
          UserError: the text stands for none.
        """
        return text

    def convert(self, value: object, flag: str) -> object:
        """The value as configs have it: Python's own int, float, bool or str, or a tuple.

        Raises:
          UserError: a value of another type or out of range.
        """
        raise NotImplementedError

    def plain(self, value: object) -> object:
        """A converted value as a number, a bool or text, which `convert` turns into it again."""
        return ",".join(map(str, value)) if isinstance(value, tuple) else value

    def refusal(self, flag: str, value: object) -> UserError:
        """The error that says what was expected and received."""
        return UserError(f"{flag}: expected {self.expected}, received {value!r}")


@dataclass(frozen=True)
class Integer(ValueType):
    """Whole numbers from `least` to `most`."""

    least: int
    most: int

    @property
    def values(self) -> str:
        return f"{self.least} to {self.most}"

    @property
    def expected(self) -> str:
        return f"a whole number from {self.values}"

    def read(self, text: str, flag: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise self.refusal(flag, text) from None

    def convert(self, value: object, flag: str) -> int:
        if not (is_integer(value) and self.least <= value <= self.most):
            raise self.refusal(flag, value)
        return int(value)


@dataclass(frozen=True)
class Real(ValueType):
    """Finite numbers from 0 on: without 0 itself, and below a limit or up to one."""

    positive: bool = False
    below: float = math.inf
    most: float = math.inf

    @property
    def values(self) -> str:
        if self.most < math.inf:
            return f"{'above 0, up to' if self.positive else 'from 0 to'} {self.most:g}"
        lower = "above 0" if self.positive else "0 or more"
        return f"{lower} and less than {self.below:g}" if self.below < math.inf else lower

    @property
    def expected(self) -> str:
        if self.most < math.inf:
            return f"a number {self.values}"
        return f"a finite number {'' if self.positive else 'of '}{self.values}"

    def read(self, text: str, flag: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise self.refusal(flag, text) from None

    def convert(self, value: object, flag: str) -> float:
        number = to_float(value)
        in_range = 0 < number if self.positive else 0 <= number
        if not (in_range and number < self.below and number <= self.most and number < math.inf):
            raise self.refusal(flag, value)
        return number


@dataclass(frozen=True)
class Choice(ValueType):
    """One of several words."""

    words: tuple[str, ...]

    @property
    def values(self) -> str:
        return "|".join(self.words)

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.words)}"

    def convert(self, value: object, flag: str) -> str:
        if not (isinstance(value, str) and value in self.words):
            raise self.refusal(flag, value)
        return str(value)


@dataclass(frozen=True)
class Text(ValueType):
    """Text that is not empty, such as a path; in Python a path object too.

    `expected` is by default the same as `values`.
    """

    values: str
    expected: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "expected", self.expected or self.values)

    def convert(self, value: object, flag: str) -> str:
        text = os.fspath(value) if isinstance(value, os.PathLike) else value
        if not (isinstance(text, str) and text):
            raise self.refusal(flag, value)
        return str(text)


@dataclass(frozen=True)
class FilePath(Text):
    """A path, or a word in its place; `~` at its beginning is the home folder.

    In a flag $NAME and ${NAME} are environment variables.
    """

    def read(self, text: str, flag: str) -> str:
        return expanded_path(text)

    def convert(self, value: object, flag: str) -> str:
        path = os.path.expanduser(super().convert(value, flag))
        if "\0" in path:
            raise self.refusal(flag, value)
        refuse_address(path, flag, self.expected)
        return path


@dataclass(frozen=True)
class Boolean(ValueType):
    """True or false; as a flag --NAME, --NAME=false or --noNAME."""

    expected = "true or false"
    values = ""

    def read(self, text: str, flag: str) -> bool:
        words = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
        if text.lower() not in words:
            raise self.refusal(flag, text)
        return words[text.lower()]

    def convert(self, value: object, flag: str) -> bool:
        if not isinstance(value, bool):
            raise self.refusal(flag, value)
        return value


def expanded_path(text: str) -> str:
    """A path with ~, $NAME and ${NAME} replaced; a path that exists as it is written stays."""
    if os.path.lexists(text):
        return text
    return os.path.expandvars(os.path.expanduser(text))


def refuse_address(path: str, flag: str, expected: str) -> None:
    """Raises UserError for an http or https address in the place of a path."""
    if path.lower().startswith(("http://", "https://")):
        raise UserError(
            f"{flag}: expected {expected}, received the address {path}; "
            f"`curl -LO {path}` downloads the file"
        )


def is_integer(value: object) -> TypeGuard[int]:
    """Whether the value is an integer, of NumPy too, and no bool."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def whole_or_text(text: str) -> int | str:
    """The number of a text of digits; any other text stays, also one of too many for int()."""
    try:
        return int(text) if text.removeprefix("-").isdecimal() else text
    except ValueError:
        return text


def to_float(value: object) -> float:
    """A real number, of NumPy too, as Python's float; NaN for a bool and anything else."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf
