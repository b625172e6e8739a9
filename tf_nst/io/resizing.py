"""Pictures at another size."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tf_nst.io.depth import TOP, Codes, quantise, to_depth
from tf_nst.io.images import KERNEL, Image

Floats = NDArray[np.float32]
HALF_A_CODE = 0.5 / TOP[16]


def fit_size(height: int, width: int, long_side: int) -> tuple[int, int]:
    """The (height, width) whose longer side is `long_side`, same aspect ratio, each at least 1."""
    longest = max(height, width)
    scaled = ((2 * side * long_side + longest) // (2 * longest) for side in (height, width))
    new_height, new_width = (max(1, side) for side in scaled)
    return new_height, new_width


def same_aspect(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the aspect ratios of two (height, width) agree, to within a pixel or 1 %."""
    height, width = fit_size(*one, max(other))
    return max(abs(height - other[0]), abs(width - other[1])) <= 1 + 0.01 * min(other)


def resize_image(image: Image, height: int, width: int) -> Image:
    """`image` at another size, antialiased, at its own depth; itself if the size is the same.

    Colours count by their alpha, so that the hidden colour of transparent pixels does not bleed;
    where the result is fully transparent, it is black.
    """
    if (height, width) == (image.height, image.width):
        return image
    weight = alpha = None
    if image.alpha is not None:
        weight = _as_share(image.alpha)
        alpha = _resized(Pillow.fromarray(weight), height, width)
    pixels = np.empty((height, width, 3), image.pixels.dtype)
    for c in range(3):
        channel = image.pixels[..., c]
        if weight is not None and alpha is not None:
            pixels[..., c] = quantise(_shown(channel, weight, alpha), image.depth)
        elif image.depth == 8:
            pixels[..., c] = _resized(Pillow.fromarray(channel), height, width)
        else:
            plane = _resized(Pillow.fromarray(_as_share(channel)), height, width)
            pixels[..., c] = quantise(plane, image.depth)
    codes = None if alpha is None else quantise(alpha, image.depth)
    return replace(image, pixels=pixels, alpha=codes)


def resize_alpha(image: Image, height: int, width: int) -> Codes | None:
    """The alpha of `image` at another size, [height, width] uint8; None without alpha."""
    if image.alpha is None:
        return None
    plane = Pillow.fromarray(to_depth(image.alpha, 8))
    return np.ascontiguousarray(_resized(plane, height, width))


def _as_share(codes: Codes) -> Floats:
    """uint8 or uint16 codes as float32 in 0..1."""
    shares: Floats = np.divide(codes, TOP[codes.itemsize * 8], dtype=np.float32)
    return shares


def _resized(plane: Pillow.Image, height: int, width: int) -> NDArray[Any]:
    """A plane [H,W] at another size; of floats it runs a little past its range at hard edges."""
    return np.asarray(plane.resize((width, height), KERNEL))


def _shown(codes: Codes, weight: Floats, alpha: Floats) -> Floats:
    """A channel at the size of `alpha`, each of its codes counted by `weight`, alpha before."""
    height, width = alpha.shape
    plane = _resized(Pillow.fromarray(_as_share(codes) * weight), height, width)
    shown: Floats = np.divide(plane, alpha, out=np.zeros_like(plane), where=alpha > HALF_A_CODE)
    return shown
