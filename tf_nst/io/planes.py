"""Masks as planes of numbers: read, resized, softened. No TensorFlow here."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.io.depth import TOP
from tf_nst.io.images import KERNEL, Image

# Of red, green and blue in the light of a grey (ITU-R BT.601, as Pillow's "L").
LIGHT = np.array([0.299, 0.587, 0.114], np.float32)
# [H, W] float32, most often 0..1.
Plane = NDArray[np.float32]


def plane_of(image: Image) -> tuple[Plane, str | None]:
    """[H, W] float32 in 0..1, white 1, or the alpha of a mask that is not opaque; and a note."""
    if image.mask is not None:
        return image.mask, f"{image.name} has transparency: its alpha is the mask"
    return _levels(image.to_float() @ LIGHT), None


def extremes_of(image: Image) -> tuple[str, str]:
    """What a mask's 0 and 1 look like: black and white, or by its alpha where that is the mask."""
    return ("black", "white") if image.mask is None else ("fully transparent", "opaque")


def resized_plane(plane: Plane, height: int, width: int) -> Plane:
    """[h, w] float32 in 0..1 at another size, antialiased."""
    if plane.shape == (height, width):
        return plane
    resized = Pillow.fromarray(np.asarray(plane, np.float32)).resize((width, height), KERNEL)
    return _levels(np.asarray(resized))


def _levels(plane: Plane) -> Plane:
    """In 255 steps: what is white or black but for rounding is so, and is kept exactly."""
    levels: Plane = np.asarray(np.rint(np.clip(plane, 0.0, 1.0) * TOP[8]) / TOP[8], np.float32)
    return levels


def shows(plane: Plane, image: Image) -> bool:
    """Whether a mask [h, w] of an image's size shows any of its visible pixels."""
    return bool((plane if image.mask is None else plane * image.mask).any())


def feathered(painted: Plane, pixels: float) -> Plane:
    """Fades [H, W] out towards what is not painted, over so many pixels on the painted side.

    0 stays 0: what was not painted is not painted now. The picture's borders are no edges.
    """
    radius = math.ceil(pixels / 2)
    if radius < 1:
        return painted
    inner = _along_both(painted, radius, _least)
    soft: Plane = np.minimum(painted, _along_both(inner, radius, _mean))
    return soft


def _along_both(plane: Plane, radius: int, reduce: Callable[[Plane, int], Plane]) -> Plane:
    return reduce(reduce(plane, radius).T, radius).T


def _least(plane: Plane, radius: int) -> Plane:
    """The least of the 2 radius + 1 values around each along the first axis."""
    padded = np.pad(plane, [(radius, radius), (0, 0)], mode="edge")
    length, covered = 2 * radius + 1, 1
    while covered < length:
        step = min(covered, length - covered)
        padded = np.minimum(padded[:-step], padded[step:])
        covered += step
    return padded


def _mean(plane: Plane, radius: int) -> Plane:
    """The mean of the 2 radius + 1 values around each along the first axis."""
    padded = np.pad(plane, [(radius + 1, radius), (0, 0)], mode="edge")
    padded[0] = 0
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    length = 2 * radius + 1
    return np.asarray((sums[length:] - sums[:-length]) / length, np.float32)
