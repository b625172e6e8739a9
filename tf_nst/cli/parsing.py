"""The command line and flag files: absl parses them, options read and check the values."""

from enum import IntEnum
from itertools import pairwise, takewhile
from typing import Any, cast

from absl import flags

from tf_nst.cli.arguments import declared, flag_name, with_declared_name
from tf_nst.cli.flag_files import with_flag_files
from tf_nst.cli.outdated import without_outdated
from tf_nst.config.options import Option
from tf_nst.config.presets import PICTURES, PRESET, accepted_flags, preset_pictures
from tf_nst.config.value_types import expanded_path
from tf_nst.errors import UserError, nearest


class Source(IntEnum):
    """Where a flag's value is from; the larger overrides the smaller."""

    DEFAULT = 0
    FLAG_FILE = 1
    COMMAND_LINE = 2


class ParsedFlag(flags.Flag[Any]):
    """A flag as `parse_flags` leaves it.

    Attributes:
      source: where its value is from.
      position: the last among all arguments, -1 if there is none.
    """

    value: Any
    source: Source
    position: int


def is_later(flag: ParsedFlag, other: ParsedFlag) -> bool:
    """Whether a flag overrides what another one means: the command line flag files, and in these a
    later line an earlier one. On the command line the order means nothing."""
    if flag.source == other.source == Source.FLAG_FILE:
        return flag.position > other.position
    return flag.source > other.source


class Values(flags.FlagValues):
    """The values of flags as attributes, the flags themselves by name."""

    def __init__(self) -> None:
        flags.FlagValues.__init__(self)

    def __getitem__(self, name: str) -> ParsedFlag:
        return cast(ParsedFlag, super().__getitem__(name))


class _Parser(flags.ArgumentParser[Any]):
    """absl's interface to an option; what an option raises passes through absl unchanged."""

    def __init__(self, option: Option) -> None:
        self._option = option

    def parse(self, argument: object) -> object:
        """The value of a flag's text; a default that is no text is one already."""
        return self._option.read(argument) if isinstance(argument, str) else argument


def parse_flags(argv: list[str], table: tuple[Option, ...]) -> Values:
    """Parses `argv`, the program's name first.

    Returns:
      Values of these flags and none of other libraries. `flagfile` is the list of the flag files
      on the command line.

    Raises:
      UserError: an unknown flag, a value that its option refuses, no value for a required flag, a
        flag file that cannot be read, or more pictures than flags for them.
    """
    values = Values()
    for option in table:
        flags.DEFINE_flag(_absl_flag(option), values)
    flags.DEFINE_multi_string("flagfile", [], "", flag_values=values)
    arguments = command_line = declared(argv[1:], table)
    try:
        arguments = with_flag_files(arguments, frozenset(_taking_values(table)))
        arguments = [with_declared_name(argument, table) for argument in arguments]
        arguments = without_outdated(_with_presets(arguments, table), command_line)
        _refuse_undefok(arguments, values)
        surplus = values([argv[0], *arguments])[1:]
    except (flags.Error, ValueError) as error:
        raise UserError(_refusal(error, arguments, values)) from error
    if surplus:
        raise UserError(_surplus(surplus[0], table))
    values["flagfile"].value = _flag_files(command_line)
    _note_sources(values, command_line, arguments)
    for option in table:
        _check(option, values[option.name].value)
    return values


def _absl_flag(option: Option) -> flags.Flag[Any]:
    default, boolean = option.plain_default, isinstance(option.default, bool)
    if option.type.repeated:
        return flags.MultiFlag(_Parser(option), None, option.name, default, option.help)
    return flags.Flag(_Parser(option), None, option.name, default, option.help, boolean=boolean)


def _taking_values(table: tuple[Option, ...]) -> list[str]:
    return [option.name for option in table if not isinstance(option.default, bool)]


def _flag_files(arguments: list[str]) -> list[str]:
    """Paths from `--flagfile=PATH`, in their order."""
    flags = (argument.partition("=") for argument in arguments)
    return [expanded_path(value) for flag, _, value in flags if flag_name(flag) == "flagfile"]


def _flag_value(argument: str, following: str) -> str:
    """The value in --NAME=VALUE; for --NAME alone the argument that follows."""
    _, equals, value = argument.partition("=")
    return value if equals else following


def _with_presets(arguments: list[str], table: tuple[Option, ...]) -> list[str]:
    """The arguments, before each preset those of its flags that the command takes.

    Its pictures are before all arguments: whatever names others overrides them.
    """
    options = {option.name: option for option in table}
    result: list[str] = []
    pictures: list[str] = []
    for argument, following in pairwise([*arguments, ""]):
        name = _flag_value(argument, following)
        if name and PRESET.name in options and flag_name(argument) == PRESET.name:
            flags = accepted_flags(name, options).items()
            result += [f"--{flag}={text}" for flag, text in flags if flag not in PICTURES]
            paths = preset_pictures(name).items()
            pictures += [f"--{flag}={path}" for flag, path in paths if flag in options]
        result.append(argument)
    return [*pictures, *result]


def _refuse_undefok(arguments: list[str], values: Values) -> None:
    """absl takes --undefok=NAME everywhere, and then ignores --NAME."""
    if "undefok" in map(flag_name, takewhile(lambda argument: argument != "--", arguments)):
        raise UserError(_unknown("undefok", values))


def _surplus(argument: str, table: tuple[Option, ...]) -> str:
    """What is wrong with an argument that there is no flag for."""
    names = [option.flag for option in table if option.positional]
    beyond = f"nothing beyond {', '.join(names)}" if names else "flags only"
    return f"expected {beyond}, received {argument!r}"


def _refusal(error: Exception, arguments: list[str], values: Values) -> str:
    """What is wrong with the arguments, by the type of absl's error."""
    if isinstance(error, flags.UnrecognizedFlagError):
        return _unknown(error.flagname, values)
    for argument in arguments:
        if _is_negation_with_value(argument, values):
            name, _, value = argument.partition("=")
            return f"{name}: expected no value, received {value!r}"
    return f"--{flag_name(arguments[-1])}: expected a value, received nothing"


def _unknown(name: str, values: Values) -> str:
    hint = nearest(name, [*values, "flagfile", "help"], "--")
    return f"--{name}: expected a flag that --help lists, received an unknown one{hint}"


def _is_negation_with_value(argument: str, values: Values) -> bool:
    """Whether the argument is such as --nodebug=1."""
    name = flag_name(argument)
    negated = name.removeprefix("no")
    return "=" in argument and negated != name and negated in values and values[negated].boolean


def _note_sources(values: Values, command_line: list[str], arguments: list[str]) -> None:
    typed = {flag_name(argument) for argument in command_line}
    positions = {flag_name(argument): place for place, argument in enumerate(arguments)}
    for name in values:
        flag = values[name]
        source = Source.COMMAND_LINE if name in typed else Source.FLAG_FILE
        flag.source = source if flag.present else Source.DEFAULT
        flag.position = positions.get(name, -1)


def _check(option: Option, value: object) -> None:
    if option.required and not value:
        raise UserError(f"{option.flag}: expected {option.type.expected}, received nothing")
    option.convert(value)
