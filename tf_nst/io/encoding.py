"""From pixels to a PNG, JPEG, WebP or TIFF file; same pixels, same bytes.

Every encoder takes pixels [H,W,3], alpha [H,W] or None, both uint8 or both uint16, and an ICC
profile. It returns what writes the file, so that no large file is in memory beside the picture,
and lines about what the format cannot keep.
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
IHDR_END = 33  # signature 8, then length 4, name 4, body 13, checksum 4


def encode_png(pixels: NDArray, alpha: NDArray | None, icc: bytes) -> Encoded:
    """PNG of 8 or 16 bits, as the pixels are."""
    if pixels.dtype == np.uint8:
        return _by_pillow(to_pillow(pixels, alpha), "PNG", icc_profile=icc), ()
    return partial(_write_png16, stack_alpha(pixels, alpha), icc), ()


def encode_jpeg(pixels: NDArray, alpha: NDArray | None, icc: bytes) -> Encoded:
    """JPEG of quality 95 without chroma subsampling; alpha is laid on white, 16 bits become 8."""
    notes = _eight_bit_note(pixels, "JPEG")
    picture = to_pillow(pixels, alpha)
    if alpha is not None:
        notes += ("JPEG holds no transparency: the picture is laid on white",)
        white = Pillow.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    return _by_pillow(picture, "JPEG", quality=95, subsampling=0, icc_profile=icc), notes


def encode_webp(pixels: NDArray, alpha: NDArray | None, icc: bytes) -> Encoded:
    """Lossy WebP of quality 95, with alpha; 16 bits become 8."""
    write = _by_pillow(to_pillow(pixels, alpha), "WEBP", quality=95, icc_profile=icc)
    return write, _eight_bit_note(pixels, "WebP")


def encode_tiff(pixels: NDArray, alpha: NDArray | None, icc: bytes) -> Encoded:
    """Uncompressed TIFF of 8 bits, or of 16 if tifffile is there."""
    if pixels.dtype == np.uint8:
        return _by_pillow(to_pillow(pixels, alpha), "TIFF", icc_profile=icc), ()
    try:
        import tifffile
    except ImportError:
        write = _by_pillow(to_pillow(pixels, alpha), "TIFF", icc_profile=icc)
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
    return write, ()


def _by_pillow(picture: Pillow.Image, kind: str, **options) -> Write:
    return partial(picture.save, format=kind, **options)


def _write_png16(array: NDArray, icc: bytes, file: BinaryIO) -> None:
    import tensorflow as tf

    with tf.device("cpu"):
        data = memoryview(tf.io.encode_png(array).numpy())
    for part in (data[:IHDR_END], _icc_chunk(icc), data[IHDR_END:]):
        file.write(part)


def _eight_bit_note(pixels: NDArray, kind: str) -> tuple[str, ...]:
    return (f"{kind} holds 8 bits: the 16 are rounded",) if pixels.dtype == np.uint16 else ()


def _icc_chunk(icc: bytes) -> bytes:
    """PNG's iCCP chunk: a name, a zero, the method (zlib, 0), the compressed profile."""
    body = b"iCCP" + b"ICC profile\0\0" + zlib.compress(icc)
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
