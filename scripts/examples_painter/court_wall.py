"""A palace front placed in the court: its light baked on the relief, and its rays."""

import numpy as np

from examples_painter.court_facade import (
    GLASS,
    OPEN_AIR,
    SCALE,
    TALL,
    ambient_occlusion,
    build_wall,
    wall_colours,
)
from examples_painter.court_light import AMBIENT, BOUNCE, SUN, SUN_COLOUR
from examples_painter.fields import blur, fractal_noise, hash_unit, mix, sample

FAR = np.float32(1e6)
FRONT, BACK = 3.8, -8.0


def relief_shadow(depth, sun):
    """Return sun visibility (rows, columns) over a relief for `sun` (along, up, out)."""
    lit = np.ones_like(depth)
    if sun[2] <= 0.02:
        return lit * 0
    for step in np.geomspace(0.06, 3.2, 34) / sun[2] * 0.7:
        shift = (-round(sun[1] * step * SCALE), -round(sun[0] * step * SCALE))
        blocker = np.roll(depth, shift, (0, 1))
        lit *= blocker < depth + sun[2] * step + 0.02
    return blur(lit, 1, 1)


class Wall:
    """One palace front: a plane at `origin` running `along`, facing `normal`, with relief."""

    def __init__(self, plan, origin, along, rng):
        """Build and light the front whose bays follow `plan`; `along` is a unit vector (3,)."""
        self.origin = np.array(origin, np.float32)
        self.along = np.array(along, np.float32)
        self.normal = np.array([along[2], 0, -along[0]], np.float32)
        relief = build_wall(plan, rng)
        self.depth = relief.depth
        self.length = relief.depth.shape[1] / SCALE
        self._relief, self._rng = relief, rng
        self.light = None

    def bake(self, blocked):
        """Light the relief; `blocked` maps points (n, 3) to the share of sun (n,) they keep."""
        sun = np.array([SUN @ self.along, SUN[1], SUN @ self.normal])
        rise, run = np.gradient(blur(np.maximum(self.depth, -9), 1, 1) * SCALE)
        size = np.sqrt(rise**2 + run**2 + 1)
        facing = np.clip((sun[2] - run * sun[0] - rise * sun[1]) / size, 0, 1)
        visible = relief_shadow(self.depth, sun) * self._blocked_map(blocked)
        openness = ambient_occlusion(self.depth)
        upward = np.clip(-rise / size, -1, 1)
        sky = AMBIENT * (openness * (0.62 + 0.38 * upward))[..., None]
        bounce = BOUNCE * (openness * (0.8 - 0.5 * upward))[..., None]
        light = SUN_COLOUR * (facing * visible)[..., None] + sky + bounce
        self.light = (wall_colours(self._relief, self._rng) * light).astype(np.float32)
        self._glaze(openness)

    def _blocked_map(self, blocked):
        """Return the share of sun (rows, columns) left by other buildings, from a coarse grid."""
        shape = self.depth.shape
        rows, columns = np.mgrid[: shape[0] : 4, : shape[1] : 4]
        points = (
            self.origin
            + (columns / SCALE)[..., None] * self.along
            + (rows / SCALE)[..., None] * np.array([0, 1, 0])
        )
        share = blocked(points.reshape(-1, 3).astype(np.float32)).reshape(rows.shape)
        fine = np.repeat(np.repeat(share, 4, 0), 4, 1)[: shape[0], : shape[1]]
        return blur(fine.astype(np.float32), 4, 2)

    def _glaze(self, openness):
        """Put the uneven reflections of the sky on the window panes."""
        glass = self._relief.material == GLASS
        rows, columns = np.nonzero(glass)
        x, y = columns / SCALE, rows / SCALE
        pane = hash_unit(np.floor(x / 0.62), np.floor((y - 0.2) / 0.95), 1.0)
        window = hash_unit(np.floor(x / 5.0), np.floor(y / 7.5), 2.0)
        ripple = fractal_noise(self.depth.shape, self._rng, 1.5, lowest=60)[glass]
        shine = np.clip(0.05 + 0.42 * window**4 + 0.30 * pane**6 + 0.05 * ripple, 0.02, 1)
        colour = mix(np.array([0.03, 0.03, 0.03]), AMBIENT * 1.3 + 0.1, shine)
        gilded = (window > 0.93) * (0.5 + 0.5 * pane) * (self.normal @ SUN > 0)
        colour = mix(colour, SUN_COLOUR * 0.35, gilded * 0.8)
        self.light[glass] = colour * np.sqrt(openness[glass])[:, None]

    def _texel(self, along, height):
        """Return the relief depth (n,) at a place in metres, open air outside the front."""
        row, column = (height * SCALE).astype(np.int32), (along * SCALE).astype(np.int32)
        rows, columns = self.depth.shape
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        found = self.depth[np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)]
        return np.where(inside, found, OPEN_AIR)

    def covers(self, points, directions):
        """Return whether rays from `points` along `directions` (both (n, 3)) meet the front."""
        slope = directions @ self.normal
        away = -((points - self.origin) @ self.normal) / np.where(np.abs(slope) > 1e-4, slope, 1e-4)
        hit = points + away[:, None] * directions
        along = (hit - self.origin) @ self.along
        return (away > 0.5) & (self._texel(along, hit[:, 1]) > OPEN_AIR)

    def trace(self, points, directions):
        """Return distance (n,) and radiance (n, 3) where rays meet the relief, else FAR."""
        distance, colours = np.full(len(points), FAR, np.float32), np.zeros_like(points)
        slope = directions @ self.normal
        start = (FRONT - (points - self.origin) @ self.normal) / np.minimum(slope, -1e-4)
        top = points[:, 1] + directions[:, 1] * start
        near = np.flatnonzero((slope < -0.01) & (start > -2) & (top < TALL + 12) & (top > -30))
        if not len(near):
            return distance, colours
        found, hit = self._march(points[near], directions[near], start[near], slope[near])
        index = near[found]
        distance[index] = hit[found]
        place = points[index] + hit[found][:, None] * directions[index]
        along = (place - self.origin) @ self.along
        colours[index] = sample(self.light, place[:, 1] * SCALE - 0.5, along * SCALE - 0.5)
        return distance, colours

    def _march(self, points, directions, start, slope):
        """Return which rays (n,) meet the relief and at what distance (n,)."""
        along0 = (points - self.origin) @ self.along
        along1 = directions @ self.along
        found, hit = np.zeros(len(points), bool), start.copy()
        levels = np.concatenate(
            [np.linspace(FRONT, 1.2, 20), np.linspace(1.1, -1.2, 40), np.linspace(-1.3, BACK, 40)]
        )
        open_rays = np.arange(len(points))
        for level in levels:
            away = start[open_rays] + (level - FRONT) / slope[open_rays]
            height = points[open_rays, 1] + away * directions[open_rays, 1]
            depth = self._texel(along0[open_rays] + away * along1[open_rays], height)
            inside = (depth >= level) & (away > 0)
            found[open_rays[inside]] = True
            hit[open_rays[inside]] = away[inside]
            open_rays = open_rays[~inside]
        return found, hit
