"""Pixels of an opened picture at its own depth, in sRGB, with alpha and notes for the user.

Pillow drops the low bytes of 16-bit colours, unless it is asked for them alone. 16-bit RGB TIFF
comes through tifffile (an optional extra).
"""

from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from tf_nst.io import profiles
from tf_nst.io.depth import TOP, Codes, scale_transparent_grey, to_array
from tf_nst.io.metadata.facts import Facts, UnusableError
from tf_nst.io.metadata.png import transparent_colour
from tf_nst.io.netpbm import is_deep_text, read_deep_ppm

TIFF_EXTRA = 'pip install "tf_nst[tiff]"'
BITS, PHOTOMETRIC, PLANAR, SAMPLE_FORMAT = 258, 262, 284, 339
WHITE_IS_ZERO, SEPARATE_PLANES, ASSOCIATED, UNASSOCIATED = 0, 2, 1, 2
SHALLOW = {"JPEG2000": "JPEG 2000", "AVIF": "AVIF", "HEIF": "HEIC"}
DEEP_SGI = 2

Read = tuple[Codes, Codes | None, tuple[str, ...]]


class Opened(NamedTuple):
    """Pillow's picture, its name, the flag that gave it, its file or None, and the file's facts."""

    picture: Pillow.Image
    name: str
    flag: str
    file: BinaryIO | None
    facts: Facts


def read(opened: Opened, profile: bytes | None) -> Read:
    """sRGB pixels [H,W,3], alpha [H,W] or None, uint8 or uint16 each, and notes for the user.

    Raises:
        UnusableError: L*a*b*, floating-point or 32-bit numbers, 16-bit planar TIFF without
            tifffile. Decoders raise their own on damaged files.
    """
    picture = opened.picture
    _check_numbers(opened)
    if opened.file is not None:
        if picture.format == "PNG" and opened.facts.bits == 16:
            return _read_png16(opened, opened.file, profile)
        if picture.format == "TIFF" and 16 in tiff_bits(picture):
            return _read_tiff16(opened, profile)
        if picture.format == "PPM" and picture.mode == "RGB":
            pixels = read_deep_ppm(opened.file)
            if pixels is not None:
                return _deep(pixels, None, profile)
    if picture.mode == "F":
        return _deep(_from_floats(picture), None, profile)
    if picture.mode.startswith("I"):
        return _read_grey16(picture, profile)
    if picture.format == "PNG" and opened.file is not None:
        scale_transparent_grey(picture, opened.facts.bits)
    if opened.file is None and profile is not None:
        picture = picture.copy()  # it is converted in place, and this one is the caller's
    pixels, alpha, notes = _read_8(picture, profile)
    return pixels, alpha, (*_lost_bits(opened), *notes)


def tiff_bits(picture: Pillow.Image) -> set[int]:
    """The bits per sample that a TIFF declares."""
    return set(_tag(picture, BITS, (1,)))


def _tag(picture: Pillow.Image, tag: int, default: object = None) -> Any:
    return picture.tag_v2.get(tag, default) if isinstance(picture, TiffImageFile) else default


def _check_numbers(opened: Opened) -> None:
    picture = opened.picture
    if picture.mode == "LAB":
        raise UnusableError("holds L*a*b* colours; expected grey, RGB or CMYK")
    if opened.file is not None and not _is_integer(picture):
        raise UnusableError(
            "holds floating-point or 32-bit numbers; expected 8 or 16 bits per channel"
        )


def _is_integer(picture: Pillow.Image) -> bool:
    if picture.format == "TIFF":
        formats = set(_tag(picture, SAMPLE_FORMAT, (1,)))
        return tiff_bits(picture) <= {1, 2, 4, 8, 16} and formats == {1}
    return picture.mode != "F" and (picture.mode != "I" or picture.format == "PPM")


def _lost_bits(opened: Opened) -> tuple[str, ...]:
    """A note where the decoder gives fewer bits than the file has."""
    kind, bits = SHALLOW.get(opened.picture.format or ""), opened.facts.bits
    if kind and bits > 8:
        return (f"{kind} of {bits} bits: read as 8 bits",)
    if opened.picture.format == "SGI" and opened.file is not None:
        opened.file.seek(3)
        if opened.file.read(1) == bytes([DEEP_SGI]):
            return ("SGI of 16 bits: read as 8 bits",)
    if opened.picture.format == "PPM" and opened.file is not None and is_deep_text(opened.file):
        return ("PPM of 16 bits as text: read as 8 bits",)
    return ()


def _read_8(picture: Pillow.Image, profile: bytes | None) -> Read:
    alpha = None
    cmyk = picture.mode == "CMYK"
    if picture.mode == "La":  # which has a way to LA alone
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = to_array(picture.getchannel("A"))
    if profile is None or profiles.is_srgb(profile):
        notes = ("CMYK without a profile: converted with a simple formula",) if cmyk else ()
        return to_array(_in_mode(picture, "RGB")), alpha, notes
    picture = _in_mode(picture, profiles.MODES[profiles.colour_space(profile)])
    return to_array(profiles.picture_to_srgb(picture, profile)), alpha, _converted(profile)


def _in_mode(picture: Pillow.Image, mode: str) -> Pillow.Image:
    """Pillow's convert, without the copy that it makes where the mode is right already."""
    picture.load()
    return picture if picture.mode == mode else picture.convert(mode)


def _converted(profile: bytes) -> tuple[str, ...]:
    return (f"colours converted to sRGB from the profile {profiles.describe(profile)}",)


def _read_png16(opened: Opened, file: BinaryIO, profile: bytes | None) -> Read:
    picture = opened.picture
    key = transparent_colour(file)
    if picture.mode.startswith("I"):
        channels = np.asarray(picture)[..., None]
    else:
        channels = _both_bytes(opened)
    colours = channels[..., :3] if channels.shape[-1] > 2 else channels[..., :1]
    alpha = channels[..., -1] if channels.shape[-1] in (2, 4) else None
    if alpha is None and key is not None and len(key) == colours.shape[-1]:
        alpha = ~np.all(colours == np.array(key, np.uint16), axis=-1) * np.uint16(65535)
    if colours.shape[-1] == 1:
        colours = np.repeat(colours, 3, axis=-1)
    return _deep(np.ascontiguousarray(colours), alpha, profile)


def _both_bytes(opened: Opened) -> Codes:
    """[H,W,C] uint16 of a PNG, decoded once for the high bytes and once for the low ones."""
    high = to_array(_in_mode(opened.picture, opened.picture.mode))
    opened.facts.file.seek(0)
    with Pillow.open(opened.facts.file, formats=("PNG",)) as again:
        (tile,) = again.tile
        if tile.args == "LA;16B":
            return _grey_and_alpha(again)
        again.tile = [tile._replace(args=str(tile.args).replace("16B", "16L"))]
        low = to_array(_in_mode(again, again.mode))
    return (high.astype(np.uint16) << np.uint16(8)) | low


def _grey_and_alpha(again: ImageFile.ImageFile) -> Codes:
    """[H,W,2] uint16: its four bytes a pixel are read as if they were four channels."""
    again.tile = [again.tile[0]._replace(args="RGBA")]
    four = to_array(_in_mode(again, "RGBA")).astype(np.uint16)
    return (four[..., 0::2] << np.uint16(8)) | four[..., 1::2]


def _from_floats(picture: Pillow.Image) -> Codes:
    """Pillow's mode F, 0..1, as 16-bit codes [H,W,3].

    Raises:
        UnusableError: numbers past 0..1 by more than rounding.
    """
    values = np.asarray(picture)
    least, most = values.min(initial=0.0), values.max(initial=0.0)
    if not (least >= -0.01 and most <= 1.01):
        raise UnusableError(f"holds {least:g} to {most:g}; expected finite numbers in 0..1")
    codes = np.rint(np.clip(values, 0, 1) * TOP[16]).astype(np.uint16)
    return np.repeat(codes[..., None], 3, axis=-1)


def _read_grey16(picture: Pillow.Image, profile: bytes | None) -> Read:
    values = np.asarray(picture)
    if values.min(initial=0) < 0 or values.max(initial=0) > TOP[16]:
        raise UnusableError("holds 32-bit numbers; expected 8 or 16 bits per channel")
    grey = values.astype(np.uint16)
    if picture.format == "TIFF" and _tag(picture, PHOTOMETRIC) == WHITE_IS_ZERO:
        grey = ~grey
    return _deep(np.repeat(grey[..., None], 3, axis=-1), None, profile)


def _read_tiff16(opened: Opened, profile: bytes | None) -> Read:
    picture = opened.picture
    if picture.mode == "CMYK":
        pixels, alpha, notes = _read_8(picture, profile)
        return pixels, alpha, ("16-bit CMYK: read as 8 bits", *notes)
    if not picture.mode.startswith("RGB"):
        return _read_grey16(picture, profile)
    try:
        return _deep(*_tifffile_arrays(opened.facts.file), profile)
    except ImportError:
        why = f"16 bits need tifffile: {TIFF_EXTRA}"
    except ValueError as error:  # such as a compression that tifffile needs imagecodecs for
        why = " ".join(str(error).split())
    if _tag(picture, PLANAR) == SEPARATE_PLANES:
        raise UnusableError(
            f"is a 16-bit TIFF in separate planes, which cannot be read here ({why}); expected "
            "interleaved channels or 8 bits"
        )
    pixels, alpha, notes = _read_8(picture, profile)
    return pixels, alpha, (f"16-bit TIFF read as 8 bits ({why})", *notes)


def _tifffile_arrays(source: BinaryIO) -> tuple[Codes, Codes | None]:
    """The page as pixels [H,W,3] and alpha [H,W] or None, uint16, not premultiplied."""
    import tifffile

    source.seek(0)
    with tifffile.TiffFile(source) as file:
        page = file.pages.first
        array, kinds = page.asarray(), page.extrasamples
        if page.planarconfig == SEPARATE_PLANES:
            array = np.moveaxis(array, 0, -1)
    pixels = array[..., :3]
    kind = kinds[0] if kinds else None
    alpha = array[..., 3] if kind in (ASSOCIATED, UNASSOCIATED) else None
    if kind == ASSOCIATED and alpha is not None:
        pixels = _unpremultiplied(pixels, alpha)
    return pixels, alpha


def _unpremultiplied(pixels: Codes, alpha: Codes) -> Codes:
    share = np.maximum(alpha, 1)[..., None] / 65535
    return np.minimum(np.rint(pixels / share), 65535).astype(np.uint16)


def _deep(pixels: Codes, alpha: Codes | None, profile: bytes | None) -> Read:
    if profile is None or profiles.is_srgb(profile):
        return pixels, alpha, ()
    notes = _converted(profile)
    pixels = profiles.pixels_to_srgb(pixels, profile)
    if pixels.dtype == np.uint8:
        notes += ("that profile holds look-up tables only: the 16 bits became 8",)
    return pixels, alpha, notes
