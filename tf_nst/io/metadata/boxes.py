"""AVIF and JPEG 2000: boxes (ISO/IEC 14496-12, 15444-1) with the colours and the depth."""

import struct
from typing import BinaryIO, NamedTuple

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts, UnusableError
from tf_nst.io.segments import Part, joined, read_at, size_of

MOST_BOXES = 10000
MOST_HEADER_BYTES = 1 << 26
# Enumerated colour spaces of ISO/IEC 15444-1 and 15444-2.
CMYK, LAB, SRGB, GREY, SYCC = 12, 14, 16, 17, 18


class Box(NamedTuple):
    """A box by its name; `start` and `end` are those of what it holds."""

    name: bytes
    start: int
    end: int


def walk(data: bytes, start: int, end: int) -> list[Box]:
    """The boxes in `data` from `start` to `end`, as far as they are whole."""
    boxes: list[Box] = []
    while start + 8 <= end and len(boxes) < MOST_BOXES:
        length, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if length == 1 and start + 16 <= end:
            length, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        stop = end if length == 0 else start + length
        if stop > end or stop < start + head:
            break
        boxes.append(Box(name, start + head, stop))
        start = stop
    return boxes


def _top(file: BinaryIO, name: bytes) -> tuple[bytes, int] | None:
    """What a box of the file holds, and where that begins."""
    place, size = 0, size_of(file)
    for _ in range(MOST_BOXES):
        if place + 16 > size:
            return None
        length, code = struct.unpack(">I4s", read_at(file, place, 8))
        head = 8
        if length == 1:
            length, head = struct.unpack(">Q", read_at(file, place + 8, 8))[0], 16
        length = length or size - place
        if length < head:
            return None
        if code == name:
            start = place + head
            return read_at(file, start, min(length - head, MOST_HEADER_BYTES, size - start)), start
        place += length
    return None


def read_avif(file: BinaryIO) -> Facts:
    """What an AVIF says of its picture. Its EXIF is hidden: the decoder knows the orientation.

    Raises:
      UnusableError: HDR.
    """
    meta = _top(file, b"meta")
    if meta is None:
        return Facts(file, orientation=0)
    data, start = meta
    children = {box.name: box for box in walk(data, 4, len(data))[::-1]}
    properties = _properties(data, children)
    profile, notes = _avif_colours(data, properties)
    bits = [data[box.start + 2] for box in properties if box.name == b"av1C" and _room(box, 4)]
    deep = 8 if not bits or not bits[0] & 0x40 else 12 if bits[0] & 0x20 else 10
    hidden = data
    if b"iinf" in children:
        box = children[b"iinf"]
        names = data[box.start : box.end].replace(b"Exif", b"exif")
        hidden = data[: box.start] + names + data[box.end :]
    return Facts(_with_hidden(file, start, hidden), profile, 0, bits=deep, notes=notes)


def read_heic(file: BinaryIO) -> Facts:
    """What a HEIC says of its picture, which is declared as an AVIF's is. Raises as `read_avif`."""
    facts, meta = read_avif(file), _top(file, b"meta")
    if meta is None:
        return facts
    data = meta[0]
    children = {box.name: box for box in walk(data, 4, len(data))[::-1]}
    # Of pixi: bits of the first channel (ISO/IEC 23008-12, 6.5.6).
    bits = [data[box.start + 5] for box in _properties(data, children) if _is_pixi(box)]
    return facts._replace(bits=max([8, *bits]))


def _is_pixi(box: Box) -> bool:
    return box.name == b"pixi" and _room(box, 6)


def _with_hidden(file: BinaryIO, start: int, hidden: bytes) -> BinaryIO:
    """The file with other bytes from `start` on, and no EXIF of a sequence (moov)."""
    replaced = {start: hidden}
    sequence = _top(file, b"moov")
    if sequence is not None:
        replaced[sequence[1]] = sequence[0].replace(b"Exif", b"exif")
    parts: list[bytes | Part] = []
    place = 0
    for begin, data in sorted(replaced.items()):
        parts += [Part(place, begin - place), data]
        place = begin + len(data)
    return joined(file, [*parts, Part(place, size_of(file) - place)])


def _room(box: Box, length: int) -> bool:
    return box.end - box.start >= length


def _properties(data: bytes, children: dict[bytes, Box]) -> list[Box]:
    """Those of the primary item: ipma lists the places in ipco of each item's."""
    if not {b"iprp", b"pitm"} <= set(children):
        return []
    parts = {box.name: box for box in walk(data, *children[b"iprp"][1:])}
    if not {b"ipco", b"ipma"} <= set(parts):
        return []
    every = walk(data, *parts[b"ipco"][1:])
    try:
        places = _associations(data, parts[b"ipma"], children[b"pitm"])
    except struct.error:
        return every
    return [every[place - 1] for place in places if 0 < place <= len(every)]


def _associations(data: bytes, box: Box, primary: Box) -> list[int]:
    wide = data[primary.start] > 0
    wanted = struct.unpack_from(">I" if wide else ">H", data, primary.start + 4)[0]
    version, flags = data[box.start], data[box.start + 3]
    count, place = struct.unpack_from(">I", data, box.start + 4)[0], box.start + 8
    for _ in range(min(count, MOST_BOXES)):
        item = struct.unpack_from(">H" if version < 1 else ">I", data, place)[0]
        place += 2 if version < 1 else 4
        number = struct.unpack_from(">B", data, place)[0]
        form, each = (">H", 2) if flags & 1 else (">B", 1)
        mask = 0x7FFF if flags & 1 else 0x7F
        if item == wanted:
            places = range(place + 1, place + 1 + each * number, each)
            return [struct.unpack_from(form, data, at)[0] & mask for at in places]
        place += 1 + each * number
    return []


def _avif_colours(data: bytes, properties: list[Box]) -> declared.Colours:
    """Of colr boxes: an ICC profile goes before code points, whose HDR is refused all the same."""
    profile = None
    colours: declared.Colours = (None, ())
    for box in properties:
        kind = data[box.start : box.start + 4]
        if box.name != b"colr":
            continue
        if kind in (b"prof", b"rICC") and box.end - box.start < MOST_PROFILE_BYTES:
            profile = data[box.start + 4 : box.end]
        elif kind == b"nclx" and _room(box, 11):
            primaries, transfer = struct.unpack_from(">HH", data, box.start + 4)
            # The decoder has widened a video's range.
            colours = declared.by_code_points(primaries, transfer)
    return (profile, ()) if profile else colours


def read_jpeg2000(file: BinaryIO) -> Facts:
    """What a JPEG 2000 file, or a bare codestream, says of its picture.

    Raises:
      UnusableError: L*a*b* colours.
    """
    if read_at(file, 0, 4) == b"\xff\x4f\xff\x51":
        data = read_at(file, 0, 48) if size_of(file) >= 48 else bytes(48)
        return Facts(file, bits=(data[42] & 0x7F) + 1)
    header = _top(file, b"jp2h")
    if header is None:
        return Facts(file)
    data, _ = header
    boxes = walk(data, 0, len(data))
    depths = [data[box.start + 10] for box in boxes if box.name == b"ihdr" and _room(box, 14)]
    depths += [
        max(data[box.start : box.end], key=lambda each: each & 0x7F)
        for box in boxes
        if box.name == b"bpcc" and _room(box, 1)
    ]
    bits = max(((depth & 0x7F) + 1 for depth in depths if depth != 0xFF), default=8)
    profile, notes = _jpeg2000_colours(data, [box for box in boxes if box.name == b"colr"])
    return Facts(file, profile, bits=bits, notes=notes)


def _jpeg2000_colours(data: bytes, boxes: list[Box]) -> declared.Colours:
    """Of the first colr box that can be used, as the standard has it."""
    unknown = None
    for box in boxes:
        method = data[box.start] if _room(box, 3) else 0
        if method in (2, 3) and box.end - box.start < MOST_PROFILE_BYTES:
            return data[box.start + 3 : box.end], ()
        if method == 1 and _room(box, 7):
            space = struct.unpack_from(">I", data, box.start + 3)[0]
            if space == LAB:
                raise UnusableError("holds L*a*b* colours; expected grey, RGB or CMYK")
            if space in (CMYK, SRGB, GREY, SYCC):
                return None, ()
            unknown = unknown or space
    if unknown is None:
        return None, ()
    return None, (f"its colour space {unknown} of JPEG 2000 is not known here: taken as sRGB",)
