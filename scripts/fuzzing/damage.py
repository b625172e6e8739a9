"""The mutator: what damages a file is decided by a seed and the file's number alone."""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np

# Where lengths and counts go wrong.
NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000)
NUMBERS += (0xFFFFFFFF, 0xFFFFFFFE, 1000, 30000, 1 << 20, 1 << 24, 1 << 28)
MOST_DAMAGES = 3
PNG = b"\x89PNG\r\n\x1a\n"

Damage = Callable[[np.random.Generator, bytearray, bytes], bytearray]


def damaged(
    seeds: Mapping[str, bytes], seed: int, index: int, damages: Sequence[Damage] | None = None
) -> bytes:
    """The file of a number: one of `seeds` after up to MOST_DAMAGES of `damages`, or DAMAGES."""
    damages = damages or DAMAGES
    rng = np.random.default_rng((seed, index))
    files = list(seeds.values())
    data, other = bytearray(files[index % len(files)]), files[rng.integers(len(files))]
    for _ in range(1 + rng.integers(MOST_DAMAGES)):
        data = damages[rng.integers(len(damages))](rng, data, other)
    if data.startswith(PNG) and rng.random() < 0.7:
        data = with_checksums(data)
    return bytes(data)


def _place(rng: np.random.Generator, data: bytearray) -> int:
    """A third of them in the first bytes, where headers are."""
    most = len(data) if rng.random() < 0.7 else min(len(data), 128)
    return int(rng.integers(max(1, most)))


def _flip(rng, data, other):
    for _ in range(1 + rng.integers(8)):
        if data:
            data[_place(rng, data)] ^= 1 << int(rng.integers(8))
    return data


def _bytes(rng, data, other):
    place, count = _place(rng, data), int(rng.integers(1, 9))
    return data[:place] + bytearray(rng.bytes(count)) + data[place + count :]


def _number(rng, data, other):
    """A number of two, four or eight bytes, of either order."""
    form = ("<H", ">H", "<I", ">I", "<Q", ">Q")[rng.integers(6)]
    size, place = struct.calcsize(form), _place(rng, data)
    number = NUMBERS[rng.integers(len(NUMBERS))] & ((1 << 8 * size) - 1)
    return data[:place] + struct.pack(form, number) + data[place + size :]


def _cut(rng, data, other):
    return data[: _place(rng, data)]


def _without(rng, data, other):
    place = _place(rng, data)
    return data[:place] + data[place + int(rng.integers(1, 65)) :]


def _twice(rng, data, other):
    place, count = _place(rng, data), int(rng.integers(1, 257))
    times = int(rng.integers(1, 17))
    return data[:place] + data[place : place + count] * times + data[place:]


def _spliced(rng, data, other):
    start, place = int(rng.integers(len(other))), _place(rng, data)
    return data[:place] + other[start : start + int(rng.integers(1, 513))] + data[place:]


def _swapped(rng, data, other):
    one, two, count = _place(rng, data), _place(rng, data), int(rng.integers(1, 33))
    copy = bytearray(data)
    copy[one : one + count] = data[two : two + count]
    return copy


def _marker(rng, data, other):
    """A JPEG's marker, alone, with a length, or with the header of a frame of another size."""
    place, code = _place(rng, data), int(rng.integers(1, 256))
    frame = struct.pack(">HBHHB", 17, 8, *rng.integers(0, 65536, 2), 3) + bytes(range(9))
    body = (b"", b"\0\2", struct.pack(">H", rng.integers(65536)), frame)[rng.integers(4)]
    return data[:place] + bytes([0xFF, code]) + body + data[place:]


DAMAGES: tuple[Damage, ...] = (_flip, _bytes, _number, _number, _number, _cut, _without, _twice)
DAMAGES += (_spliced, _swapped)
# With those of JPEGs, of which a graph is asked more.
WITH_MARKERS = (*DAMAGES, _marker, _marker)


def with_checksums(data: bytearray) -> bytearray:
    """A PNG whose chunks have the checksums of what they hold now, so that readers go on."""
    place = 8
    while place + 12 <= len(data):
        length = struct.unpack_from(">I", data, place)[0]
        end = place + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[place + 4 : end]))
        place = end + 4
    return data
