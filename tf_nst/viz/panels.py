"""Rows of labelled pictures, which a figure and a page show alike, and arrays as pictures."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.model.geometry import Box

# Pictures and maps.
Floats = NDArray[np.floating[Any]]

# The colours of a matrix or a map are those of its values to this power: a few are very large.
CONTRAST = 0.5


class Panel(NamedTuple):
    """A picture [h, w, 3] float in 0..1 and its caption."""

    picture: Floats
    caption: str


class Row(NamedTuple):
    """Panels side by side under a title."""

    title: str
    panels: tuple[Panel, ...]


def plain(number: float) -> str:
    """A number to three digits: 2,300, 0.0123."""
    return f"{float(f'{number:.3g}'):,g}"


def percent(share: float) -> str:
    """A share as text: 12.3 %, and `10⁻⁷ of it` where that is only rounding."""
    if 0 < share < 1e-6:
        power = int(np.floor(np.log10(share)))
        digits = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"10{digits} of it"
    return f"{plain(100 * share)} %"


def grey(picture: Floats) -> Floats:
    """[H, W, 3] in 0..1 -> its luma (BT.601) [H, W, 3]."""
    return np.repeat((picture @ [0.299, 0.587, 0.114])[..., None], 3, axis=-1)


def heat(values: Floats) -> Floats:
    """[h, w] of 0 or more -> [h, w, 3]: black at 0, bright at the largest."""
    from matplotlib import colormaps

    top = max(float(values.max(initial=0.0)), 1e-12)
    colours: Floats = colormaps["inferno"]((values / top) ** CONTRAST)[..., :3]
    return colours


def signed_heat(values: Floats) -> Floats:
    """[h, w] -> [h, w, 3]: white at 0, red above and blue below it."""
    from matplotlib import colormaps

    top = max(float(np.abs(values).max(initial=0.0)), 1e-12)
    scaled = np.sign(values) * (np.abs(values) / top) ** CONTRAST
    colours: Floats = colormaps["RdBu_r"](0.5 + 0.5 * scaled)[..., :3]
    return colours


def heat_over(picture: Floats, values: Floats, stride: int) -> Floats:
    """A map of features over the picture that they are of.

    Args:
      picture: [H, W, 3] in 0..1.
      values: [h, w] of 0 or more; the feature at (0, 0) is centred on the first stride's pixels.
      stride: pixels from one feature to the next.

    Returns:
      [H, W, 3] in 0..1, grey where the features are 0.
    """
    overlay = np.zeros(picture.shape[:2])
    enlarged = enlarge(values, stride)
    overlay[: enlarged.shape[0], : enlarged.shape[1]] = enlarged
    share = (overlay / max(float(overlay.max()), 1e-12))[..., None] ** CONTRAST
    mixed: Floats = (1 - 0.85 * share) * (0.15 + 0.6 * grey(picture)) + 0.85 * share * heat(overlay)
    return mixed


def enlarge(array: Floats, times: int) -> Floats:
    """[h, w, ...] -> [times * h, times * w, ...], every value a square."""
    return np.repeat(np.repeat(array, times, axis=0), times, axis=1)


def around_grey(values: Floats) -> Floats:
    """Signed [h, w, 3] -> 0..1, with 0 at grey."""
    return 0.5 + 0.5 * values / max(float(np.abs(values).max(initial=0.0)), 1e-12)


def cut(picture: Floats, box: Box, fill: float) -> NDArray[np.float32]:
    """The pixels of a box of [H, W, 3]; `fill` past the borders."""
    rows, columns = (np.arange(box.top, box.bottom), np.arange(box.left, box.right))
    inside = np.ix_(
        (rows >= 0) & (rows < picture.shape[0]), (columns >= 0) & (columns < picture.shape[1])
    )
    result = np.full((rows.size, columns.size, 3), fill, np.float32)
    part = picture[max(box.top, 0) : max(box.bottom, 0), max(box.left, 0) : max(box.right, 0)]
    result[inside] = part
    return result
