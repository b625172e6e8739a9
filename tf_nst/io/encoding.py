"""From pixels to a PNG, JPEG, WebP, AVIF or TIFF file; same pixels, same bytes.

An encoder takes the content, and one of a lossy format the quality. It returns what writes the
file, so that no large file is in memory beside the picture, and lines about what the format cannot
keep.
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
# Of metadata in a JPEG file: a segment's length is of 16 bits.
MOST_OF_EXIF = 65_533
IHDR_END = 33  # signature 8, then length 4, name 4, body 13, checksum 4


class Content(NamedTuple):
    """What is encoded.

    Attributes:
      pixels: [H, W, 3] uint8 or uint16.
      alpha: [H, W] of the same type; None: opaque.
      icc: the profile of the pixels.
      exif: what the file says of its making; may be empty.
    """

    pixels: Codes
    alpha: Codes | None
    icc: bytes
    exif: bytes = b""

    def to_pillow(self) -> Pillow.Image:
        """The picture of 8 bits."""
        return to_pillow(self.pixels, self.alpha)

    def notes_on_depth(self, kind: str) -> tuple[str, ...]:
        """A line where there are 16 bits, of which a format keeps 8."""
        deep = self.pixels.dtype == np.uint16
        return (f"{kind} holds 8 bits: the 16 are rounded",) if deep else ()


def encode_png(content: Content) -> Encoded:
    """PNG of 8 or 16 bits, as the pixels are."""
    if content.pixels.dtype == np.uint8:
        return _by_pillow(content.to_pillow(), "PNG", content), ()
    return partial(_write_png16, content), ()


def encode_jpeg(content: Content, quality: int) -> Encoded:
    """JPEG without chroma subsampling; alpha is laid on white, 16 bits become 8, EXIF that
    is too long is left out."""
    notes, picture = content.notes_on_depth("JPEG"), content.to_pillow()
    if content.alpha is not None:
        notes += ("JPEG has no transparency: the picture is put on white",)
        white = Pillow.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        picture = white
    if len(content.exif) > MOST_OF_EXIF:
        notes += (
            f"JPEG holds {MOST_OF_EXIF:,} bytes of metadata: the photograph's "
            f"{len(content.exif):,} are left out",
        )
        content = content._replace(exif=b"")
    return _by_pillow(picture, "JPEG", content, quality=quality, subsampling=0), notes


def encode_webp(content: Content, quality: int | str) -> Encoded:
    """WebP, lossy or lossless, with alpha; 16 bits become 8."""
    lossless = {"lossless": True, "exact": True}
    options = lossless if quality == LOSSLESS else {"quality": quality}
    write = _by_pillow(content.to_pillow(), "WEBP", content, **options)
    return write, content.notes_on_depth("WebP")


def encode_avif(content: Content, quality: int) -> Encoded:
    """AVIF without chroma subsampling, with alpha; 16 bits become 8."""
    options = {"quality": quality, "subsampling": "4:4:4"}
    write = _by_pillow(content.to_pillow(), "AVIF", content, **options)
    return write, content.notes_on_depth("AVIF")


def encode_tiff(content: Content) -> Encoded:
    """Uncompressed TIFF of 8 bits, or of 16 if tifffile is there; BigTIFF from 4 GB on."""
    if content.pixels.dtype == np.uint8:
        return _eight_bit_tiff(content), ()
    try:
        import tifffile
    except ImportError:
        note = f"the 16 bits are rounded to 8 (16 need tifffile: {TIFF_EXTRA})"
        return _eight_bit_tiff(content), (note,)
    write = partial(
        tifffile.imwrite,
        data=stack_alpha(content.pixels, content.alpha),
        photometric="rgb",
        extrasamples=[] if content.alpha is None else ["unassalpha"],
        iccprofile=content.icc,
        metadata=None,
        software=False,
    )
    return write, ("a TIFF of 16 bits is written without metadata",) if content.exif else ()


def _eight_bit_tiff(content: Content) -> Write:
    picture = content.to_pillow()
    size = picture.width * picture.height * len(picture.getbands())
    return _by_pillow(picture, "TIFF", content, big_tiff=size > MOST_OF_TIFF)


def _by_pillow(picture: Pillow.Image, kind: str, content: Content, **options: Any) -> Write:
    metadata = {"exif": content.exif} if content.exif else {}
    return partial(picture.save, format=kind, icc_profile=content.icc, **metadata, **options)


def _write_png16(content: Content, file: BinaryIO) -> None:
    import tensorflow as tf

    array = stack_alpha(content.pixels, content.alpha)
    with tf.device("cpu"):
        data = memoryview(tf.io.encode_png(array).numpy())
    more = _exif_chunk(content.exif) if content.exif else b""
    for part in (data[:IHDR_END], _icc_chunk(content.icc), more, data[IHDR_END:]):
        file.write(part)


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
      encoder: takes the content, and the quality where it is lossy.
      longest_side: in pixels, that its usual decoders read; None: no limit.
      lossy: whether it has a quality.
      lossless: whether its quality may be LOSSLESS.
      deep: whether it holds 16 bits.
    """

    name: str
    encoder: Callable[..., Encoded]
    longest_side: int | None = None
    lossy: bool = False
    lossless: bool = False
    deep: bool = False

    def encode(self, content: Content, quality: int | str | None = None) -> Encoded:
        """What writes the content, and lines; `quality` is of lossy formats, by default QUALITY."""
        return self.encoder(content, quality or QUALITY) if self.lossy else self.encoder(content)


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
