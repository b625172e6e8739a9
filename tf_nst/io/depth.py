"""Between 8 bits, 16 bits and floats, and between Pillow's pictures and arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.ops.bands import bands

# uint8 or uint16.
Codes = NDArray[np.unsignedinteger[Any]]

DTYPES: dict[int, type[np.uint8 | np.uint16]] = {8: np.uint8, 16: np.uint16}
TOP = {8: 255, 16: 65535}


def is_floating(array: NDArray[Any]) -> bool:
    """Whether its numbers are floating, bfloat16 too, which NumPy does not have."""
    return array.dtype.kind == "f" or array.dtype.name == "bfloat16"


def to_depth(array: Codes, depth: int) -> Codes:
    """`array` (uint8 or uint16, any shape) at 8 or 16 bits, rounded to the nearest.

    8 to 16 is exact. Returns `array` itself where the depth is right already.
    """
    if array.dtype == DTYPES[depth]:
        return array
    if depth == 16:
        return array.astype(np.uint16) * np.uint16(257)
    nearest: Codes = ((np.arange(65536) + 128) // 257).astype(np.uint8)
    codes: Codes = nearest[array]
    return codes


def quantise(array: NDArray[np.floating[Any]], depth: int) -> Codes:
    """`array` (float, [H,W] or [H,W,C], 0..1) as uint8 or uint16: clipped, rounded to the nearest.

    In bands, to spare memory.
    """
    result = np.empty(array.shape, DTYPES[depth])
    for rows in bands(*array.shape[:2]):
        scaled = array[rows] * TOP[depth]
        np.rint(scaled, out=scaled)
        result[rows] = np.clip(scaled, 0, TOP[depth], out=scaled)
    return result


def to_array(picture: Pillow.Image) -> Codes:
    """A Pillow picture of 8 bits as uint8 [H,W] or [H,W,bands], copied in bands to spare memory."""
    width, height = picture.size
    count = len(picture.getbands())
    result = np.empty((height, width) if count == 1 else (height, width, count), np.uint8)
    for rows in bands(height, width):
        result[rows] = np.asarray(picture.crop((0, rows.start, width, rows.stop)))
    return result


def scale_transparent_grey(picture: Pillow.Image, bits: int) -> None:
    """Brings the grey of a PNG of so many bits that is not seen to 8, as Pillow does the pixels."""
    key = picture.info.get("transparency")
    if picture.mode == "L" and bits in (2, 4) and isinstance(key, int):
        picture.info["transparency"] = key * TOP[8] // ((1 << bits) - 1)


def to_pillow(pixels: Codes, alpha: Codes | None = None) -> Pillow.Image:
    """Pixels [H,W,3] and alpha [H,W], uint8 or uint16, as an 8-bit picture, RGB or RGBA."""
    picture = Pillow.fromarray(to_depth(pixels, 8))
    if alpha is not None:
        picture.putalpha(Pillow.fromarray(to_depth(alpha, 8)))
    return picture


def stack_alpha(pixels: Codes, alpha: Codes | None) -> Codes:
    """Pixels [H,W,3] with alpha [H,W] as a fourth channel; the pixels themselves without alpha."""
    return pixels if alpha is None else np.dstack([pixels, alpha])
