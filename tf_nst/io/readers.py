"""From an opened file to sRGB arrays, by the one of four readers that loses nothing.

Pillow 13 opens 16-bit RGB as 8 bits without a word. So 16-bit PNG goes through TensorFlow's
decoder and 16-bit RGB TIFF through tifffile (an optional extra).
"""

import os

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io import profiles
from tf_nst.io.depth import to_array

TIFF_EXTRA = 'pip install "tf_nst[tiff]"'
BITS, PHOTOMETRIC, PLANAR = 258, 262, 284
WHITE_IS_ZERO, SEPARATE_PLANES, ASSOCIATED, UNASSOCIATED = 0, 2, 1, 2

Read = tuple[NDArray, NDArray | None, tuple[str, ...]]


def read(picture: Pillow.Image, path: str, flag: str, profile: bytes | None) -> Read:
    """sRGB pixels [H,W,3], alpha [H,W] or None, uint8 or uint16 each, and notes for the user.

    Raises:
        UserError: 16-bit planar TIFF without tifffile. Decoders raise their own on damaged files.
    """
    if picture.format == "PNG" and _png_depth(path) == 16:
        return _read_png16(picture, path, profile)
    if picture.format == "TIFF" and 16 in tiff_bits(picture):
        if picture.mode.startswith("RGB"):
            return _read_tiff16(picture, path, flag, profile)
        if picture.mode == "CMYK":
            pixels, alpha, notes = _read_8(picture, profile)
            return pixels, alpha, ("16-bit CMYK: read as 8 bits", *notes)
    if picture.mode.startswith("I"):
        return _read_grey16(picture, profile)
    return _read_8(picture, profile)


def tiff_bits(picture: Pillow.Image) -> set[int]:
    """The bits per sample that a TIFF declares."""
    return set(picture.tag_v2.get(BITS, (1,)))


def _read_8(picture: Pillow.Image, profile: bytes | None) -> Read:
    alpha = None
    cmyk = picture.mode == "CMYK"
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        alpha = to_array(picture.getchannel("A"))
    if profile is None or profiles.is_srgb(profile):
        notes = ("CMYK without a profile: converted by a plain formula",) if cmyk else ()
        return to_array(_in_mode(picture, "RGB")), alpha, notes
    picture = _in_mode(picture, profiles.MODES[profiles.colour_space(profile)])
    return to_array(profiles.picture_to_srgb(picture, profile)), alpha, _converted(profile)


def _in_mode(picture: Pillow.Image, mode: str) -> Pillow.Image:
    """Pillow's convert, without the copy that it makes where the mode is right already."""
    picture.load()
    return picture if picture.mode == mode else picture.convert(mode)


def _converted(profile: bytes) -> tuple[str, ...]:
    return (f"colours converted to sRGB from the profile {profiles.describe(profile)}",)


def _png_depth(path: str) -> int:
    with open(path, "rb") as file:
        return file.read(25)[24]


def _read_png16(picture: Pillow.Image, path: str, profile: bytes | None) -> Read:
    import tensorflow as tf

    picture.load()  # Pillow reports a damaged file; TensorFlow would also log it
    has_alpha = "transparency" in picture.info or picture.mode in ("RGBA", "LA")
    try:
        with tf.device("cpu"):
            # TensorFlow reads the file: of bytes from Python it makes four copies.
            data = tf.io.read_file(os.fsencode(os.path.abspath(path)))
            decoded = tf.io.decode_png(data, channels=4 if has_alpha else 3, dtype=tf.uint16)
    except tf.errors.InvalidArgumentError:
        raise ValueError("its PNG data are not whole") from None
    pixels = np.asarray(decoded)
    return _deep(pixels[..., :3], pixels[..., 3] if has_alpha else None, profile)


def _read_grey16(picture: Pillow.Image, profile: bytes | None) -> Read:
    grey = np.asarray(picture).astype(np.uint16)
    if picture.format == "TIFF" and picture.tag_v2.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        grey = ~grey
    return _deep(np.repeat(grey[..., None], 3, axis=-1), None, profile)


def _read_tiff16(picture: Pillow.Image, path: str, flag: str, profile: bytes | None) -> Read:
    try:
        return _deep(*_tifffile_arrays(path), profile)
    except ImportError:
        why = f"16 bits need tifffile: {TIFF_EXTRA}"
    except ValueError as error:  # such as a compression that tifffile needs imagecodecs for
        why = " ".join(str(error).split())
    if picture.tag_v2.get(PLANAR) == SEPARATE_PLANES:
        raise UserError(
            f"{flag}: {path} is a 16-bit TIFF in separate planes, which cannot be read here "
            f"({why}); expected interleaved channels or 8 bits"
        )
    pixels, alpha, notes = _read_8(picture, profile)
    return pixels, alpha, (f"16-bit TIFF read as 8 bits ({why})", *notes)


def _tifffile_arrays(path: str) -> tuple[NDArray, NDArray | None]:
    """The first page as pixels [H,W,3] and alpha [H,W] or None, uint16, not premultiplied."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        array, kinds = page.asarray(), page.extrasamples
        if page.planarconfig == SEPARATE_PLANES:
            array = np.moveaxis(array, 0, -1)
    pixels = array[..., :3]
    kind = kinds[0] if kinds else None
    alpha = array[..., 3] if kind in (ASSOCIATED, UNASSOCIATED) else None
    return (_unpremultiplied(pixels, alpha) if kind == ASSOCIATED else pixels), alpha


def _unpremultiplied(pixels: NDArray, alpha: NDArray) -> NDArray:
    share = np.maximum(alpha, 1)[..., None] / 65535
    return np.minimum(np.rint(pixels / share), 65535).astype(np.uint16)


def _deep(pixels: NDArray, alpha: NDArray | None, profile: bytes | None) -> Read:
    if profile is None or profiles.is_srgb(profile):
        return pixels, alpha, ()
    notes = _converted(profile)
    pixels = profiles.pixels_to_srgb(pixels, profile)
    if pixels.dtype == np.uint8:
        notes += ("that profile holds look-up tables only: the 16 bits became 8",)
    return pixels, alpha, notes
