"""From a file to upright sRGB arrays, or a refusal in one line."""

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError

from tf_nst.errors import NstError, RunError, UserError
from tf_nst.io import profiles
from tf_nst.io.depth import to_depth
from tf_nst.io.readers import read, tiff_bits

EXPECTED = "expected an image (JPEG, PNG, WebP, TIFF, ...)"
FLOAT_MAGICS = (b"#?RADIANCE", b"#?RGBE", b"\x76\x2f\x31\x01")
GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
ORIENTATION, SAMPLE_FORMAT = 274, 339


class Decoded(NamedTuple):
    """sRGB pixels [H,W,3], alpha [H,W] or None, the file's profile or None, notes for the user."""

    pixels: NDArray
    alpha: NDArray | None
    profile: bytes | None
    notes: tuple[str, ...]


def decode(path: str, flag: str, max_pixels: int) -> Decoded:
    """The first picture in the file, upright and in sRGB, uint8 or uint16 as the file has it.

    Raises:
        UserError: no readable file, no image, a damaged one, or one of more than `max_pixels`.
        RunError: not enough memory.
    """
    _check_file(path, flag)
    try:
        # A file, not a path: Pillow 13 maps a path into memory, and garbles rotated TIFFs so.
        with open(path, "rb") as file, _pillow_settings(), Pillow.open(file) as picture:
            _check_header(picture, path, flag, max_pixels)
            return _decode_opened(picture, path, flag)
    except NstError:
        raise
    except UnidentifiedImageError:
        raise UserError(f"{flag}: {path} {_unidentified(path)}") from None
    except MemoryError:
        raise RunError(f"{flag}: {path} does not fit in memory") from None
    except Exception as error:  # Pillow's decoders raise nearly everything on damaged files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"{flag}: {path} is damaged or cut short ({reason}); expected a whole image"
        ) from error


def _check_file(path: str, flag: str) -> None:
    if not os.path.exists(path):
        raise UserError(f"{flag}: {path} does not exist; {EXPECTED}")
    if os.path.isdir(path):
        raise UserError(f"{flag}: {path} is a folder; {EXPECTED}")
    try:
        with open(path, "rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise UserError(f"{flag}: {path} cannot be read ({error.strerror}); {EXPECTED}") from error
    if empty:
        raise UserError(f"{flag}: {path} is empty; {EXPECTED}")


@contextlib.contextmanager
def _pillow_settings() -> Iterator[None]:
    """This module's limits in place of Pillow's global ones, which are restored."""
    before = Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    finally:
        Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def _unidentified(path: str) -> str:
    with open(path, "rb") as file:
        magic = file.read(12)
    if magic.startswith(FLOAT_MAGICS):
        return "holds floating-point (HDR) colours; expected 8 or 16 bits per channel"
    if magic[:4] in (b"II*\0", b"MM\0*"):
        return "is a TIFF, damaged or of an unusual layout; expected grey or RGB of 8 or 16 bits"
    return f"is not an image that can be read; {EXPECTED}"


def _check_header(picture: Pillow.Image, path: str, flag: str, max_pixels: int) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise UserError(
            f"{flag}: {path} is too large; expected at most {max_pixels / 1e6:g} megapixels, "
            f"received {width}×{height} ({width * height / 1e6:.1f} megapixels)"
        )
    if picture.format in ("EPS", "WMF"):
        raise UserError(f"{flag}: {path} is a vector drawing; {EXPECTED}")
    if picture.mode == "LAB":
        raise UserError(f"{flag}: {path} holds L*a*b* colours; expected grey, RGB or CMYK")
    if not _is_integer(picture):
        raise UserError(
            f"{flag}: {path} holds floating-point or 32-bit numbers; "
            "expected 8 or 16 bits per channel"
        )


def _is_integer(picture: Pillow.Image) -> bool:
    if picture.format == "TIFF":
        formats = set(picture.tag_v2.get(SAMPLE_FORMAT, (1,)))
        return tiff_bits(picture) <= {1, 2, 4, 8, 16} and formats == {1}
    return picture.mode != "F" and (picture.mode != "I" or picture.format == "PPM")


def _decode_opened(picture: Pillow.Image, path: str, flag: str) -> Decoded:
    notes = _frame_notes(picture)
    profile, profile_notes = _usable_profile(picture)
    pixels, alpha, more = read(picture, path, flag, profile)
    # Read last: Pillow turns TIFF itself while loading and then drops the tag.
    orientation = _orientation(picture)
    pixels = _upright(pixels, orientation)
    if alpha is not None:
        alpha = _upright(to_depth(alpha, pixels.itemsize * 8), orientation)
    lines = tuple(f"{path}: {line}" for line in (*notes, *profile_notes, *more))
    return Decoded(pixels, alpha, profile, lines)


def _frame_notes(picture: Pillow.Image) -> tuple[str, ...]:
    count = getattr(picture, "n_frames", 1)
    if count > 1 and picture.format in ANIMATED:
        return (f"animated: the first of {count} frames is used",)
    if count > 1 and picture.format == "TIFF":
        return (f"several pages: the first of {count} is used",)
    return ()


def _usable_profile(picture: Pillow.Image) -> tuple[bytes | None, tuple[str, ...]]:
    profile = picture.info.get("icc_profile") or None
    if profile is None:
        return None, ()
    try:
        space = profiles.check_profile(profile)
    except profiles.ProfileError as error:
        return None, (f"its colour profile {error}: ignored, the colours are taken as sRGB",)
    holds = "CMYK" if picture.mode == "CMYK" else "RGB"
    if space != holds and not (space == "GRAY" and picture.mode in GREY_MODES):
        return None, (f"its colour profile is for {space}, its pixels are not: profile ignored",)
    return profile, ()


def _orientation(picture: Pillow.Image) -> int:
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except Exception:  # the pixels may be whole where EXIF is broken
        return 1


def _upright(array: NDArray, orientation: int) -> NDArray:
    """`array` [H,W,...] rotated and mirrored by EXIF's orientation, 1..8."""
    if orientation in (5, 6, 7, 8):
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)
