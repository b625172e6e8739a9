"""What pictures may be given as in Python: paths, Images, Pillow's images, arrays and tensors."""

import hashlib
import os
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.decoding import decode_pillow
from tf_nst.io.depth import DTYPES, is_floating, quantise
from tf_nst.io.images import Image, read_image

# How far a floating array may lie past 0..1.
_ROUNDING = 0.01
_EXPECTED = (
    "expected pixels [height, width, 3] of uint8 or uint16, or floating in 0..1 (also "
    "[1, height, width, 3], grey [height, width], or with alpha [height, width, 4])"
)

Source = str | os.PathLike[str] | Image | Pillow.Image | NDArray[Any]


def as_image(
    source: Source, flag: str, *, with_exif: bool = False, from_bool: bool = False
) -> Image:
    """The Image of a source, with a sha256: of its file's bytes, or of its pixels' [H, W, 3 or 4].

    Args:
      source: a path; an Image; Pillow's image, taken as a file of it would be: upright, in sRGB;
        or an array or tensor [H, W, 3], [H, W, 4] with alpha, [H, W] or [H, W, 1] grey, a first
        axis of 1 left out, of uint8, uint16, or floating in 0..1.
      flag: what errors name.
      with_exif: whether the Image of a path has its EXIF, too.
      from_bool: whether an array or tensor may be of bool: True is white.

    Raises:
      UserError: anything else, and as `read_image`.
    """
    image = _converted(source, flag, with_exif, from_bool)
    if image.sha256 is not None:
        return image
    pixels = np.ascontiguousarray(image)
    return replace(image, sha256=hashlib.sha256(pixels.data).hexdigest())


def _converted(source: Source, flag: str, with_exif: bool, from_bool: bool) -> Image:
    if isinstance(source, Image):
        return source
    if isinstance(source, str | os.PathLike):
        return read_image(source, flag, with_exif=with_exif)
    if isinstance(source, Pillow.Image):
        return Image(*decode_pillow(source, "Pillow's image", flag)[:4], "Pillow's image")
    if not hasattr(source, "__array__"):
        raise UserError(
            f"{flag}: expected a path, an Image, Pillow's image or an array [height, width, 3], "
            f"received {type(source).__name__}"
        )
    try:
        array = np.asarray(source)
    except Exception as error:  # a tensor of a graph, or one of another library's devices
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(
            f"{flag}: expected an array of numbers, received none ({reason})"
        ) from error
    if from_bool and array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(255)
    return _from_array(array, flag)


def _from_array(array: NDArray[Any], flag: str) -> Image:
    planes = _planes(array)
    floating = is_floating(array)
    if planes is None or not (floating or array.dtype in DTYPES.values()):
        raise UserError(
            f"{flag}: array: {_EXPECTED}; received {list(array.shape)} of {array.dtype}"
        )
    if floating:
        planes = quantise(_checked(planes.astype(np.float32), flag), 8)
    colours = planes[..., :3] if planes.shape[2] > 1 else np.repeat(planes, 3, axis=2)
    alpha = np.ascontiguousarray(planes[..., 3]) if planes.shape[2] == 4 else None
    return Image(colours if alpha is None else np.ascontiguousarray(colours), alpha, name="array")


def _planes(array: NDArray[Any]) -> NDArray[Any] | None:
    """[H, W, 1, 3 or 4], both sides above 0; None of another shape."""
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    if array.ndim == 2:
        array = array[..., None]
    fits = array.ndim == 3 and array.shape[2] in (1, 3, 4) and array.size
    return array if fits else None


def _checked(array: NDArray[np.float32], flag: str) -> NDArray[np.float32]:
    """Refused past 0..1 by more than rounding: more likely 0..255 than meant to be clipped."""
    least, most = array.min(), array.max()
    if not (least >= -_ROUNDING and most <= 1 + _ROUNDING):
        raise UserError(
            f"{flag}: array: expected finite numbers in 0..1, received {least:g} to {most:g}"
        )
    return array
