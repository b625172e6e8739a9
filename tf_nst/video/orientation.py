"""Frames turned upright by the matrix of a file, ISO/IEC 14496-12 (8.2.2.3)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.video.clip import Pixels


class Orientation(NamedTuple):
    """Quarter turns clockwise, and whether the frame is mirrored, left to right, before them."""

    turns: int = 0
    is_mirrored: bool = False
    is_exact: bool = True

    @property
    def swaps_sides(self) -> bool:
        """Whether rows become columns."""
        return self.turns % 2 == 1


def orientation_of(matrix: bytes) -> Orientation:
    """Of a display matrix: nine 32-bit integers of this machine, x' = a x + c y, y' = b x + d y.

    A turn by no quarter becomes the nearest one, and `is_exact` is False.
    """
    a, b, _, c, d = np.frombuffer(matrix, np.int32)[:5].astype(np.float64) / 65536
    is_mirrored = bool(a * d - b * c < 0)
    if is_mirrored:
        a, b = -a, -b
    quarters = np.degrees(np.arctan2(b, a)) / 90
    turns = round(quarters)
    return Orientation(turns % 4, is_mirrored, bool(abs(quarters - turns) < 1 / 90))


def upright(pixels: Pixels, orientation: Orientation) -> Pixels:
    """[H,W,3] turned, or [W,H,3] where sides are swapped."""
    if orientation.is_mirrored:
        pixels = pixels[:, ::-1]
    turned: NDArray[np.uint8] = np.rot90(pixels, -orientation.turns)
    return np.ascontiguousarray(turned)
