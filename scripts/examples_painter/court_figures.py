"""Upright cut-outs for scale: where rays meet them, and the shadows they cast."""

from dataclasses import dataclass

import numpy as np

from examples_painter.court_light import SUN
from examples_painter.court_sprites import draw_lamp, draw_person, light_sprite

FLAT = float(np.hypot(SUN[0], SUN[2]))


@dataclass
class Figure:
    """One cut-out: foot at (x, z), size in metres, radiance and cover (rows, columns)."""

    x: float
    z: float
    width: float
    height: float
    light: np.ndarray
    cover: np.ndarray

    def _texels(self, row, column, allowed=True):
        """Return the numbers of rays that hit, and their texel rows and columns."""
        inside = (row >= 0) & (row < 1) & (column >= 0) & (column < 1) & allowed
        index, size = np.flatnonzero(inside), self.cover.shape
        return index, (row[index] * size[0]).astype(int), (column[index] * size[1]).astype(int)

    def meet(self, points, directions):
        """Return hit rays' numbers, distances, texel rows and columns in the cut-out's plane."""
        slope = np.where(np.abs(directions[:, 2]) < 1e-5, 1e-5, directions[:, 2])
        away = (self.z - points[:, 2]) / slope
        column = (points[:, 0] + away * directions[:, 0] - self.x) / self.width + 0.5
        row = 1 - (points[:, 1] + away * directions[:, 1]) / self.height
        index, row, column = self._texels(row, column, away > 0.05)
        return index, away[index], row, column

    def shade(self, points):
        """Return the numbers of floor `points` (n, 3) in its shadow, and how deep (0..1)."""
        x, z = points[:, 0] - self.x, points[:, 2] - self.z
        behind = (x * SUN[0] + z * SUN[2]) / FLAT
        row = 1 + behind * SUN[1] / FLAT / self.height
        column = (x * SUN[2] - z * SUN[0]) / FLAT / self.width + 0.5
        index, row, column = self._texels(row, column)
        return index, 0.95 * self.cover[row, column]


def make_person(x, z, rng):
    """Return a standing or walking Figure about 1.7 m tall with its foot at (x, z)."""
    scale = rng.uniform(0.9, 1.04)
    return Figure(x, z, scale, 1.8 * scale, *light_sprite(draw_person(rng)))


def make_lamp(x, z):
    """Return the Figure of a cast-iron lamp post with a lantern, its foot at (x, z)."""
    return Figure(x, z, 1.5, 6.0, *light_sprite(draw_lamp()))


def shadow_of(figures, points):
    """Return the share of sun (n,) that `figures` leave at `points` (n, 3)."""
    share = np.ones(len(points), np.float32)
    for figure in figures:
        index, depth = figure.shade(points)
        share[index] *= 1 - depth
    return share
