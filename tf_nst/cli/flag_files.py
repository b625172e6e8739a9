"""Flag files on the command line and in flag files."""

import os
from collections.abc import Sequence

from tf_nst.config.value_types import expanded_path
from tf_nst.errors import UserError
from tf_nst.io.flag_lines import read_flag_file


def with_flag_files(
    arguments: Sequence[str], takes_value: frozenset[str], including: tuple[str, ...] = ()
) -> list[str]:
    """The arguments with those of flag files in the place of --flagfile=FILE.

    Args:
      arguments: of a command, or the lines of the last file of `including`.
      takes_value: names of flags whose value may be the argument that follows.
      including: the flag files that led here.

    Raises:
      UserError: a file that cannot be read, files that include each other in a circle, or
        --flagfile without a file.
    """
    result: list[str] = []
    rest = list(reversed(arguments))
    while rest:
        argument = rest.pop()
        name, equals, value = argument.partition("=")
        if argument == "--":
            return [*result, argument, *reversed(rest)]
        if name in ("--flagfile", "-flagfile"):
            path = expanded_path(value if equals else _next(rest, including))
            lines = _lines_of(path, including)
            result += with_flag_files(lines, takes_value, (*including, path))
            continue
        result.append(argument)
        apart = not equals and name.lstrip("-") in takes_value and name.startswith("-")
        if apart and rest and not rest[-1].startswith("-"):
            result.append(rest.pop())
    return result


def _next(rest: list[str], including: tuple[str, ...]) -> str:
    if rest:
        return rest.pop()
    if including:
        raise UserError(
            "--flagfile: expected --flagfile=FILE in a flag file, received --flagfile alone"
        )
    raise UserError("--flagfile: expected a value, received nothing")


def _lines_of(path: str, including: tuple[str, ...]) -> list[str]:
    if os.path.realpath(path) in map(os.path.realpath, including):
        circle = " includes ".join((*including, path))
        raise UserError(
            f"--flagfile: expected files that do not include each other, received a cycle: {circle}"
        )
    return read_flag_file(path).arguments
