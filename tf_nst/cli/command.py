"""What every command does around its work: flags, exit codes, one line for a failure."""

import difflib
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import pairwise

from absl import flags

from tf_nst.cli.flags import Flag, define, help_text
from tf_nst.cli.quiet import quiet
from tf_nst.errors import NstError, RunError, UserError

_HELP = {"--help", "-help", "-h", "--helpshort", "--helpfull"}
_KINDS = {"integer": "a whole number", "float": "a number", "boolean": "true or false"}
OUT_OF_MEMORY = "out of memory: expected a smaller --size, or --precision=bfloat16"


class _Terminated(BaseException):
    """SIGTERM before there is a picture to save."""


def _terminate(signum, frame):
    raise _Terminated


def run_command(
    argv: list[str],
    table: tuple[Flag, ...],
    usage: str,
    work: Callable[[flags.FlagValues], int],
) -> int:
    """Parses `argv` (the program's name first) by `table`, does the work, reports its failure.

    Returns:
      What `work` returns; 0 for --help; 2 for what can be mended in the command, 1 for what failed
      while running, 130 after Ctrl-C and 143 after SIGTERM.
    """
    before = signal.signal(signal.SIGTERM, _terminate)
    debug = False
    try:
        if _HELP.intersection(argv[1:]):
            print(help_text(table, usage), flush=True)
            return 0
        values = _parse(argv, table)
        debug = values.debug
        with quiet(debug):
            return work(values)
    except _Terminated:
        return _fail("stopped before there was a picture", 143, debug)
    except KeyboardInterrupt:
        return _fail("stopped before there was a picture", 130, debug)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return RunError.exit_code
    except NstError as error:
        return _fail(str(error), error.exit_code, debug)
    except MemoryError:
        return _fail(OUT_OF_MEMORY, RunError.exit_code, debug)
    except Exception as error:
        return _fail(_unexpected(error), RunError.exit_code, debug)
    finally:
        signal.signal(signal.SIGTERM, before)


def _unexpected(error: Exception) -> str:
    if type(error).__name__ == "ResourceExhaustedError":
        return OUT_OF_MEMORY
    first = (str(error).splitlines() or ["no message"])[0]
    return f"unexpected {type(error).__name__}: {first} (--debug shows where)"


def _fail(line: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"tf_nst: {' '.join(line.split())}", file=sys.stderr, flush=True)
    return code


def _parse(argv: list[str], table: tuple[Flag, ...]) -> flags.FlagValues:
    """A FlagValues of its own, so that flags of other libraries are neither known nor shown.

    `present` of a flag is 1 where only a flag file gave it, 2 where the command line itself did;
    `place` is where it stands last among all that were read, -1 where it does not. `flagfile` is
    the list of the flag files on the command line.
    """
    values = flags.FlagValues()
    define(table, values)
    flags.DEFINE_multi_string("flagfile", [], "", flag_values=values)
    try:
        expanded = _expanded(argv[1:], values)
        surplus = values([argv[0], *expanded])[1:]
    except (flags.Error, ValueError) as error:
        raise UserError(_refusal(error, table)) from error
    if surplus:
        raise UserError(f"expected flags such as --content=FILE only, received {surplus[0]!r}")
    line, places = _named(argv[1:]), _named(expanded)
    for name in values:
        values[name].place = places.get(name, -1)
        if values[name].present:
            values[name].present = 2 if name in line else 1
    values.flagfile = _flag_files(argv[1:])
    return values


def _named(arguments: list[str]) -> dict[str, int]:
    """Where each flag stands last."""
    found = ((re.match(r"--?(\w+)", part), place) for place, part in enumerate(arguments))
    return {match[1]: place for match, place in found if match}


def _flag_files(arguments: list[str]) -> list[str]:
    """Paths from `--flagfile=PATH` and `--flagfile PATH`, in their order."""
    paths = []
    for part, following in pairwise([*arguments, ""]):
        name, equals, value = part.partition("=")
        if name in ("--flagfile", "-flagfile"):
            paths.append(os.path.expanduser(value.strip() if equals else following))
    return paths


def _expanded(arguments: list[str], values: flags.FlagValues) -> list[str]:
    """The flags of flag files in their place; the byte-order mark that Windows writes goes."""
    mark = "\ufeff"
    parts = values.read_flags_from_files(arguments)
    return [part.removeprefix(mark) for part in parts if not part.startswith(mark + "#")]


def _refusal(error: Exception, table: tuple[Flag, ...]) -> str:
    """What is wrong with the flags, from what absl raised."""
    if isinstance(error, flags.UnrecognizedFlagError):
        return _unknown(error.flagname, table)
    if isinstance(error, flags.CantOpenFlagFileError):
        cause = error.__context__
        return f"--flagfile: expected a file of flags, received {cause.filename} ({cause.strerror})"
    if isinstance(error, UnicodeDecodeError):
        return "--flagfile: expected a text file of flags, received one that is not text"
    if match := re.match(r"Missing value for flag -+(\w+)|--(\w+) with no argument", str(error)):
        return f"--{match[1] or match[2]}: expected a value, received nothing"
    if match := re.match(r"(-+no\w+)=(.*) does not take an argument", str(error), re.DOTALL):
        return f"{match[1]}: expected no value, received {match[2]!r}"
    return _illegal(str(error), table)


def _unknown(name: str, table: tuple[Flag, ...]) -> str:
    known = [flag.name for flag in table] + ["flagfile", "help"]
    nearest = difflib.get_close_matches(name, known, n=3)
    hint = f"; nearest: {', '.join('--' + other for other in nearest)}" if nearest else ""
    return f"--{name}: expected a flag that --help lists, received an unknown one{hint}"


def _illegal(message: str, table: tuple[Flag, ...]) -> str:
    match = re.match(r"flag --(\w+)=(.*?): ", message, re.DOTALL)
    kind = next((_KINDS.get(flag.kind) for flag in table if match and flag.name == match[1]), None)
    if kind is None:
        return message
    return f"--{match[1]}: expected {kind}, received {match[2]!r}"
