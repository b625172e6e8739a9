"""What every command does around its work: flags, exit codes, one line for a failure."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import takewhile
from types import FrameType
from typing import NoReturn

from tf_nst.cli.help import flag_help, help_text
from tf_nst.cli.parsing import Values, parse_flags
from tf_nst.cli.quiet import quiet
from tf_nst.cli.stop import heeded
from tf_nst.cli.terminal import answer, lossy_output, printable
from tf_nst.config.options import Option
from tf_nst.errors import NstError, RunError
from tf_nst.version import VERSION

_HELP = {"--help", "-help", "-h", "--helpshort", "--helpfull"}
BEFORE = "stopped before there was a picture"
_HELP_OF_FLAG = "--help="
OUT_OF_MEMORY = "out of memory: expected a smaller --size, or --precision=bfloat16"


class Terminated(BaseException):
    """SIGTERM or SIGHUP, `signum`, before there is a picture to save."""

    def __init__(self, signum: int) -> None:
        self.signum = signum


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise Terminated(signum)


def run_command(
    argv: list[str],
    table: tuple[Option, ...],
    usage: str,
    work: Callable[[Values], int],
) -> int:
    """Parses `argv` (the program's name first) by `table`, does the work, reports its failure.

    Returns:
      What `work` returns; 0 for --help and --version; 2 for what can be mended in the command, 1
      for what failed while running, 130 after Ctrl-C, 143 after SIGTERM and 129 after SIGHUP.
    """
    # The process is the command's own: a backend that is set for other programs changes nothing.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    numbers = [number for number in heeded() if number != signal.SIGINT]
    before = {number: signal.signal(number, _terminate) for number in numbers}
    try:
        with lossy_output():
            return _run(argv, table, usage, work)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    argv: list[str],
    table: tuple[Option, ...],
    usage: str,
    work: Callable[[Values], int],
) -> int:
    debug = False
    try:
        if text := _answer(argv[1:], table, usage):
            answer(text)
            return 0
        values = parse_flags(argv, table)
        debug = values.debug
        with quiet(debug):
            return work(values)
    except (Terminated, KeyboardInterrupt) as error:
        code = 128 + getattr(error, "signum", signal.SIGINT)
        return _fail("; ".join(getattr(error, "__notes__", [BEFORE])), code, debug)
    except NstError as error:
        return _fail(str(error), error.exit_code, debug)
    except Exception as error:
        return _fail(reason(error), RunError.exit_code, debug)


def _answer(arguments: list[str], table: tuple[Option, ...], usage: str) -> str:
    """What --help, --help=FLAG or --version asks for; empty where none of them is there."""
    arguments = list(takewhile(lambda argument: argument != "--", arguments))
    for argument in arguments:
        if argument.startswith(_HELP_OF_FLAG):
            return flag_help(table, argument.removeprefix(_HELP_OF_FLAG))
    if _HELP.intersection(arguments):
        return help_text(table, usage, full="--helpfull" in arguments)
    return f"tf-nst {VERSION}" if "--version" in arguments else ""


def reason(error: Exception) -> str:
    """A failure in one line."""
    if isinstance(error, NstError):
        return str(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return OUT_OF_MEMORY
    if isinstance(error, ImportError) and "failed to map segment" in str(error):
        return f"out of memory: {error.name or 'a library'} cannot be loaded; expected more memory"
    first = (str(error).splitlines() or ["no message"])[0]
    return f"unexpected {type(error).__name__}: {first} (--debug shows where)"


def _fail(line: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"tf_nst: {printable(line)}", file=sys.stderr, flush=True)
    return code
