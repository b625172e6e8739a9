"""From pixels to a PNG, JPEG, WebP, AVIF or TIFF file; same pixels, same bytes.

Every encoder takes pixels [H,W,3], alpha [H,W] or None, both uint8 or both uint16, an ICC
profile, EXIF or nothing, and a quality that lossy formats heed. It returns what writes the file, so
that no large file is in memory beside the picture, and lines about what the format cannot keep.
"""

import importlib.util
import os
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import features

from tf_nst.config.encoding import LOSSLESS
from tf_nst.errors import UserError
from tf_nst.io.depth import Codes, stack_alpha, to_pillow
from tf_nst.io.readers import TIFF_EXTRA

Write = Callable[[BinaryIO], object]
Encoded = tuple[Write, tuple[str, ...]]
# Of lossy formats by default, from 1 to 100.
QUALITY = 95
# Offsets of a TIFF file are of 32 bits; tags and profile need a little.
MOST_OF_TIFF = 4_200_000_000
IHDR_END = 33  # signature 8, then length 4, name 4, body 13, checksum 4


def encode_png(
    pixels: Codes,
    alpha: Codes | None,
    icc: bytes,
    exif: bytes = b"",
    quality: int | str | None = None,
) -> Encoded:
    """PNG of 8 or 16 bits, as the pixels are."""
    if pixels.dtype == np.uint8:
        return _by_pillow(to_pillow(pixels, alpha), "PNG", icc, exif), ()
    return partial(_write_png16, stack_alpha(pixels, alpha), icc, exif), ()


def encode_jpeg(
    pixels: Codes,
    alpha: Codes | None,
    icc: bytes,
    exif: bytes = b"",
    quality: int | str | None = None,
) -> Encoded:
    """JPEG without chroma subsampling; alpha is laid on white, 16 bits become 8."""
    notes = _eight_bit_note(pixels, "JPEG")
    picture = to_pillow(pixels, alpha)
    if alpha is not None:
        notes += ("JPEG has no transparency: the picture is put on white",)
        white = Pillow.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    return _by_pillow(picture, "JPEG", icc, exif, quality=quality or QUALITY, subsampling=0), notes


def encode_webp(
    pixels: Codes,
    alpha: Codes | None,
    icc: bytes,
    exif: bytes = b"",
    quality: int | str | None = None,
) -> Encoded:
    """WebP, lossy or lossless, with alpha; 16 bits become 8."""
    lossless = {"lossless": True, "exact": True}
    options = lossless if quality == LOSSLESS else {"quality": quality or QUALITY}
    write = _by_pillow(to_pillow(pixels, alpha), "WEBP", icc, exif, **options)
    return write, _eight_bit_note(pixels, "WebP")


def encode_avif(
    pixels: Codes,
    alpha: Codes | None,
    icc: bytes,
    exif: bytes = b"",
    quality: int | str | None = None,
) -> Encoded:
    """AVIF without chroma subsampling, with alpha; 16 bits become 8."""
    options = {"quality": quality or QUALITY, "subsampling": "4:4:4"}
    write = _by_pillow(to_pillow(pixels, alpha), "AVIF", icc, exif, **options)
    return write, _eight_bit_note(pixels, "AVIF")


def encode_tiff(
    pixels: Codes,
    alpha: Codes | None,
    icc: bytes,
    exif: bytes = b"",
    quality: int | str | None = None,
) -> Encoded:
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


def _by_pillow(picture: Pillow.Image, kind: str, icc: bytes, exif: bytes, **options: Any) -> Write:
    metadata = {"exif": exif} if exif else {}
    return partial(picture.save, format=kind, icc_profile=icc, **metadata, **options)


def _write_png16(array: Codes, icc: bytes, exif: bytes, file: BinaryIO) -> None:
    import tensorflow as tf

    with tf.device("cpu"):
        data = memoryview(tf.io.encode_png(array).numpy())
    more = _exif_chunk(exif) if exif else b""
    for part in (data[:IHDR_END], _icc_chunk(icc), more, data[IHDR_END:]):
        file.write(part)


def _eight_bit_note(pixels: Codes, kind: str) -> tuple[str, ...]:
    return (f"{kind} holds 8 bits: the 16 are rounded",) if pixels.dtype == np.uint16 else ()


def _icc_chunk(icc: bytes) -> bytes:
    """PNG's iCCP chunk: a name, a zero, the method (zlib, 0), the compressed profile."""
    return _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))


def _exif_chunk(exif: bytes) -> bytes:
    """PNG's eXIf chunk: EXIF without the header that it has in JPEG files."""
    return _chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


class OutputFormat(NamedTuple):
    """A format that is written.

    Attributes:
      name: for messages.
      encode: the encoder.
      longest_side: in pixels, that its usual decoders read; None: no limit.
      lossy: whether it has a quality.
      lossless: whether its quality may be LOSSLESS.
      deep: whether it holds 16 bits.
    """

    name: str
    encode: Callable[..., Encoded]
    longest_side: int | None = None
    lossy: bool = False
    lossless: bool = False
    deep: bool = False


_JPEG = OutputFormat("JPEG", encode_jpeg, 65500, lossy=True)
_TIFF = OutputFormat("TIFF", encode_tiff, deep=True)
FORMATS = {
    ".png": OutputFormat("PNG", encode_png, 1_000_000, deep=True),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": OutputFormat("WebP", encode_webp, 16383, lossy=True, lossless=True),
    ".avif": OutputFormat("AVIF", encode_avif, 32768, lossy=True),
    ".tif": _TIFF,
    ".tiff": _TIFF,
}


def output_format(path: str | os.PathLike[str], flag: str = "--output") -> OutputFormat:
    """The format that a name asks for.

    Raises:
      UserError: an extension that is none of them, or AVIF where Pillow has none.
    """
    path = Path(path)
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        suffixes = ", ".join(FORMATS)
        raise UserError(f"{flag}: expected a name that ends in one of {suffixes}; received {path}")
    if known.name == "AVIF" and not features.check("avif"):
        raise UserError(f"{flag}: {path} needs a Pillow with AVIF, expected Pillow 11.3 or newer")
    return known


def check_quality(path: str | os.PathLike[str], quality: int | str) -> None:
    """Raises UserError unless the format of `path` has such a quality, 1 to 100 or LOSSLESS."""
    known = output_format(path)
    if quality == LOSSLESS and not known.lossless:
        raise UserError(
            f"--quality and --output: expected .webp for {LOSSLESS}, received {path} "
            "(PNG and TIFF are lossless without the flag)"
        )
    if not known.lossy:
        raise UserError(
            f"--quality and --output: {known.name} has no quality, expected .jpg, .webp or .avif, "
            f"received {path}"
        )


def check_bits(path: str | os.PathLike[str], bits: str) -> None:
    """Raises UserError unless the format of `path` holds so many bits per channel, 8 or 16."""
    known = output_format(path)
    if bits == "16" and not known.deep:
        raise UserError(
            f"--bits and --output: {known.name} holds 8 bits, expected .png or .tiff for 16, "
            f"received {path}"
        )
    if bits == "16" and known is _TIFF and importlib.util.find_spec("tifffile") is None:
        raise UserError(
            f"--bits: 16 bits in a TIFF need tifffile; expected it to be installed: {TIFF_EXTRA}"
        )
