"""stdin and stdout in the place of files: `-`, --json and --quiet."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from tf_nst.cli.parsing import ParsedFlag, Values
from tf_nst.cli.terminal import Lossy
from tf_nst.errors import RunError, UserError

if TYPE_CHECKING:
    from tf_nst.io.replacing import Data
    from tf_nst.io.rescue import FilesOf

STREAM = "-"
# The name by which the picture on stdout is encoded, and rescued.
STDOUT_PICTURE = Path("stdout.png")
# What goes with a file alone, and what it is on stdout.
_WITHOUT_FILE = {
    "json": False,
    "resume": False,
    "preview_every": 0,
    "checkpoint_seconds": 0.0,
    "sidecars": "none",
}


def check_streams(values: Values) -> None:
    """Refuses what stdin and stdout cannot be; without a file there is nothing beside it.

    Raises:
      UserError: two pictures on stdin, a terminal, a flag without effect on stdout, or --quiet with
        --verbose.
    """
    if values.quiet and values.verbose:
        raise UserError("--quiet and --verbose: expected one of them, received both")
    check_stdin(values)
    if values.output == STREAM:
        check_stdout()
        _without_file(values)
    elif values.json:
        check_stdout("json")


def check_stdin(values: Values) -> None:
    """Raises UserError where stdin would be two pictures, or is a terminal."""
    flags = [f"--{name}" for name in values if name != "output" and _names_stdin(values[name])]
    if len(flags) > 1:
        raise UserError(f"{' and '.join(flags)}: expected - for one of them, received it for both")
    if flags and os.isatty(0):
        raise UserError(
            f"{flags[0]}: expected a picture on stdin, such as in `tf-nst - PAINTING < PHOTOGRAPH`,"
            " received - and a terminal"
        )


def check_stdout(flag: str = "output") -> None:
    """Raises UserError where stdout is closed, or a picture would be written onto a terminal."""
    if sys.stdout is None or getattr(sys.stdout, "lost", False):
        raise UserError(
            f"--{flag}: expected stdout to be a pipe or a file, received one that is closed"
        )
    if flag == "output" and os.isatty(1):
        raise UserError(
            "--output: expected stdout to be a pipe or a file, such as in `-o - > out.png`, "
            "received - and a terminal"
        )


def _names_stdin(flag: ParsedFlag) -> bool:
    text = flag.value if isinstance(flag.value, str) else ""
    return any(part.partition(":")[0].strip() == STREAM for part in text.split(","))


def _without_file(values: Values) -> None:
    for name, value in _WITHOUT_FILE.items():
        flag = values[name]
        if flag.value != value and flag.present and flag.source >= values["output"].source:
            raise UserError(
                f"--{name} and --output: --{name} has no effect on stdout, expected a file or no "
                "such flag, received -"
            )
        flag.value = value


@contextlib.contextmanager
def lines(output: str, *, quiet: bool = False, json: bool = False) -> Iterator[None]:
    """While inside, print writes to stderr where stdout is not for lines; nowhere if quiet."""
    stream = sys.stderr if json or output == STREAM else sys.stdout
    with contextlib.redirect_stdout(Lossy(None) if quiet else stream):
        yield


def picture_path(output: str) -> Path:
    """The path of --output; of stdout a name for its format."""
    return STDOUT_PICTURE if output == STREAM else Path(output)


def output_name(output: str) -> str:
    """Where --output is, as lines say it."""
    return "on stdout" if output == STREAM else output


def write_picture(
    output: str, files_of: "FilesOf", check: Callable[[], None] = lambda: None
) -> None:
    """Writes the files of --output, on stdout the picture alone.

    Args:
      files_of: see tf_nst/io/rescue.py.
      check: raises where files of --output that are there now are to stay.

    Raises:
      RunError: they cannot be written; the message says where the picture is.
    """
    from tf_nst.io.rescue import rescue, write_or_rescue

    if output != STREAM:
        write_or_rescue(output, files_of, check)
        return
    try:
        write_stdout(files_of(STDOUT_PICTURE)[STDOUT_PICTURE])
    except RunError as error:
        place = rescue(STDOUT_PICTURE, lambda path: {path: files_of(path)[path]})
        raise RunError(f"{error}; the picture is {place}" if place else str(error)) from error


def write_stdout(data: "Data | None") -> None:
    """Writes bytes, or what a callable writes to an open file, to descriptor 1; nothing of None.

    Raises:
      RunError: an OSError, such as a pipe that nobody reads.
    """
    try:
        with os.fdopen(os.dup(1), "wb") as file:
            if callable(data):
                data(cast(BinaryIO, _Unseekable(file)))
            elif data is not None:
                file.write(data)
    except OSError as error:
        raise RunError(f"stdout cannot be written: {error.strerror or error}") from error


class _Unseekable:
    """A binary file of which encoders see `write` and `flush` alone: a pipe cannot be sought in."""

    def __init__(self, file: BinaryIO) -> None:
        self.write, self.flush = file.write, file.flush
