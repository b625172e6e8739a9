"""Options: each says once what a flag, an argument in Python and a line of --help need."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar

from tf_nst.config.value_types import ValueType
from tf_nst.errors import UserError, nearest

T = TypeVar("T")


class Config(Protocol):
    """A config or its class: a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
      name: of the flag and of the argument in Python.
      default: converted; None: none, and None is accepted.
      type: what its values may be.
      help: what it is.
      unit: of its values; may be empty.
      required: whether a command needs it to be given.
      preset: whether a command takes it from a preset.
      positional: whether its value may stand alone on the command line, in the table's order.
    """

    name: str
    default: object
    type: ValueType
    help: str
    unit: str = ""
    required: bool = False
    preset: bool = True
    positional: bool = False

    @property
    def flag(self) -> str:
        """The name as it is typed."""
        return f"--{self.name}"

    @property
    def plain_default(self) -> object:
        """The default as a number, a bool or text; None where there is none."""
        return self.plain(self.default)

    @property
    def default_text(self) -> str:
        """The default as a flag is given it; empty if there is none."""
        default = self.plain_default
        if isinstance(default, bool):
            return str(default).lower()
        return "" if default is None else str(default)

    @property
    def values_text(self) -> str:
        """The unit and range of the values, or the words that they may be; may be empty."""
        return ", ".join(part for part in (self.unit, self.type.values) if part)

    def read(self, text: str) -> object:
        """The value that a flag's text stands for. Raises UserError if it stands for none."""
        return self.type.read(text, self.flag)

    def convert(self, value: object) -> object:
        """The value as configs have it. Raises UserError for another type or out of range."""
        if value is None and self.default is None:
            return None
        return self.type.convert(value, self.flag)

    def plain(self, value: object) -> object:
        """A converted value as a number, a bool or text; None stays."""
        return None if value is None else self.type.plain(value)


def option(default: T, value_type: ValueType, help_text: str, unit: str = "") -> T:
    """A field of a config that is an option: the arguments are Option's.

    For the types it is its default, as `dataclasses.field` is.
    """
    about = {"type": value_type, "help": help_text, "unit": unit}
    return field(default=default, metadata={"option": about})


def options_of(config: Config | type[Config]) -> dict[str, Option]:
    """{name: option} of a config or its class; fields that are configs themselves are left out."""
    return {
        item.name: Option(item.name, item.default, **item.metadata["option"])
        for item in fields(config)
        if "option" in item.metadata
    }


def convert_options(config: Config) -> None:
    """Converts the values of a frozen config, from its __post_init__.

    Raises:
      UserError: a value of another type or out of range.
    """
    for name, item in options_of(config).items():
        object.__setattr__(config, name, item.convert(getattr(config, name)))


def check_options(values: Mapping[str, object], table: Mapping[str, Option], owner: str) -> None:
    """Checks options by name.

    Args:
      values: those that are given.
      table: those that there are.
      owner: whose they are, for messages.

    Raises:
      UserError: an unknown name, or a value of the wrong type or out of its range.
    """
    for name, value in values.items():
        if name not in table:
            known = ", ".join(table) + nearest(name, table)
            raise UserError(f"{name}: no such option of {owner}, expected one of {known}")
        table[name].convert(value)
