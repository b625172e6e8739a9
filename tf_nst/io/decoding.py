"""From a file, or Pillow's image, to upright sRGB arrays, or a refusal in one line."""

import contextlib
import hashlib
import io
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError

from tf_nst.errors import NstError, RunError, UserError
from tf_nst.io import profiles
from tf_nst.io.depth import Codes, to_depth
from tf_nst.io.formats import EXPECTED, HEAD_BYTES, TIFF, Format, format_of
from tf_nst.io.icc import ProfileError
from tf_nst.io.kept_exif import kept_exif
from tf_nst.io.metadata import declared
from tf_nst.io.metadata.exif import read_exif
from tf_nst.io.metadata.facts import Facts, UnusableError
from tf_nst.io.readers import Opened, read
from tf_nst.io.source_file import open_source

GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")


class Decoded(NamedTuple):
    """sRGB pixels [H,W,3], alpha [H,W] or None, the file's profile or None, notes for the user, the
    sha256 of the file's bytes in hexadecimal, None of what is not from a file, and of its EXIF what
    a painting may keep, where it was asked for."""

    pixels: Codes
    alpha: Codes | None
    profile: bytes | None
    notes: tuple[str, ...]
    sha256: str | None = None
    exif: bytes = b""


def decode(path: str, flag: str, max_pixels: int, *, with_exif: bool = False) -> Decoded:
    """The first picture in the file, upright and in sRGB, uint8 or uint16 as the file has it.

    Args:
        with_exif: whether its EXIF is read too, which a pipe brings but once.

    Raises:
        UserError: no readable file, no image, a damaged one, or one of more than `max_pixels`.
        RunError: not enough memory.
    """
    with _refusals(path, flag), open_source(path, flag) as file:
        decoded = _decode_file(file, path, flag, max_pixels)
        file.seek(0)
        # BinaryIO lacks the readinto that files have.
        sha256 = hashlib.file_digest(cast(io.BufferedReader, file), "sha256").hexdigest()
        decoded = decoded._replace(sha256=sha256)
        return _with_exif(decoded, file, path) if with_exif else decoded


def _with_exif(decoded: Decoded, file: BinaryIO, path: str) -> Decoded:
    with pillow_settings():
        exif, notes = kept_exif(file)
    lines = (f"{path}: {line}" for line in notes)
    return decoded._replace(exif=exif, notes=(*decoded.notes, *lines))


def decode_pillow(picture: Pillow.Image, name: str, flag: str) -> Decoded:
    """Pillow's image as a file of it would be read: upright, in sRGB, its alpha kept.

    Mode I holds 16-bit codes, as Pillow reads them. Raises as `decode`.
    """
    with _refusals(name, flag), pillow_settings():
        exif = read_exif(_exif_of(picture))
        profile: bytes | None = picture.info.get("icc_profile") or None
        notes: tuple[str, ...] = ()
        if profile is None and {"gamma", "chromaticity"} & set(picture.info):
            profile, notes = _calibrated(picture.info)
        elif profile is None:
            profile, notes = declared.by_exif(exif.colours)
        facts = Facts(io.BytesIO(), profile, exif.orientation, notes=notes)
        return _decode_opened(Opened(picture, name, flag, None, facts))


def _calibrated(info: Mapping[Any, Any]) -> declared.Colours:
    """As Pillow reads gAMA and cHRM, unless sRGB goes before them."""
    if "srgb" in info:
        return None, ()
    numbers, gamma = info.get("chromaticity"), info.get("gamma")
    if numbers is not None:
        numbers = (*numbers[2:], *numbers[:2])
    return declared.by_numbers(numbers, 1 / gamma if gamma else None, "its gamma")


@contextlib.contextmanager
def _refusals(path: str, flag: str) -> Iterator[None]:
    """One line for whatever decoding raises."""
    try:
        yield
    except NstError:
        raise
    except UnusableError as error:
        raise UserError(f"{flag}: {path} {error}") from None
    except MemoryError:
        raise RunError(f"{flag}: {path} does not fit in memory") from None
    except Exception as error:  # Pillow's decoders raise nearly everything on damaged files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(
            f"{flag}: {path} is damaged or cut short ({reason[:200]}); expected a whole image"
        ) from error


@contextlib.contextmanager
def _set_pillow() -> Iterator[None]:
    before = Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    finally:
        Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


class _Shared:
    """A context that many threads are in at once: the first enters it, the last exits."""

    def __init__(self, context: Callable[[], contextlib.AbstractContextManager[None]]):
        self._context, self._exit, self._inside = context, contextlib.ExitStack(), 0
        # Reentrant: a generator that is collected here exits, too.
        self._lock = threading.RLock()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if not self._inside:
                self._exit.enter_context(self._context())
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._exit.close()


# This module's limits in place of Pillow's global ones, which are restored.
pillow_settings = _Shared(_set_pillow)


def _decode_file(file: BinaryIO, path: str, flag: str, max_pixels: int) -> Decoded:
    known = format_of(file.read(HEAD_BYTES))
    facts = known.read(file)
    facts.file.seek(0)
    with pillow_settings():
        try:
            picture = Pillow.open(facts.file, formats=known.plugins)
        except UnidentifiedImageError:
            raise UnusableError(_unidentified(known)) from None
        with picture:
            _check_header(picture, path, flag, max_pixels)
            return _decode_opened(Opened(picture, path, flag, file, completed(facts, picture)))


def _unidentified(known: Format) -> str:
    if known is TIFF:
        return "is a TIFF, damaged or of an unusual layout; expected grey or RGB of 8 or 16 bits"
    return f"is not an image that can be read; {EXPECTED}"


def completed(facts: Facts, picture: Pillow.Image) -> Facts:
    """With what only the decoder knows of the picture."""
    frames = max(facts.frames, getattr(picture, "n_frames", 1))
    if facts.orientation:
        return facts._replace(frames=frames)
    exif = read_exif(_exif_of(picture))
    profile, notes = facts.profile or picture.info.get("icc_profile") or None, facts.notes
    if profile is None and not notes:
        profile, notes = declared.by_exif(exif.colours)
    return facts._replace(profile=profile, orientation=exif.orientation, frames=frames, notes=notes)


def _exif_of(picture: Pillow.Image) -> bytes:
    exif = picture.info.get("exif")
    return exif if isinstance(exif, bytes) else b""


def _check_header(picture: Pillow.Image, path: str, flag: str, max_pixels: int) -> None:
    width, height = picture.size
    if width * height > max_pixels:
        raise UserError(
            f"{flag}: {path} is too large; expected at most {max_pixels / 1e6:g} megapixels, "
            f"received {width}×{height} ({width * height / 1e6:.1f} megapixels)"
        )


def _decode_opened(opened: Opened) -> Decoded:
    notes = _frame_notes(opened)
    profile, profile_notes = _usable_profile(opened.picture, opened.facts.profile)
    pixels, alpha, more = read(opened, profile)
    if not pixels.size:
        raise ValueError("it has no pixels")
    pixels = _upright(pixels, opened.facts.orientation)
    if alpha is not None:
        alpha = _upright(to_depth(alpha, pixels.itemsize * 8), opened.facts.orientation)
    every = (*notes, *opened.facts.notes, *profile_notes, *more)
    return Decoded(pixels, alpha, profile, tuple(f"{opened.name}: {line}" for line in every))


def _frame_notes(opened: Opened) -> tuple[str, ...]:
    count, kind = opened.facts.frames, opened.picture.format
    if count > 1 and kind in ANIMATED:
        return (f"animated: the first of {count} frames is used",)
    if count > 1 and kind == "TIFF":
        return (f"several pages: the first of {count} is used",)
    return ()


def _usable_profile(
    picture: Pillow.Image, profile: bytes | None
) -> tuple[bytes | None, tuple[str, ...]]:
    if profile is None:
        return None, ()
    try:
        space = profiles.check_profile(profile)
    except ProfileError as error:
        return None, (declared.ignored(str(error)),)
    holds = "CMYK" if picture.mode == "CMYK" else "RGB"
    if space != holds and not (space == "GRAY" and picture.mode in GREY_MODES):
        return None, (f"its colour profile is for {space}, its pixels are not: profile ignored",)
    return profile, ()


def _upright(array: Codes, orientation: int) -> Codes:
    """`array` [H,W,...] rotated and mirrored by EXIF's orientation, 1..8."""
    if orientation in (5, 6, 7, 8):
        array = array.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    return np.ascontiguousarray(array)
