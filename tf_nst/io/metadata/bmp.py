"""BMP: the colours of its headers of versions 4 and 5 (BITMAPV4HEADER, BITMAPV5HEADER)."""

import struct
from typing import BinaryIO

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts
from tf_nst.io.segments import read_at, size_of

FILE_HEADER = 14
VERSION_4, VERSION_5 = 108, 124
CALIBRATED, LINKED, EMBEDDED = 0, 0x4C494E4B, 0x4D424544


def read_bmp(file: BinaryIO) -> Facts:
    """What a BMP says of its picture.

    Raises:
      ValueError: damage.
    """
    length = struct.unpack("<I", read_at(file, FILE_HEADER, 4))[0]
    if length not in (VERSION_4, VERSION_5):
        return Facts(file)
    header = read_at(file, FILE_HEADER, length)
    profile, notes = _colours(file, header)
    return Facts(file, profile, notes=notes)


def _colours(file: BinaryIO, header: bytes) -> declared.Colours:
    kind = struct.unpack_from("<I", header, 56)[0]
    if kind == CALIBRATED:
        return _calibrated(header)
    if kind == LINKED:
        return None, (declared.ignored("is another file"),)
    if kind != EMBEDDED or len(header) < VERSION_5:
        return None, ()
    start, length = struct.unpack_from("<II", header, 112)
    start += FILE_HEADER
    if length > MOST_PROFILE_BYTES or start + length > size_of(file):
        return None, (declared.ignored("is damaged"),)
    return read_at(file, start, length), ()


def _calibrated(header: bytes) -> declared.Colours:
    """X, Y, Z of red, green and blue, and the exponents of each. Zeros: not filled in."""
    ends = [number / 2**30 for number in struct.unpack_from("<9i", header, 60)]
    exponents = [number / 65536 for number in struct.unpack_from("<3I", header, 96)]
    if not any(ends) or not all(exponents):
        return None, ()
    points = [ends[place : place + 3] for place in (0, 3, 6)]
    points.append([sum(axis) for axis in zip(*points, strict=True)])
    if any(sum(point) <= 0 for point in points):
        return None, ("its end points cannot be used: ignored, the colours are taken as sRGB",)
    chromaticities = [value / sum(point) for point in points for value in point[:2]]
    return declared.by_numbers(tuple(chromaticities), sum(exponents) / 3, "its header")
