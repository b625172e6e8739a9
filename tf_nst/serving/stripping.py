"""A JPEG without all that no pixel depends on: EXIF, places, previews, profiles, comments."""

import re

# ITU-T T.81, table B.1.
_END, _SCAN, _JFIF, _ADOBE = 0xD9, 0xDA, 0xE0, 0xEE
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
# Baseline, extended, progressive: what every decoder decodes.
_USUAL_FRAMES = (0xC0, 0xC1, 0xC2)
_TABLES = (0xC4, 0xDB, 0xDD)
_MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
# What ends a scan: a marker that is neither a stuffed byte nor a restart.
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
# Encoders write about ten. Each passes over all blocks, with data of a few bytes.
MOST_SCANS = 32


def stripped_jpeg(data: bytes) -> bytes | None:
    """The frame, tables and scans of a JPEG; None unless it is a plain one.

    Plain: grey or three components of 8 bits, Huffman codes, at most MOST_SCANS scans, whole.
    """
    parts, place, scans = [data[:2]], 2, 0
    while match := _MARKER.match(data, place):
        marker, start = match[1][0], match.end()
        if marker == _END:
            return b"".join([*parts, b"\xff\xd9"]) if 0 < scans <= MOST_SCANS else None
        place = start + int.from_bytes(data[start : start + 2], "big")
        body = data[start:place]
        if len(body) < 2 or place > len(data) or (marker in _FRAMES and not _plain(marker, body)):
            return None
        if marker == _SCAN:
            scans += 1
            ending = _AFTER_SCAN.search(data, place)
            place = ending.start() if ending else len(data)
            body = data[start:place]
        parts.append(_needed(marker, body))
    return None


def _plain(marker: int, body: bytes) -> bool:
    return marker in _USUAL_FRAMES and body[2:3] == b"\x08" and body[7:8] in (b"\1", b"\3")


def _needed(marker: int, body: bytes) -> bytes:
    """The segment as it is sent; of JFIF's and Adobe's what says how colours are stored."""
    if marker == _JFIF and body[2:7] == b"JFIF\0" and len(body) >= 16:
        body = b"\0\x10" + body[2:14] + b"\0\0"
    elif marker == _ADOBE and body[2:7] == b"Adobe" and len(body) >= 14:
        body = b"\0\x0e" + body[2:14]
    elif marker not in _FRAMES and marker not in _TABLES and marker != _SCAN:
        return b""
    return bytes([0xFF, marker]) + body
