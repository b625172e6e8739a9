"""Small valid files of every format that is read, in their modes, with metadata."""

import functools
import io
import struct
import zlib

import numpy as np
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

HEIGHT, WIDTH = 20, 24


@functools.cache
def make_seeds() -> dict[str, bytes]:
    """{name: file}, always the same."""
    pictures = _pictures()
    seeds = {}
    for name, mode, options in _SAVED:
        kind = name.split()[0]
        given = options if isinstance(options, dict) else options()
        seeds[name] = _saved(pictures[mode], kind, **given)
    return seeds | _written()


def _pictures() -> dict[str, Pillow.Image]:
    codes = np.random.default_rng(0).integers(0, 256, (HEIGHT // 4, WIDTH // 4, 4), np.uint8)
    rgba = Pillow.fromarray(np.kron(codes, np.ones((4, 4, 1), np.uint8)))
    rgb = rgba.convert("RGB")
    modes = ("L", "LA", "P", "1", "CMYK", "I;16")
    others = {mode: rgb.convert("L" if mode == "I;16" else mode).convert(mode) for mode in modes}
    return {"RGB": rgb, "RGBA": rgba, **others}


def _saved(picture: Pillow.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _profile() -> dict:
    return {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()}


def _exif() -> dict:
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    exif.get_ifd(0x8769)[0xA001] = 0xFFFF
    return {"exif": exif.tobytes()}


def _text() -> dict:
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "a text" * 50, zip=True)
    info.add_itxt("Author", "nobody", zip=True)
    info.add(b"gAMA", struct.pack(">I", 55000))
    info.add(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
    return {"pnginfo": info}


def _frames() -> dict:
    more = [Pillow.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("red", "blue")]
    return {"save_all": True, "append_images": more}


_SAVED = (
    ("PNG", "RGB", _text),
    ("PNG profile", "RGB", _profile),
    ("PNG exif", "RGBA", _exif),
    ("PNG palette", "P", {"transparency": 3}),
    ("PNG one bit", "1", {}),
    ("PNG grey and alpha", "LA", {}),
    ("PNG deep grey", "I;16", {}),
    ("PNG animated", "RGB", _frames),
    ("JPEG", "RGB", _exif),
    ("JPEG profile", "RGB", _profile),
    ("JPEG progressive", "RGB", {"progressive": True}),
    ("JPEG grey", "L", {}),
    ("JPEG CMYK", "CMYK", {}),
    ("WEBP", "RGB", _exif),
    ("WEBP lossless", "RGBA", {"lossless": True, **_profile()}),
    ("WEBP animated", "RGB", _frames),
    ("TIFF", "RGB", _exif),
    ("TIFF LZW", "RGB", {"compression": "tiff_lzw", **_profile()}),
    ("TIFF deflate", "RGBA", {"compression": "tiff_adobe_deflate"}),
    ("TIFF JPEG", "RGB", {"compression": "jpeg"}),
    ("TIFF packbits", "P", {"compression": "packbits"}),
    ("TIFF group 4", "1", {"compression": "group4"}),
    ("TIFF deep grey", "I;16", {}),
    ("TIFF pages", "RGB", _frames),
    ("TIFF big", "RGB", {"big_tiff": True}),
    ("GIF", "P", {"transparency": 3}),
    ("GIF animated", "RGB", _frames),
    ("BMP", "RGB", {}),
    ("BMP palette", "P", {}),
    ("BMP alpha", "RGBA", {}),
    ("PPM", "RGB", {}),
    ("PPM grey", "L", {}),
    ("TGA", "RGBA", {"compression": "tga_rle"}),
    ("JPEG2000", "RGB", {}),
    ("JPEG2000 alpha", "RGBA", {"irreversible": True}),
    ("JPEG2000 codestream", "L", {"no_jp2": True}),
    ("JPEG2000 deep grey", "I;16", {}),
    ("AVIF", "RGB", _exif),
    ("AVIF alpha", "RGBA", _profile),
    ("ICO", "RGBA", {"sizes": [(16, 16)]}),
    ("PCX", "P", {}),
    ("SGI", "RGB", {}),
)


def _written() -> dict[str, bytes]:
    """Files that Pillow does not write."""
    codes = np.random.default_rng(1).integers(0, 65536, (HEIGHT, WIDTH, 4)).astype(">u2")
    qoi = b"qoif" + struct.pack(">IIBB", WIDTH, 1, 3, 0) + b"\xfe\x10\x20\x30" * WIDTH
    return {
        "PNG deep": _deep_png(codes[..., :3], 2),
        "PNG deep alpha": _deep_png(codes, 6),
        "PNG deep grey and alpha": _deep_png(codes[..., :2], 4),
        "PPM deep": b"P6 %d %d 65535\n" % (WIDTH, HEIGHT) + codes[..., :3].tobytes(),
        "PPM deep grey": b"P5 %d %d 4095\n" % (WIDTH, HEIGHT) + (codes[..., 0] & 4095).tobytes(),
        "TIFF deep": _deep_tiff(codes[..., :3]),
        "QOI": qoi + bytes(7) + b"\1",
    }


def _deep_png(codes: np.ndarray, kind: int) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, kind, 0, 0, 0)
    lines = b"".join(b"\0" + row.tobytes() for row in codes)
    chunks = ((b"IHDR", header), (b"cICP", b"\x0c\x0d\0\1"), (b"IDAT", zlib.compress(lines)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in (*chunks, (b"IEND", b"")))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _deep_tiff(codes: np.ndarray) -> bytes:
    """RGB of 16 bits in one strip, big endian."""
    data = codes.tobytes()
    start = 8 + len(data)
    tags = ((256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 3, start + 2 + 12 * 9 + 4))
    tags += ((259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8), (277, 3, 1, 3), (278, 3, 1, HEIGHT))
    tags += ((279, 4, 1, len(data)),)
    body = struct.pack(">H", len(tags))
    for tag, kind, count, value in tags:
        short = kind == 3 and count == 1
        body += struct.pack(">HHI", tag, kind, count)
        body += struct.pack(">HH", value, 0) if short else struct.pack(">I", value)
    head = b"MM\0*" + struct.pack(">I", start)
    return head + data + body + bytes(4) + struct.pack(">3H", 16, 16, 16)
