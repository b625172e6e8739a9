"""Lines for a person: a run survives a closed stdout, and any encoding of it."""

import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tf_nst.errors import RunError

# What messages are written with, for encodings that lack it.
_PLAIN = str.maketrans({"×": "x", "…": "...", "–": "-", "α": "alpha", "β": "beta"})
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")


class Lossy(io.TextIOBase):
    """A text stream that loses what cannot be written: its reader is gone, its disk is full.

    Characters that the encoding lacks are written in ASCII. None is lost from the start.

    Attributes:
      lost: whether nothing more is written.
      failure: why, where it is so from some line on.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream, self.lost = stream, stream is None
        self.failure: Exception | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override] # in its types io has an attribute
        """The stream's encoding."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        """Writes what can be written; the number of characters of `text`."""
        self._attempt(lambda stream: stream.write(encodable(text, self.encoding)))
        return len(text)

    def flush(self) -> None:
        """Flushes what is not lost."""
        self._attempt(lambda stream: stream.flush())

    def fileno(self) -> int:
        """The stream's descriptor."""
        return super().fileno() if self._stream is None else self._stream.fileno()

    def isatty(self) -> bool:
        """Whether lines reach a terminal."""
        return self._stream is not None and not self.lost and self._stream.isatty()

    def _attempt(self, action: Callable[[TextIO], object]) -> None:
        if self.lost or self._stream is None:
            return
        try:
            action(self._stream)
        except BlockingIOError:
            pass  # a slow reader of a pipe that does not wait: this line only
        except (OSError, ValueError) as error:
            self.lost, self.failure = True, error
            _drop_rest(self._stream)


def _drop_rest(stream: TextIO) -> None:
    """Leads the descriptor nowhere, so that what is left in buffers does not fail at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass


def encodable(text: str, encoding: str) -> str:
    """`text` if the encoding has all of it; else in ASCII what it lacks: `x` for `×`, `\\xe9`."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        plain = text.translate(_PLAIN)
        return plain.encode(encoding, "backslashreplace").decode(encoding)


def printable(text: str) -> str:
    """`text` with line breaks, control characters and undecodable bytes escaped, such as `\\n`."""
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if unicodedata.category(character) not in _CONTROLS:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is not in the file system's encoding
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def say(line: str) -> None:
    """Prints one line at once, whatever the names in it hold."""
    print(printable(line), flush=True)


def answer(text: str, end: str = "\n") -> None:
    """Prints what the command is asked for, of which nothing may be lost.

    Raises:
      RunError: it cannot be written. A reader that has read enough is no failure.
    """
    print(text, end=end, flush=True)
    failure = getattr(sys.stdout, "failure", None)
    if failure and not isinstance(failure, BrokenPipeError):
        reason = getattr(failure, "strerror", None) or failure
        raise RunError(f"stdout cannot be written: {reason}") from failure


@contextmanager
def lossy_output() -> Iterator[None]:
    """While inside, sys.stdout and sys.stderr are lossy, and descriptors 0 to 2 are open."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(Lossy, before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout, sys.stderr = before
