"""JPEG (ITU-T T.81): its segments before the pixels, without those that no pixel depends on."""

from collections.abc import Iterator
from typing import BinaryIO

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.exif import read_exif
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts
from tf_nst.io.segments import Part, check_parts, joined, read_at, size_of

START_OF_SCAN, FILL, WITHOUT_LENGTH = 0xDA, 0xFF, (0x01, *range(0xD0, 0xDA))
MOST_JUNK_BYTES = 1 << 16
# Frames and tables (table B.1), the scans, JFIF and Adobe's transform; comments, extensions and the
# segments of other applications are left out.
NEEDED = {*range(0xC0, 0xD0), START_OF_SCAN, 0xDB, 0xDD, 0xDE, 0xDF, 0xE0, 0xEE} - {0xC8}
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"


def read_jpeg(file: BinaryIO) -> Facts:
    """What a JPEG says of its picture.

    Raises:
      ValueError: damage.
    """
    parts, exif = [Part(0, 2)], b""
    profiles: dict[int, bytes] = {}
    for marker, part in _walk(file):
        if marker in (0xE1, 0xE2):
            body = read_at(file, part.start + 4, part.length - 4)
            if body.startswith(EXIF) and not exif:
                exif = body
            if body.startswith(ICC) and len(body) > 14:
                profiles.setdefault(body[12], body[14:])
        if marker in NEEDED:
            parts.append(part)
    facts = read_exif(exif)
    colours = _embedded(profiles) if profiles else declared.by_exif(facts.colours)
    view = joined(file, parts)
    return Facts(view, colours[0], facts.orientation, notes=colours[1], exif=exif)


def _walk(file: BinaryIO) -> Iterator[tuple[int, Part]]:
    """(marker, the part with it) of each segment, the last of them the rest from a scan on.

    Bytes between segments are passed over, as decoders do, so that none of them sees others.

    Raises:
      ValueError: there is no scan, or as `check_parts`.
    """
    place, size, junk, count = 2, size_of(file), 0, 0
    while junk < MOST_JUNK_BYTES:
        head = read_at(file, place, 4)
        marker, length = head[1], 2 + int.from_bytes(head[2:], "big")
        if head[0] != FILL or marker in (0, FILL):
            place, junk = place + 1, junk + 1
        elif marker in WITHOUT_LENGTH:
            place, junk = place + 2, junk + 2
        elif marker == START_OF_SCAN:
            yield marker, Part(place, size - place)
            return
        elif length < 4 or place + length > size:
            break
        else:
            yield marker, Part(place, length)
            place, count = place + length, count + 1
            check_parts(count, place)
    raise ValueError("its segments are damaged")


def _embedded(profiles: dict[int, bytes]) -> declared.Colours:
    """Of a profile in segments that are numbered from 1 on."""
    if sorted(profiles) != list(range(1, len(profiles) + 1)):
        return None, (declared.ignored("is not whole"),)
    profile = b"".join(profiles[number] for number in sorted(profiles))
    if len(profile) > MOST_PROFILE_BYTES:
        return None, (declared.ignored(f"is longer than {MOST_PROFILE_BYTES >> 20} MB"),)
    return profile, ()
