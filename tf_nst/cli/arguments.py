"""A command's arguments in the form in which its flags are declared."""

import re
from collections.abc import Iterable, Iterator

from tf_nst.config.options import Option
from tf_nst.config.paths import Paths
from tf_nst.errors import UserError

SHORT = {"o": "output"}


def declared(arguments: Iterable[str], table: tuple[Option, ...]) -> list[str]:
    """A command line as `--name=value` for each flag, paths that stand alone among them.

    A path that there is no flag for follows after `--`.

    Raises:
      UserError: the last flag lacks its value.
    """
    flags, paths = _flags_and_paths(arguments, table)
    return [*flags, *_named(paths, flags, table)]


def standing_alone(arguments: Iterable[str], table: tuple[Option, ...]) -> list[str]:
    """The paths of a command line that no flag names."""
    return _flags_and_paths(arguments, table)[1]


def _flags_and_paths(
    arguments: Iterable[str], table: tuple[Option, ...]
) -> tuple[list[str], list[str]]:
    booleans = {option.name for option in table if isinstance(option.default, bool)}
    takes_value = {option.name for option in table} - booleans | {"flagfile"}
    flags: list[str] = []
    paths: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            paths += rest
        elif argument == "-" or not argument.startswith("-"):
            paths.append(argument)
        else:
            flag = with_declared_name(argument, table)
            apart = flag.lstrip("-") in takes_value
            flags.append(f"{flag}={_next(rest, flag)}" if apart else flag)
    return flags, paths


def with_declared_name(argument: str, table: tuple[Option, ...]) -> str:
    """`--style_size=48` of `--style-size=48`, `--output=a.png` of `-o=a.png`; unknown ones stay."""
    match = re.fullmatch(r"(--?)([^=]+)(=.*)?", argument, re.DOTALL)
    if not match:
        return argument
    name = SHORT.get(match[2], match[2]).replace("-", "_")
    booleans = {f"no{option.name}" for option in table if isinstance(option.default, bool)}
    if name.startswith("no_"):
        name = name.replace("no_", "no", 1)
    known = {option.name for option in table} | booleans
    return f"--{name}{match[3] or ''}" if name in known else argument


def flag_name(argument: str) -> str:
    """The name in --NAME, -NAME or --NAME=VALUE; empty for an argument that is no flag."""
    name = argument.partition("=")[0]
    return name.removeprefix("-").removeprefix("-") if name.startswith("-") else ""


def _next(rest: Iterator[str], flag: str) -> str:
    for argument in rest:
        return argument
    raise UserError(f"{flag}: expected a value, received nothing")


def _named(paths: list[str], flags: list[str], table: tuple[Option, ...]) -> list[str]:
    """The flags of paths that stand alone, but for those flags that are given by name.

    A flag that takes a list takes all that are left.
    """
    by_name = {flag.partition("=")[0].lstrip("-") for flag in flags}
    named, left = [], list(paths)
    for option in table:
        if left and option.positional and option.name not in by_name:
            count = len(left) if isinstance(option.type, Paths) else 1
            named.append(f"{option.flag}={_listed(left[:count])}")
            del left[:count]
    return [*named, *(["--", *left] if left else [])]


def _listed(paths: list[str]) -> str:
    """Paths separated by commas; of several, commas that are part of a name have a backslash."""
    if len(paths) == 1:
        return paths[0]
    return ",".join(re.sub(r"([\\,])", r"\\\1", path) for path in paths)
