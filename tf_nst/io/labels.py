"""Colour-coded maps: each colour of the content's map takes from the same colour of a style's."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.planes import Plane, resized_plane, shows
from tf_nst.io.resizing import same_aspect
from tf_nst.io.styles import MaskedStyles, Style

# Of a map, for a colour to be a label: the others are what JPEG and smooth edges make of them.
LEAST_SHARE = 0.005
# Between labels of two maps that are the same one, in codes of a channel.
MOST_DIFFERENCE = 40


class Labels(NamedTuple):
    """A map: its colours [n, 3], the nearest of each pixel [H, W], and its name."""

    colors: NDArray[np.int32]
    nearest: NDArray[np.intp]
    name: str

    def mask(self, label: int, size: tuple[int, int]) -> Plane:
        """[h, w] float32 in 0..1: how much of each pixel is of a label."""
        return resized_plane((self.nearest == label).astype(np.float32), *size)

    def like(self, color: NDArray[np.int32]) -> int | None:
        """The label of a colour; None where there is none."""
        differences = np.abs(self.colors - color).max(axis=1)
        return int(differences.argmin()) if differences.min() <= MOST_DIFFERENCE else None


def label_areas(
    maps: list[Image], content: Image, styles: tuple[Style, ...]
) -> tuple[list[Plane], list[MaskedStyles]]:
    """A mask for each colour of the content's map, and the styles that have it, with where.

    Args:
      maps: of the content and of each style, of any size.

    Raises:
      UserError: not as many maps, another aspect ratio, or a colour that no style has.
    """
    pictures = [content, *(style.only_picture("--labels") for style in styles)]
    if len(maps) != len(pictures):
        raise UserError(
            f"--labels: expected a map of the content and one of each style, {len(pictures)} in "
            f"all, received {len(maps)}"
        )
    first, *others = (_read(*pair) for pair in zip(maps, pictures, strict=True))
    masks = [first.mask(label, content.size) for label in range(len(first.colors))]
    return masks, [_styles(first, label, others, pictures[1:]) for label in range(len(masks))]


def _styles(first: Labels, label: int, others: list[Labels], pictures: list[Image]) -> MaskedStyles:
    """(index, mask) of each style that has a label of the content where it is visible."""
    color, having = first.colors[label], []
    for index, (labels, picture) in enumerate(zip(others, pictures, strict=True)):
        same = labels.like(color)
        # A colour that is nearer to another one of the content's is that one's.
        if same is not None and first.like(labels.colors[same]) != label:
            same = None
        guide = None if same is None else labels.mask(same, picture.size)
        if guide is not None and shows(guide, picture):
            having.append((index, guide))
    if not having:
        code = "#" + "".join(f"{int(value):02x}" for value in color)
        share = np.mean(first.nearest == label)
        names = " or ".join(labels.name for labels in others)
        raise UserError(
            f"--labels: {first.name} has {code} in {share:.0%} of its pixels, expected that colour "
            f"in {names} too"
        )
    return tuple(having)


def _read(image: Image, picture: Image) -> Labels:
    if not same_aspect(image.size, picture.size):
        raise UserError(
            f"--labels: {image.name} has another aspect ratio than its picture, expected that of "
            f"{picture.width}×{picture.height}, received {image.width}×{image.height}"
        )
    codes = np.rint(image.to_float() * 255).reshape(-1, 3).astype(np.int32)
    colors, inverse, counts = unique_colors(codes)
    labels = colors[counts >= LEAST_SHARE * len(codes)]
    labels = labels if len(labels) else colors[[counts.argmax()]]
    nearest = np.concatenate(
        [
            np.square(part[:, None] - labels).sum(axis=2).argmin(axis=1)
            for part in np.array_split(colors, -(-len(colors) // 4096))
        ]
    )
    return Labels(labels, nearest[inverse].reshape(image.size), image.name)


def unique_colors(
    codes: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.intp]]:
    """`numpy.unique(codes, axis=0)`, with inverse and counts, of integers: far faster than of rows.

    Args:
      codes: [n, 3], each 0 to 255.
    """
    shifts = np.array([16, 8, 0], np.int32)
    packed, inverse, counts = np.unique(
        (codes << shifts).sum(axis=1, dtype=np.int32), return_inverse=True, return_counts=True
    )
    return packed[:, None] >> shifts & 255, inverse, counts
