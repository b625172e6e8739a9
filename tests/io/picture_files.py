"""Pictures of a few pixels, and files of them that Pillow does not write."""

import builtins
import struct
import zlib

import numpy as np

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
COLOURS = np.array([[RED, GREEN, BLUE], [WHITE, (0, 0, 0), (10, 20, 30)]], np.uint8)
DEEP = np.arange(2 * 3 * 3, dtype=np.uint16).reshape(2, 3, 3) * 3001
DEEP_ALPHA = np.array([[65535, 1, 30000], [0, 257, 65534]], np.uint16)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png16(path, array, *chunks):
    """[H,W,1..4] uint16 as PNG, the filter of each line 0, `chunks` after the header."""
    height, width, channels = array.shape
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    data = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks]
    path.write_bytes(b"".join([*data, chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]))
    return path


def icc_chunk(profile):
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def save(path, picture, **options):
    picture.save(path, **options)
    return path


def dstack(pixels, alpha):
    return np.dstack([pixels, alpha])


def without(monkeypatch, module):
    real = builtins.__import__

    def fake(name, *args, **kwargs):
        if name == module:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fake)
