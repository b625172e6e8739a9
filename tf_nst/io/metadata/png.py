"""PNG (third edition, 2025): its chunks, without those that no pixel depends on."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.exif import read_exif
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts
from tf_nst.io.segments import Part, check_parts, joined, read_at, size_of

# Chunks that the decoder needs, and those that are read here.
DECODED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
READ = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"eXIf", b"acTL", b"tRNS")
MOST_CHUNK_BYTES = 1 << 26

Chunks = dict[bytes, bytes]


def read_png(file: BinaryIO) -> Facts:
    """What a PNG says of its picture.

    Raises:
      UnusableError: colours that cannot be converted.
      ValueError: damage.
    """
    header, chunks = read_at(file, 0, 33), {}
    parts: list[bytes | Part] = [read_at(file, 0, 8)]
    for name, part in _walk(file):
        if name in DECODED:
            parts.append(part)
        if name in READ and name not in chunks and part.length <= MOST_CHUNK_BYTES:
            chunks[name] = read_at(file, part.start + 8, part.length - 12)
    data = chunks.get(b"eXIf", b"")
    exif = read_exif(data)
    profile, notes = _colours(chunks, exif.colours)
    frames = struct.unpack_from(">I", chunks.get(b"acTL", bytes(7) + b"\1").ljust(4, b"\0"))[0]
    frames = max(1, frames) if b"acTL" in chunks else 1
    return Facts(joined(file, parts), profile, exif.orientation, frames, header[24], notes, data)


def _walk(file: BinaryIO) -> Iterator[tuple[bytes, Part]]:
    """(name, the part with length, name, body and checksum) of each chunk.

    Raises:
      UnusableError: as `check_parts`.
    """
    place, size, count = 8, size_of(file), 0
    while place + 12 <= size:
        count += 1
        check_parts(count, place)
        length, name = struct.unpack(">I4s", read_at(file, place, 8))
        yield name, Part(place, min(length + 12, size - place))
        place += length + 12
        if name == b"IEND":
            break


def _colours(chunks: Chunks, exif: str | None) -> declared.Colours:
    """By the precedence of section 4.3: cICP, iCCP, sRGB, gAMA with cHRM; then EXIF."""
    if b"cICP" in chunks and len(chunks[b"cICP"]) == 4:
        primaries, transfer, _, full_range = chunks[b"cICP"]
        return declared.by_code_points(primaries, transfer, full_range=bool(full_range))
    if b"iCCP" in chunks:
        return _embedded(chunks[b"iCCP"])
    if b"sRGB" in chunks:
        return None, ()
    if b"gAMA" in chunks or b"cHRM" in chunks:
        return _calibrated(chunks)
    return declared.by_exif(exif)


def _embedded(body: bytes) -> declared.Colours:
    _, _, data = body.partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(data[1:], MOST_PROFILE_BYTES)
    except zlib.error:
        return None, (declared.ignored("is damaged"),)
    if unpacker.unconsumed_tail:
        return None, (declared.ignored(f"is longer than {MOST_PROFILE_BYTES >> 20} MB"),)
    return profile, ()


def _calibrated(chunks: Chunks) -> declared.Colours:
    """gAMA is a number in 100,000ths, cHRM eight of them: white, red, green, blue, x and y each."""
    gamma, chromaticities = None, None
    if len(chunks.get(b"gAMA", b"")) == 4:
        gamma = struct.unpack(">I", chunks[b"gAMA"])[0] / 100000
    if len(chunks.get(b"cHRM", b"")) == 32:
        numbers = [number / 100000 for number in struct.unpack(">8I", chunks[b"cHRM"])]
        chromaticities = (*numbers[2:], *numbers[:2])
    return declared.by_numbers(chromaticities, 1 / gamma if gamma else None, "its gAMA and cHRM")


def transparent_colour(file: BinaryIO) -> tuple[int, ...] | None:
    """The codes of tRNS, one for grey and three for colours; None without it.

    Args:
      file: a PNG that holds no palette.
    """
    for name, part in _walk(file):
        if name == b"tRNS" and part.length in (14, 18):
            body = read_at(file, part.start + 8, part.length - 12)
            return struct.unpack(f">{len(body) // 2}H", body)
    return None
