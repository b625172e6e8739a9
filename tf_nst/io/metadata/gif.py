"""GIF (89a): its blocks up to the end of the first picture."""

from typing import BinaryIO

from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts
from tf_nst.io.segments import Part, check_parts, joined, read_at, size_of

EXTENSION, PICTURE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
# ICC.1:2022, annex B.5.
PROFILE_NAME = b"\x0bICCRGBG1012"


def read_gif(file: BinaryIO) -> Facts:
    """What a GIF says of its picture.

    Raises:
      ValueError: damage.
    """
    head = read_at(file, 0, 13)
    place = 13 + _table_bytes(head[10])
    parts, frames, profile, size, count = [Part(0, place)], 0, None, size_of(file), 0
    while place < size:
        count += 1
        check_parts(count, place)
        kind = read_at(file, place, 1)[0]
        if kind not in (EXTENSION, PICTURE):
            break
        if kind == PICTURE and place + 11 > size:
            break
        label = read_at(file, place + 1, 1)[0] if kind == EXTENSION else None
        start = place + (2 if kind == EXTENSION else 11 + _table_bytes(_flags(file, place)))
        end = _after_blocks(file, start, size)
        if not frames and label in (None, GRAPHIC_CONTROL):
            parts.append(Part(place, end - place))
        if label == APPLICATION and profile is None:
            profile = _profile(file, start, end)
        frames, place = frames + (kind == PICTURE), end
    return Facts(joined(file, [*parts, bytes([TRAILER])]), profile, frames=max(1, frames))


def _flags(file: BinaryIO, place: int) -> int:
    return read_at(file, place + 9, 1)[0]


def _table_bytes(flags: int) -> int:
    """Of the colour table that a descriptor's flags announce."""
    return 3 << (flags % 8 + 1) if flags & 0x80 else 0


def _after_blocks(file: BinaryIO, place: int, size: int) -> int:
    """Where blocks of up to 255 bytes, each after its length, are over."""
    start, count = place, 0
    while place < size:
        length = read_at(file, place, 1)[0]
        place, count = place + 1 + length, count + 1
        check_parts(count, place - start)
        if not length:
            break
    return min(place, size)


def _profile(file: BinaryIO, start: int, end: int) -> bytes | None:
    """Of an application's blocks, if they are a profile."""
    if end - start > MOST_PROFILE_BYTES:
        return None
    data = read_at(file, start, end - start)
    if not data.startswith(PROFILE_NAME):
        return None
    place, pieces = len(PROFILE_NAME), []
    while place < len(data) and data[place]:
        pieces.append(data[place + 1 : place + 1 + data[place]])
        place += 1 + data[place]
    return b"".join(pieces)
