"""Small PNG and BMP files in the variants that Pillow does not write, of random pixels."""

import itertools
import struct
import zlib

import numpy as np

HEIGHT, WIDTH = 13, 19
PNG = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# First row and column, and steps, of the seven passes of an interlaced PNG (section 8.2).
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2))
PASSES += ((1, 0, 2, 1),)
BLUE_FIRST, RED_FIRST = (0xFF0000, 0xFF00, 0xFF), (0xFF, 0xFF00, 0xFF0000)


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG's chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    kind: int = 2,
    depth: int = 8,
    interlaced: bool = False,
    transparent: bool = False,
    extra: bytes = b"",
    height: int = HEIGHT,
    width: int = WIDTH,
) -> bytes:
    """A PNG of a colour type and a depth, with `extra` chunks before its pixels."""
    generator = np.random.default_rng((kind, depth))
    codes = generator.integers(0, 1 << depth, (height, width, CHANNELS[kind]))
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    rows = [row for y, x, down, right in passes for row in codes[y::down, x::right] if row.size]
    lines = b"".join(b"\0" + _packed(row.ravel(), depth) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    palette = chunk(b"PLTE", generator.bytes(3 << depth)) if kind == 3 else b""
    clear = {0: b"\0\1", 2: b"\0\1\0\2\0\3", 3: b"\0\x80"}.get(kind, b"") if transparent else b""
    parts = chunk(b"IHDR", header) + extra + palette + (chunk(b"tRNS", clear) if clear else b"")
    return PNG + parts + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _packed(codes: np.ndarray, depth: int) -> bytes:
    """The first code in the highest bits."""
    bits = codes[:, None] >> np.arange(depth)[::-1] & 1
    return np.packbits(bits.ravel().astype(np.uint8)).tobytes()


def bmp(
    bits: int = 24,
    compression: int = 0,
    header: int = 40,
    downwards: bool = False,
    masks: tuple[int, ...] = (),
    height: int = HEIGHT,
    width: int = WIDTH,
) -> bytes:
    """A BMP whose information header has so many bytes; 12 is that of OS/2."""
    generator = np.random.default_rng((bits, compression, header))
    palette = generator.bytes((3 if header == 12 else 4) << bits) if bits <= 8 else b""
    pixels = generator.bytes((width * bits + 31) // 32 * 4 * height)
    if header == 12:
        information = struct.pack("<IHHHH", header, width, height, 1, bits)
    else:
        size = (width, -height if downwards else height)
        numbers = (header, *size, 1, bits, compression, len(pixels), 0, 0, 0, 0)
        fields = struct.pack(f"<{len(masks)}I", *masks)
        information = struct.pack("<IiiHHIIiiII", *numbers) + fields
        information += bytes(max(0, header - len(information)))
    start = 14 + len(information) + len(palette)
    head = b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start)
    return head + information + palette + pixels


def png_variants() -> dict[str, bytes]:
    """{name: file} of every colour type, depth, and order of rows, with and without tRNS."""
    kinds = [(kind, depth) for kind, depths in DEPTHS.items() for depth in depths]
    return {
        f"PNG {kind} {depth} bits{' interlaced' * interlaced}{' tRNS' * clear}": png(
            kind, depth, interlaced, clear
        )
        for (kind, depth), interlaced, clear in itertools.product(kinds, (False, True), (0, 1))
        if not (clear and kind >= 4)
    }


def bmp_variants() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """{name: file} of those that a graph decodes, and of those that it refuses."""
    decoded, refused = {"BMP 32 bits, masks of V4": bmp(32, 3, 108, masks=BLUE_FIRST)}, {}
    for header, bits, down in itertools.product((40, 52, 56, 108, 124), (24, 32), (False, True)):
        decoded[f"BMP {header} {bits} bits{' down' * down}"] = bmp(bits, 0, header, down)
    decoded["BMP 32 bits, masks"] = bmp(32, 3, masks=BLUE_FIRST)
    for bits, down in itertools.product((1, 4, 8, 16), (False, True)):
        refused[f"BMP {bits} bits{' down' * down}"] = bmp(bits, downwards=down)
    refused["BMP 16 bits, masks"] = bmp(16, 3, masks=(0xF800, 0x7E0, 0x1F))
    refused["BMP red first"] = bmp(32, 3, masks=RED_FIRST)
    refused["BMP red first, V5"] = bmp(32, 3, 124, masks=RED_FIRST)
    refused["BMP of OS/2"] = bmp(24, header=12)
    refused |= {f"BMP RLE {bits}": bmp(bits, 3 - bits // 4) for bits in (4, 8)}
    refused["BMP of a JPEG"] = bmp(24, 4)
    return decoded, refused
