"""The glass pyramid: where rays enter and leave it, its lattice and its panes."""

import numpy as np

from examples_painter.fields import hash_unit, smoothstep

CENTRE = np.array([0.0, 0.0, 58.0], np.float32)
HALF, HEIGHT, ROWS = 17.7, 21.6, 18
SIZE = float(np.hypot(HALF, HEIGHT))
NORMALS = (
    np.array(
        [[0, HALF, -HEIGHT], [HEIGHT, HALF, 0], [0, HALF, HEIGHT], [-HEIGHT, HALF, 0]], np.float32
    )
    / SIZE
)
TANGENTS = np.array([[1, 0, 0], [0, 0, 1], [-1, 0, 0], [0, 0, -1]], np.float32)


def cross_pyramid(points, directions):
    """Return entry and exit distances (n,) and face numbers (n,) of rays; entry > exit misses."""
    reach = HEIGHT * HALF / SIZE - (points - CENTRE) @ NORMALS.T
    slope = directions @ NORMALS.T
    slope = np.where(np.abs(slope) < 1e-6, 1e-6, slope)
    away = reach / slope
    inward = np.where(slope < 0, away, -1e6)
    outward = np.where(slope > 0, away, 1e6)
    return (inward.max(1), outward.min(1), inward.argmax(1), outward.argmin(1))


def shares(points, faces):
    """Return the weights (n,) of the two foot corners of `faces` at `points` (n, 3)."""
    local = points - CENTRE
    rise = local[:, 1] / HEIGHT
    side = (local * TANGENTS[faces]).sum(1) / HALF
    return (1 - rise - side) / 2, (1 - rise + side) / 2


def lattice(first, second, half):
    """Return how much (n,) bars of half width `half` (share of a pane) cover a place."""
    cover = np.zeros_like(first)
    for weight in (first, second):
        place = weight * ROWS
        gap = np.abs(place - np.round(place))
        cover = np.maximum(cover, smoothstep(half + 0.014, half - 0.014, gap))
    hips = np.minimum(first, second) * ROWS
    return np.maximum(cover, smoothstep(0.13, 0.10, hips))


def truss(first, second):
    """Return how much (n,) the thin rods and nodes behind the panes cover a place."""
    cover = lattice(first, second, 0.026) * 0.8
    level = (first + second) * ROWS
    chord = np.abs(level - np.round(level))
    node = np.hypot(first * ROWS - np.round(first * ROWS), second * ROWS - np.round(second * ROWS))
    return np.maximum(
        cover, np.maximum(smoothstep(0.05, 0.03, chord) * 0.6, smoothstep(0.10, 0.07, node))
    )


def pane_normals(first, second, faces):
    """Return unit normals (n, 3) of the panes, each tilted a little by chance."""
    row, column = np.floor(first * ROWS), np.floor(second * ROWS)
    tilt = (
        np.stack(
            [hash_unit(row, column, salt + faces * 0.37) - 0.5 for salt in (1.0, 2.0, 3.0)], -1
        )
        * 0.0035
    )
    normals = NORMALS[faces] + tilt
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def pane_tone(first, second, faces):
    """Return a slight brightness factor (n,) of each pane around 1."""
    row, column = np.floor(first * ROWS), np.floor(second * ROWS)
    return 0.78 + 0.44 * hash_unit(row, column, 5.0 + faces * 0.31)
