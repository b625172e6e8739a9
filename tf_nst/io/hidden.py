"""The colours of pixels that are fully transparent, which nobody sees and a network would."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.depth import TOP, Codes
from tf_nst.io.images import Image
from tf_nst.ops.bands import bands


def fill_hidden(image: Image) -> Image:
    """The image with the colour of each hidden pixel made of those of visible ones near by.

    Each takes the mean, weighted by alpha, of the smallest square of a side of 2, 4, 8, ... pixels
    on the grid of such squares that holds a visible one. Itself where nothing is hidden, or all.
    """
    if image.alpha is None or image.alpha.all() or not image.alpha.any():
        return image
    pixels = image.pixels.copy()
    means = _means(image, image.alpha)
    for rows in bands(image.height, image.width):
        hidden = image.alpha[rows] == 0
        pixels[rows][hidden] = np.rint(_colours(means, hidden, rows.start) * TOP[image.depth])
    return replace(image, pixels=pixels)


def _means(image: Image, alpha: Codes) -> list[NDArray[np.float32]]:
    """[h, w, 4] for squares of 2, 4, 8, ... pixels: mean colour, and alpha's mean, 0..1."""
    levels = [_halved_image(image, alpha)]
    while levels[-1].shape[:2] != (1, 1):
        levels.append(_halved(levels[-1]))
    return levels


def _halved_image(image: Image, alpha: Codes) -> NDArray[np.float32]:
    """In bands of even rows, to spare memory."""
    parts = []
    for rows in bands(-(-image.height // 2), 2 * image.width):
        part = slice(2 * rows.start, 2 * rows.stop)
        top = TOP[image.depth]
        share = np.divide(alpha[part], top, dtype=np.float32)[..., None]
        colours = np.divide(image.pixels[part], top, dtype=np.float32)
        parts.append(_halved(np.concatenate([colours, share], axis=-1)))
    return np.concatenate(parts)


def _halved(level: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squares of twice the side; past an odd edge nothing is visible."""
    height, width = level.shape[:2]
    padded = np.pad(level, [(0, height % 2), (0, width % 2), (0, 0)])
    padded[..., :3] *= padded[..., 3:]
    sums = padded[0::2, 0::2] + padded[0::2, 1::2] + padded[1::2, 0::2] + padded[1::2, 1::2]
    share = sums[..., 3:]
    colours = np.divide(sums[..., :3], share, out=np.zeros_like(sums[..., :3]), where=share > 0)
    return np.concatenate([colours, share / 4], axis=-1)


def _colours(
    means: list[NDArray[np.float32]], hidden: NDArray[np.bool_], top: int
) -> NDArray[np.float32]:
    """[n, 3] in 0..1 of the hidden pixels of rows from `top` on."""
    rows, columns = np.nonzero(hidden)
    result = np.zeros((len(rows), 3), np.float32)
    missing = np.arange(len(rows))
    for depth, level in enumerate(means, 1):
        ancestors = level[(rows[missing] + top) >> depth, columns[missing] >> depth]
        visible = ancestors[:, 3] > 0
        result[missing[visible]] = ancestors[visible, :3]
        missing = missing[~visible]
        if not missing.size:
            break
    return result
