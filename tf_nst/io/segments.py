"""A file without some of its parts, or with others in their place, as one that can be read."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tf_nst.io.metadata.facts import UnusableError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

# PNG's programs write parts of some kilobytes, GIF's of 256 bytes.
MOST_PARTS, LEAST_BYTES = 100_000, 200


class Part(NamedTuple):
    """`length` bytes of the file from `start` on."""

    start: int
    length: int


class _Segments(io.RawIOBase):
    def __init__(self, file: BinaryIO, parts: Sequence[bytes | Part]) -> None:
        self._file, self._place = file, 0
        self._parts = [part for part in parts if _length(part)]
        self._ends = list(accumulate(map(_length, self._parts)))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        size = self._ends[-1] if self._ends else 0
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: size}[whence]
        self._place = max(0, origin + offset)
        return self._place

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        index = bisect_right(self._ends, self._place)
        if index == len(self._parts):
            return 0
        part = self._parts[index]
        skipped = self._place - (self._ends[index] - _length(part))
        wanted = min(len(view), _length(part) - skipped)
        data = self._bytes(part, skipped, wanted)
        view[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _bytes(self, part: bytes | Part, skipped: int, wanted: int) -> bytes:
        if isinstance(part, bytes):
            return part[skipped : skipped + wanted]
        self._file.seek(part.start + skipped)
        return self._file.read(wanted)


def _length(part: bytes | Part) -> int:
    return len(part) if isinstance(part, bytes) else part.length


def check_parts(count: int, length: int) -> None:
    """Refuses a file in so many and small parts that no camera or program writes.

    Args:
      count: parts of the file so far.
      length: their bytes.

    Raises:
      UnusableError: more than MOST_PARTS of less than LEAST_BYTES on average.
    """
    if count > MOST_PARTS + length // LEAST_BYTES:
        raise UnusableError(
            f"is in more than {MOST_PARTS} parts of less than {LEAST_BYTES} bytes on average; "
            "expected a file with fewer parts"
        )


def joined(file: BinaryIO, parts: Sequence[bytes | Part]) -> BinaryIO:
    """A file of bytes and parts of `file`, one after the other; nothing is copied."""
    return io.BufferedReader(_Segments(file, parts), 1 << 16)


def read_at(file: BinaryIO, start: int, length: int) -> bytes:
    """`length` bytes from `start` on.

    Raises:
      ValueError: the file ends before.
    """
    file.seek(start)
    data = file.read(length)
    if len(data) < length:
        raise ValueError("the file ends early")
    return data


def size_of(file: BinaryIO) -> int:
    """Bytes of a file that can be sought in."""
    return file.seek(0, io.SEEK_END)
