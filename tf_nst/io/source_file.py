"""A file to read a picture from: opened once, and sought in even where it is a pipe."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from tf_nst.config.value_types import refuse_address
from tf_nst.errors import RunError, UserError
from tf_nst.io.formats import EXPECTED, HEAD_BYTES, OTHERS, format_of

STDIN = "-"
CHUNK = 1 << 20
# That a pipe may bring: a picture of 500 megapixels of 16 bits has 4 GB with alpha. What may be
# no picture at all, for its first bytes do not tell, is cut off sooner.
MOST_PIPE_BYTES, MOST_UNKNOWN_BYTES = 1 << 32, 1 << 26


@contextlib.contextmanager
def open_source(path: str, flag: str) -> Iterator[BinaryIO]:
    """The file at `path`, `-` for stdin, from its start; a pipe is read to its end first.

    Raises:
      UserError: there is none, it is empty, a folder, or cannot be read.
      UnusableError: a pipe that begins like no picture.
      RunError: there is no room for what a pipe brings.
    """
    refuse_address(path, flag, "an image file")
    if path != STDIN and not os.path.exists(path):
        raise UserError(f"{flag}: {path} does not exist; {EXPECTED}")
    if os.path.isdir(path):
        raise UserError(f"{flag}: {path} is a folder; {EXPECTED}")
    with contextlib.ExitStack() as stack:
        try:
            opened = open(0, "rb", closefd=False) if path == STDIN else open(path, "rb")
            file: BinaryIO = stack.enter_context(opened)
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                file = stack.enter_context(_kept(file, path, flag))
            empty = not file.read(1)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UserError(f"{flag}: {path} cannot be read ({reason}); {EXPECTED}") from error
        if empty:
            raise UserError(f"{flag}: {path} is empty; {EXPECTED}")
        file.seek(0)
        yield file


def _kept(pipe: BinaryIO, path: str, flag: str) -> BinaryIO:
    """All that comes out of a pipe, in a temporary file."""
    head = pipe.read(HEAD_BYTES)
    known = not head or format_of(head) is not OTHERS
    most = MOST_PIPE_BYTES if known else MOST_UNKNOWN_BYTES
    file = tempfile.TemporaryFile()
    try:
        file.write(head)
        while file.tell() <= most and (data := pipe.read(CHUNK)):
            file.write(data)
        size = file.tell()
        file.seek(0)
    except OSError as error:
        file.close()
        reason = f"cannot be stored in {tempfile.gettempdir()} ({error.strerror or error})"
        raise RunError(f"{flag}: the input from {path} {reason}") from error
    if size > most:
        file.close()
        raise UserError(f"{flag}: {path} contains more than {most >> 20} MB; {EXPECTED}")
    return file
