"""TIFF (6.0) and BigTIFF: the directory of the picture alone, with the tags that pixels depend on.

A directory declares where each value lies and how long it is; readers copy what they are told of.
"""

import struct
from typing import Any, BinaryIO, NamedTuple

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.exif import ORIENTATION, read_exif_of_tiff
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts, UnusableError
from tf_nst.io.segments import Part, joined, read_at, size_of

SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT = 254, 255, 256, 257
PHOTOMETRIC, SAMPLES, ROWS, TILE_WIDTH, TILE_HEIGHT = 262, 277, 278, 322, 323
DIRECTORIES, PROFILE, WHITE, PRIMARIES, TRANSFER = 330, 34675, 318, 319, 301
DNG_VERSION, COLOUR_FILTER_ARRAY, LINEAR_RAW = 50706, 32803, 34892
OFFSETS_AND_LENGTHS = (273, 279, 324, 325)
# Those, and: sizes, bits, compression and its settings, planes, palette, extra samples, YCbCr.
DECODED = {
    *(WIDTH, HEIGHT, 258, 259, PHOTOMETRIC, 266, *OFFSETS_AND_LENGTHS, SAMPLES, ROWS, 284, 292),
    *(293, 317, 320, TILE_WIDTH, TILE_HEIGHT, 338, 339, 347, *range(512, 522), *range(529, 533)),
}
BYTES_OF_KINDS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
BYTES_OF_KINDS |= {13: 4, 16: 8, 17: 8, 18: 8}
MOST_ENTRIES, MOST_PAGES, MOST_SUBDIRECTORIES = 4096, 10000, 64
# Of a value that is no list of strips or tiles: a palette of 16 bits has 393,216.
MOST_VALUE_BYTES = 1 << 20
RAW = (
    "is a raw photograph of a camera, which is not developed here; expected a JPEG, PNG or TIFF "
    "that a raw developer has exported"
)


class Entry(NamedTuple):
    """A tag's kind, how many values of it there are, and its bytes in the directory."""

    kind: int
    count: int  # type: ignore[assignment] # hides tuple.count
    raw: bytes

    @property
    def length(self) -> int:
        """Bytes of its value."""
        return BYTES_OF_KINDS.get(self.kind, 1) * self.count


class Layout(NamedTuple):
    """Byte order, and the forms of classic or big files: offsets, counts of entries, an entry."""

    order: str
    offset: str
    count: str  # type: ignore[assignment] # hides tuple.count
    entry: str

    @property
    def room(self) -> int:
        """Bytes of a value that stands in the directory itself."""
        return struct.calcsize(self.offset)


Directory = dict[int, Entry]


def read_tiff(file: BinaryIO) -> Facts:
    """What a TIFF says of its picture: the first that is no preview.

    Raises:
      UnusableError: a camera's raw file.
      ValueError: damage.
    """
    head = read_at(file, 0, 16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    forms = ("Q", "Q", "HHQ8s") if big else ("I", "H", "HHI4s")
    layout = Layout(order, *(order + form for form in forms))
    first = struct.unpack_from(layout.offset, head, 8 if big else 4)[0]
    pages = _pages(file, layout, first)
    main = _directory(file, layout, pages[0])
    if DNG_VERSION in main or head[8:10] == b"CR":
        raise UnusableError(RAW)
    chosen = _picture(file, layout, pages)
    _check_lists(file, layout, chosen)
    profile, notes = _colours(file, layout, chosen)
    exif = read_exif_of_tiff(file)
    if profile is None and not notes:
        profile, notes = declared.by_exif(exif.colours)
    view = _view(file, layout, head[: 16 if big else 8], chosen)
    turned = _first(file, layout, chosen, ORIENTATION, exif.orientation)
    return Facts(view, profile, turned if turned in range(1, 9) else 1, len(pages), notes=notes)


def _pages(file: BinaryIO, layout: Layout, start: int) -> list[int]:
    """Where the directories of the chain begin."""
    pages: list[int] = []
    size = size_of(file)
    while 0 < start < size and start not in pages[-1:] and len(pages) < MOST_PAGES:
        pages.append(start)
        try:
            after = start + struct.calcsize(layout.count) + _bytes_of_entries(file, layout, start)
            start = struct.unpack(layout.offset, read_at(file, after, layout.room))[0]
        except ValueError:
            break
    if not pages:
        raise ValueError("a TIFF without a directory")
    return list(dict.fromkeys(pages))


def _bytes_of_entries(file: BinaryIO, layout: Layout, start: int) -> int:
    count = struct.unpack(layout.count, read_at(file, start, struct.calcsize(layout.count)))[0]
    length: int = count * struct.calcsize(layout.entry)
    return length


def _directory(file: BinaryIO, layout: Layout, start: int) -> Directory:
    """{tag: entry}, the first of each tag."""
    head, each = struct.calcsize(layout.count), struct.calcsize(layout.entry)
    length = min(_bytes_of_entries(file, layout, start), MOST_ENTRIES * each)
    entries = struct.iter_unpack(layout.entry, read_at(file, start + head, length))
    directory: Directory = {}
    for tag, *entry in entries:
        directory.setdefault(tag, Entry(*entry))
    return directory


def _picture(file: BinaryIO, layout: Layout, pages: list[int]) -> Directory:
    """The first directory that is no preview; where all are, the first."""
    candidates = [_directory(file, layout, start) for start in pages[:MOST_SUBDIRECTORIES]]
    below = [
        _directory(file, layout, start)
        for directory in candidates
        for start in _numbers(file, layout, directory.get(DIRECTORIES))[:MOST_SUBDIRECTORIES]
    ]
    for directory in (*candidates, *below):
        if _first(file, layout, directory, PHOTOMETRIC) in (COLOUR_FILTER_ARRAY, LINEAR_RAW):
            raise UnusableError(RAW)
    for directory in (*candidates, *below):
        reduced = _first(file, layout, directory, SUBFILE) & 1
        old = _first(file, layout, directory, OLD_SUBFILE)
        if not reduced and old != 2 and WIDTH in directory:
            return directory
    return candidates[0]


def _value(file: BinaryIO, layout: Layout, entry: Entry, most: int) -> bytes:
    if entry.length > most:
        raise ValueError("a value in its directory is too long")
    if entry.length <= layout.room:
        return entry.raw[: entry.length]
    return read_at(file, struct.unpack(layout.offset, entry.raw)[0], entry.length)


def _numbers(file: BinaryIO, layout: Layout, entry: Entry | None) -> tuple[Any, ...]:
    """Whole numbers, or the quotients of rational ones; none of another kind."""
    forms = {1: "B", 3: "H", 4: "I", 5: "I", 13: "I", 16: "Q", 18: "Q"}
    if entry is None or entry.kind not in forms:
        return ()
    data = _value(file, layout, entry, MOST_VALUE_BYTES)
    count = entry.count * (2 if entry.kind == 5 else 1)
    numbers = struct.unpack(f"{layout.order}{count}{forms[entry.kind]}", data)
    if entry.kind != 5:
        return numbers
    return tuple(up / max(down, 1) for up, down in zip(numbers[::2], numbers[1::2], strict=True))


def _first(file: BinaryIO, layout: Layout, directory: Directory, tag: int, default: int = 0) -> int:
    first: int = (*_numbers(file, layout, directory.get(tag)), default)[0]
    return first


def _check_lists(file: BinaryIO, layout: Layout, directory: Directory) -> None:
    """Refuses more strips or tiles than the picture can have, before they are read."""
    width, height, samples, high, wide = (
        _first(file, layout, directory, tag, 1)
        for tag in (WIDTH, HEIGHT, SAMPLES, TILE_HEIGHT, TILE_WIDTH)
    )
    across = -(-width // max(1, wide)) if TILE_WIDTH in directory else 1
    most = across * -(-height // max(1, high)) * max(1, samples)
    for tag in OFFSETS_AND_LENGTHS:
        if tag in directory and directory[tag].count > most:
            raise ValueError("it lists more strips or tiles than its picture has")


def _colours(file: BinaryIO, layout: Layout, directory: Directory) -> declared.Colours:
    if PROFILE in directory:
        try:
            return _value(file, layout, directory[PROFILE], MOST_PROFILE_BYTES), ()
        except ValueError:
            return None, (declared.ignored("is damaged"),)
    notes = ("its transfer function is ignored",) if TRANSFER in directory else ()
    try:
        numbers = [_numbers(file, layout, directory.get(tag)) for tag in (PRIMARIES, WHITE)]
    except ValueError:
        return None, ("its primaries are damaged: ignored, the colours are taken as sRGB",)
    if len(numbers[0]) < 6:
        return None, notes
    white = numbers[1][:2] if len(numbers[1]) >= 2 else declared.D65
    profile, more = declared.by_numbers((*numbers[0][:6], *white), None, "its primaries")
    return profile, (*notes, *more)


def _view(file: BinaryIO, layout: Layout, head: bytes, directory: Directory) -> BinaryIO:
    """The file with a directory at its end of what is decoded, and no other."""
    entries = sorted((tag, entry) for tag, entry in directory.items() if tag in DECODED)
    for tag, entry in entries:
        if tag not in OFFSETS_AND_LENGTHS and entry.length > MOST_VALUE_BYTES:
            raise ValueError("a value in its directory is too long")
    body = b"".join(struct.pack(layout.entry, tag, *entry) for tag, entry in entries)
    size, end = size_of(file), struct.pack(layout.offset, 0)
    pad = -size % 8
    start = struct.pack(layout.offset, size + pad)
    listed = struct.pack(layout.count, len(entries)) + body + end
    kept = len(head) - len(start)
    return joined(
        file, [head[:kept] + start, Part(len(head), size - len(head)), bytes(pad), listed]
    )
