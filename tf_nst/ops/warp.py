"""A picture moved along a flow. Without TensorFlow: it is made once a frame, on the host."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def warp(image: Floats, flow: Floats) -> Floats:
    """The image at the points that a flow leads to, between the four pixels around each.

    A point past the border has the nearest colour of the border; `inside` says which those are.

    Args:
      image: [H, W, C], floating.
      flow: [H, W, 2] of the same dtype: for each pixel how far to the right and how far down of it
        its point lies, in pixels.

    Returns:
      [H, W, C] of the same dtype and within the same range.
    """
    limits = _limits(flow)
    points = np.clip(_points(flow), 0, limits)
    low = np.floor(points)
    right, down = np.split(points - low, 2, axis=-1)
    left, top = np.moveaxis(low.astype(np.intp), -1, 0)
    next_column = np.minimum(left + 1, int(limits[0]))
    next_row = np.minimum(top + 1, int(limits[1]))
    upper = image[top, left] * (1 - right) + image[top, next_column] * right
    lower = image[next_row, left] * (1 - right) + image[next_row, next_column] * right
    result: Floats = upper * (1 - down) + lower * down
    return result


def inside(flow: Floats) -> NDArray[np.bool_]:
    """[H, W]: whether the point of each pixel lies within the picture.

    Args:
      flow: [H, W, 2] floating, see `warp`.
    """
    points = _points(flow)
    within: NDArray[np.bool_] = np.all((points >= 0) & (points <= _limits(flow)), axis=-1)
    return within


def _limits(flow: Floats) -> Floats:
    """The last column and the last row."""
    height, width = flow.shape[:2]
    return np.array([width - 1, height - 1], flow.dtype)


def _points(flow: Floats) -> Floats:
    """[H, W, 2]: column and row of the point of each pixel."""
    height, width = flow.shape[:2]
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    return flow + np.stack([columns, rows], axis=-1).astype(flow.dtype)
