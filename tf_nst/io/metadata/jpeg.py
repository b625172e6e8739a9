"""JPEG (ITU-T T.81): its segments before the pixels, without those that no pixel depends on."""

from typing import BinaryIO

from tf_nst.io.metadata import declared
from tf_nst.io.metadata.exif import read_exif
from tf_nst.io.metadata.facts import MOST_PROFILE_BYTES, Facts
from tf_nst.io.segments import Part, joined, read_at, size_of

START_OF_SCAN, END, FILL = 0xDA, 0xD9, 0xFF
# JFIF and Adobe's transform; other applications' segments and comments are left out.
NEEDED_APPLICATIONS = (0xE0, 0xEE)
APPLICATIONS, COMMENT = range(0xE0, 0xF0), 0xFE
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"


def read_jpeg(file: BinaryIO) -> Facts:
    """What a JPEG says of its picture."""
    parts, exif, profiles = [Part(0, 2)], b"", {}
    rest = 2
    for marker, part in _walk(file):
        rest = part.start + part.length
        if marker in (0xE1, 0xE2):
            body = read_at(file, part.start + 4, part.length - 4)
            if body.startswith(EXIF) and not exif:
                exif = body
            if body.startswith(ICC) and len(body) > 14:
                profiles.setdefault(body[12], body[14:])
        if marker in NEEDED_APPLICATIONS or marker not in (*APPLICATIONS, COMMENT):
            parts.append(part)
    facts = read_exif(exif)
    colours = _embedded(profiles) if profiles else declared.by_exif(facts.colours)
    parts.append(Part(rest, max(0, size_of(file) - rest)))
    return Facts(joined(file, parts), colours[0], facts.orientation, notes=colours[1])


def _walk(file: BinaryIO):
    """(marker, the part with it) of each segment before the first scan."""
    place, size = 2, size_of(file)
    while place + 4 <= size:
        head = read_at(file, place, 4)
        if head[0] != FILL or head[1] in (START_OF_SCAN, END):
            break
        if head[1] == FILL:
            place += 1
            continue
        length = 2 + int.from_bytes(head[2:], "big")
        if length < 4 or place + length > size:
            break
        yield head[1], Part(place, length)
        place += length


def _embedded(profiles: dict[int, bytes]) -> declared.Colours:
    """Of a profile in segments that are numbered from 1 on."""
    if sorted(profiles) != list(range(1, len(profiles) + 1)):
        return None, (declared.ignored("is not whole"),)
    profile = b"".join(profiles[number] for number in sorted(profiles))
    if len(profile) > MOST_PROFILE_BYTES:
        return None, (declared.ignored(f"is longer than {MOST_PROFILE_BYTES >> 20} MB"),)
    return profile, ()
