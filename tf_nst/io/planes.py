"""Masks as planes of numbers: read, resized, softened. No TensorFlow here."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.io.depth import TOP
from tf_nst.io.images import KERNEL, Image

# Of red, green and blue in the light of a grey (ITU-R BT.601, as Pillow's "L").
LIGHT = np.float32([0.299, 0.587, 0.114])


def plane_of(image: Image) -> tuple[NDArray, str | None]:
    """[H, W] float32 in 0..1, white 1, or the alpha of a mask that is not opaque; and a note."""
    if image.mask is not None:
        return image.mask, f"{image.name} has transparency: its alpha is the mask"
    return _levels(image.to_float() @ LIGHT), None


def resized_plane(plane: NDArray, height: int, width: int) -> NDArray:
    """[h, w] float32 in 0..1 at another size, antialiased."""
    if plane.shape == (height, width):
        return plane
    resized = Pillow.fromarray(np.float32(plane)).resize((width, height), KERNEL)
    return _levels(np.asarray(resized))


def _levels(plane: NDArray) -> NDArray:
    """In 255 steps: what is white or black but for rounding is so, and is kept exactly."""
    return np.float32(np.rint(np.clip(plane, 0.0, 1.0) * TOP[8]) / TOP[8])


def shows(plane: NDArray, image: Image) -> bool:
    """Whether a mask [h, w] of an image's size shows any of its visible pixels."""
    return bool((plane if image.mask is None else plane * image.mask).any())


def feathered(painted: NDArray, pixels: float) -> NDArray:
    """Fades [H, W] out towards what is not painted, over so many pixels on the painted side.

    0 stays 0: what was not painted is not painted now. The picture's borders are no edges.
    """
    radius = round(pixels / 2)
    if radius < 1:
        return painted
    inner = _along_both(painted, radius, _least)
    return np.minimum(painted, _along_both(inner, radius, _mean))


def _along_both(plane: NDArray, radius: int, reduce) -> NDArray:
    return reduce(reduce(plane, radius).T, radius).T


def _least(plane: NDArray, radius: int) -> NDArray:
    """The least of the 2 radius + 1 values around each along the first axis."""
    padded = np.pad(plane, [(radius, radius), (0, 0)], mode="edge")
    length, seen = 2 * radius + 1, 1
    while seen < length:
        step = min(seen, length - seen)
        padded = np.minimum(padded[:-step], padded[step:])
        seen += step
    return padded


def _mean(plane: NDArray, radius: int) -> NDArray:
    """The mean of the 2 radius + 1 values around each along the first axis."""
    padded = np.pad(plane, [(radius + 1, radius), (0, 0)], mode="edge")
    padded[0] = 0
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    length = 2 * radius + 1
    return np.float32((sums[length:] - sums[:-length]) / length)
