"""The few facts of EXIF that decide a picture, read without its other tags.

A TIFF directory declares where each of its values lies and how long it is. Only values of a few
bytes are read here, so that no file makes a reader copy one part of it a thousand times.
"""

import struct
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

ORIENTATION, EXIF_DIRECTORY = 0x0112, 0x8769
COLOUR_SPACE, INTEROPERABILITY_DIRECTORY, INTEROPERABILITY_INDEX = 0xA001, 0xA005, 0x0001
SRGB, ADOBE_RGB, UNCALIBRATED = 1, 2, 0xFFFF
MOST_ENTRIES = 1000


class Exif(NamedTuple):
    """Orientation 1..8, and the colours that are declared: "srgb", "adobe", "unknown" or None."""

    orientation: int = 1
    colours: str | None = None


# start, length -> so many bytes, or fewer at the end.
Read = Callable[[int, int], bytes]


def read_exif(data: bytes) -> Exif:
    """Of an EXIF block, with or without `Exif\\0\\0` before it; what is broken is left out."""
    data = data.removeprefix(b"Exif\0\0")
    return _read(lambda start, length: data[start : start + length])


def read_exif_of_tiff(file: BinaryIO) -> Exif:
    """Of a TIFF, whose first directory is EXIF's too."""

    def read(start: int, length: int) -> bytes:
        file.seek(start)
        return file.read(length)

    return _read(read)


def _read(read: Read) -> Exif:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(read(0, 4))
    if order is None:
        return Exif()
    main = _directory(read, order, _number(read, order + "I", 4))
    details = _directory(read, order, main.get(EXIF_DIRECTORY))
    turned = main.get(ORIENTATION, 1)
    return Exif(turned if 1 <= turned <= 8 else 1, _colours(read, order, details))


def _colours(read: Read, order: str, details: dict[int, int]) -> str | None:
    """Adobe RGB by the design rule for camera files 2.0: uncalibrated, with R03 for its index."""
    space = details.get(COLOUR_SPACE)
    if space == UNCALIBRATED:
        start = details.get(INTEROPERABILITY_DIRECTORY)
        index = _directory(read, order, start).get(INTEROPERABILITY_INDEX, 0)
        return "adobe" if struct.pack(order + "I", index)[:3] == b"R03" else "unknown"
    return {SRGB: "srgb", ADOBE_RGB: "adobe"}.get(space or 0)


def _directory(read: Read, order: str, start: int | None) -> dict[int, int]:
    """{tag: its value} of the single numbers, and of texts of up to four bytes, in a directory."""
    if start is None:
        return {}
    count = min(_number(read, order + "H", start) or 0, MOST_ENTRIES)
    entries = read(start + 2, 12 * count)
    values = {}
    for tag, kind, length, value in struct.iter_unpack(
        order + "HHI4s", entries[: len(entries) // 12 * 12]
    ):
        if kind == 3 and length == 1:
            values[tag] = struct.unpack(order + "H", value[:2])[0]
        elif (kind in (4, 13) and length == 1) or (kind in (2, 7) and length <= 4):
            values[tag] = struct.unpack(order + "I", value)[0]
    return values


def _number(read: Read, form: str, start: int) -> int | None:
    data = read(start, struct.calcsize(form))
    return struct.unpack(form, data)[0] if len(data) == struct.calcsize(form) else None
