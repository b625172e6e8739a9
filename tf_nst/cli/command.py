"""What every command does around its work: flags, exit codes, one line for a failure."""

import difflib
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable

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
    if _HELP.intersection(argv[1:]):
        print(help_text(table, usage))
        return 0
    signal.signal(signal.SIGTERM, _terminate)
    debug = False
    try:
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
    """A FlagValues of its own, so that flags of other libraries are neither known nor shown."""
    values = flags.FlagValues()
    define(table, values)
    try:
        surplus = values(argv)[1:]
    except flags.UnrecognizedFlagError as error:
        raise UserError(_unknown(error.flagname, table)) from error
    except flags.IllegalFlagValueError as error:
        raise UserError(_illegal(str(error), table)) from error
    except flags.Error as error:
        raise UserError(str(error).removeprefix("ERROR:: ")) from error
    if surplus:
        raise UserError(f"expected flags such as --content=FILE only, received {surplus[0]!r}")
    return values


def _unknown(name: str, table: tuple[Flag, ...]) -> str:
    nearest = difflib.get_close_matches(name, [flag.name for flag in table], n=3)
    hint = f"; nearest: {', '.join('--' + other for other in nearest)}" if nearest else ""
    return f"--{name}: expected a flag that --help lists, received an unknown one{hint}"


def _illegal(message: str, table: tuple[Flag, ...]) -> str:
    match = re.match(r"flag --(\w+)=(.*?): ", message, re.DOTALL)
    kind = next((_KINDS.get(flag.kind) for flag in table if match and flag.name == match[1]), None)
    if kind is None:
        return message
    return f"--{match[1]}: expected {kind}, received {match[2]!r}"
