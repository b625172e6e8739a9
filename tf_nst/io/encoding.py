"""From pixels to a PNG, JPEG, WebP or TIFF file; same pixels, same bytes.

Every encoder takes pixels [H,W,3], alpha [H,W] or None, both uint8 or both uint16, an ICC
profile, and EXIF or nothing. It returns what writes the file, so that no large file is in memory
beside the picture, and lines about what the format cannot keep.
"""

import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.io.depth import stack_alpha, to_pillow
from tf_nst.io.readers import TIFF_EXTRA

Write = Callable[[BinaryIO], object]
Encoded = tuple[Write, tuple[str, ...]]
# Offsets of a TIFF file are of 32 bits; tags and profile need a little.
MOST_OF_TIFF = 4_200_000_000
IHDR_END = 33  # signature 8, then length 4, name 4, body 13, checksum 4


def encode_png(pixels: NDArray, alpha: NDArray | None, icc: bytes, exif: bytes = b"") -> Encoded:
    """PNG of 8 or 16 bits, as the pixels are."""
    if pixels.dtype == np.uint8:
        return _by_pillow(to_pillow(pixels, alpha), "PNG", icc, exif), ()
    return partial(_write_png16, stack_alpha(pixels, alpha), icc, exif), ()


def encode_jpeg(pixels: NDArray, alpha: NDArray | None, icc: bytes, exif: bytes = b"") -> Encoded:
    """JPEG of quality 95 without chroma subsampling; alpha is laid on white, 16 bits become 8."""
    notes = _eight_bit_note(pixels, "JPEG")
    picture = to_pillow(pixels, alpha)
    if alpha is not None:
        notes += ("JPEG holds no transparency: the picture is laid on white",)
        white = Pillow.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    return _by_pillow(picture, "JPEG", icc, exif, quality=95, subsampling=0), notes


def encode_webp(pixels: NDArray, alpha: NDArray | None, icc: bytes, exif: bytes = b"") -> Encoded:
    """Lossy WebP of quality 95, with alpha; 16 bits become 8."""
    write = _by_pillow(to_pillow(pixels, alpha), "WEBP", icc, exif, quality=95)
    return write, _eight_bit_note(pixels, "WebP")


def encode_tiff(pixels: NDArray, alpha: NDArray | None, icc: bytes, exif: bytes = b"") -> Encoded:
    """Uncompressed TIFF of 8 bits, or of 16 if tifffile is there; BigTIFF from 4 GB on."""
    if pixels.dtype == np.uint8:
        return _eight_bit_tiff(to_pillow(pixels, alpha), icc, exif), ()
    try:
        import tifffile
    except ImportError:
        write = _eight_bit_tiff(to_pillow(pixels, alpha), icc, exif)
        return write, (f"the 16 bits are rounded to 8 (16 need tifffile: {TIFF_EXTRA})",)
    write = partial(
        tifffile.imwrite,
        data=stack_alpha(pixels, alpha),
        photometric="rgb",
        extrasamples=[] if alpha is None else ["unassalpha"],
        iccprofile=icc,
        metadata=None,
        software=False,
    )
    return write, ("a TIFF of 16 bits is written without metadata",) if exif else ()


def _eight_bit_tiff(picture: Pillow.Image, icc: bytes, exif: bytes) -> Write:
    size = picture.width * picture.height * len(picture.getbands())
    return _by_pillow(picture, "TIFF", icc, exif, big_tiff=size > MOST_OF_TIFF)


def _by_pillow(picture: Pillow.Image, kind: str, icc: bytes, exif: bytes, **options) -> Write:
    metadata = {"exif": exif} if exif else {}
    return partial(picture.save, format=kind, icc_profile=icc, **metadata, **options)


def _write_png16(array: NDArray, icc: bytes, exif: bytes, file: BinaryIO) -> None:
    import tensorflow as tf

    with tf.device("cpu"):
        data = memoryview(tf.io.encode_png(array).numpy())
    more = _exif_chunk(exif) if exif else b""
    for part in (data[:IHDR_END], _icc_chunk(icc), more, data[IHDR_END:]):
        file.write(part)


def _eight_bit_note(pixels: NDArray, kind: str) -> tuple[str, ...]:
    return (f"{kind} holds 8 bits: the 16 are rounded",) if pixels.dtype == np.uint16 else ()


def _icc_chunk(icc: bytes) -> bytes:
    """PNG's iCCP chunk: a name, a zero, the method (zlib, 0), the compressed profile."""
    return _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))


def _exif_chunk(exif: bytes) -> bytes:
    """PNG's eXIf chunk: EXIF without the header that it has in JPEG files."""
    return _chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
