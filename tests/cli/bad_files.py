"""Files that are no good, as bytes."""

import io
import struct
import zlib

from command_line import counted
from PIL import Image as Pillow


def encoded(array, kind: str) -> bytes:
    """An array as the bytes of an image file."""
    buffer = io.BytesIO()
    Pillow.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says its size and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*it) for it in chunks)


JPEG, PNG = encoded(counted(48, 64), "JPEG"), encoded(counted(48, 64), "PNG")

# What lies in the folder besides photo.png and painting.png.
LYING_ABOUT = {
    "empty.png": b"",
    "cut.jpg": JPEG[: len(JPEG) // 2],
    "cut.png": PNG[: len(PNG) // 2],
    "text.jpg": b"Dear diary, this is no picture.\n" * 9,
    "1x1.png": encoded(counted(1, 1), "PNG"),
    "3x5.png": encoded(counted(5, 3), "PNG"),
    "thin.png": encoded(counted(16, 200), "PNG"),
    "huge.png": png_header(30000, 20000),
    "square.png": encoded(counted(48, 48), "PNG"),
    "seen.preview.png": encoded(counted(48, 64), "PNG"),
    "own.cfg": b"--size=5\n",
    "mine.json": b'{"tf_nst": "not as it writes it"}',
    "text.h5": b"no weights\n",
    "empty.h5": b"",
    "typo.cfg": b"# mine\n--size=32\n--stepps=3\n",
    "words.cfg": b"--size=32\nsome words\n",
    "alone.cfg": b"--size=32\n--flagfile",
    "apart.cfg": b"--flagfile\nmissing.cfg\n",
    "null.cfg": b"--flagfile=a\0b\n",
    "binary.cfg": b"\xff\xfe\x81\x00",
}
FOLDERS = ("folder", "folder.png", "dir.json")
