"""The whole museum court: follows rays of sight through walls, glass, water and air."""

import numpy as np

from examples_painter.court_figures import make_lamp, make_person, shadow_of
from examples_painter.court_ground import RIM, WATER, Ground, basin_distance
from examples_painter.court_light import AMBIENT, BOUNCE, SUN, SUN_COLOUR, Sky, add_haze
from examples_painter.court_pyramid import (
    CENTRE,
    HALF,
    NORMALS,
    cross_pyramid,
    lattice,
    pane_normals,
    pane_tone,
    shares,
    truss,
)
from examples_painter.court_wall import FAR, Wall
from examples_painter.fields import hash_unit, mix, smoothstep

METAL = np.array([0.30, 0.31, 0.32], np.float32)
TINT = np.array([0.55, 0.65, 0.68], np.float32)
MIRROR = np.array([0.80, 0.90, 0.98], np.float32)
LAMPS = (
    (36.0, 12.0),
    (35.0, 32.0),
    (33.0, 52.0),
    (-33.0, 30.0),
    (-33.0, 52.0),
    (-33.0, 78.0),
    (33.0, 78.0),
    (-12.0, 92.0),
    (12.0, 92.0),
)

# Groups of people: x, z in metres and how many.
GROUPS = (
    (33.5, 13.0, 2),
    (29.0, 19.0, 3),
    (26.5, 27.5, 2),
    (31.0, 40.0, 4),
    (8.0, 35.0, 3),
    (-6.0, 36.0, 2),
    (-20.0, 35.5, 3),
    (16.0, 37.0, 2),
    (27.0, 62.0, 4),
    (36.0, 84.0, 5),
    (-24.0, 60.0, 4),
    (-10.0, 96.0, 4),
    (14.0, 97.0, 4),
    (48.0, 70.0, 4),
    (-42.0, 90.0, 4),
    (22.0, 50.0, 2),
    (41.0, 33.0, 2),
)


def reflect(directions, normals):
    """Return unit `directions` (n, 3) mirrored about unit `normals` (n, 3)."""
    return directions - 2 * (directions * normals).sum(1)[:, None] * normals


def fresnel(directions, normals, base, power=5):
    """Return the reflected share of light (n,) for rays meeting a surface."""
    cosine = np.clip(np.abs((directions * normals).sum(1)), 0, 1)
    return base + (1 - base) * (1 - cosine) ** power


def make_crowd(rng):
    """Return Figures of people about the court, the farthest first, and of the lamp posts."""
    crowd = [
        make_person(x + rng.normal(0, 0.9), z + rng.normal(0, 1.1), rng)
        for x, z, count in GROUPS
        for _ in range(count)
    ]
    return sorted([*crowd, *(make_lamp(x, z) for x, z in LAMPS)], key=lambda one: -one.z)


class Court:
    """Everything that can be seen, and the radiance along any ray of sight."""

    def __init__(self, rng):
        """Build the sky, the four fronts, the floor and the crowd from `rng`."""
        self.sky, self.ground = Sky(rng), Ground(rng)
        left = Wall("WWWWPPPWWWWWWWWWWWWWPPPWWWWWWWWPPP", (-75, 0, -60), (0, 0, 1), rng)
        back = Wall("PPPWWWWWWWWWPPPPPPWWWWWWWWWPPP", (-75, 0, 110), (1, 0, 0), rng)
        right = Wall("PPPWWWWWWWWWPPPWWWWWWWWWWWPPP", (75, 0, 110), (0, 0, -1), rng)
        front = Wall("PPPWWWWWWWWPPPPPWWWWWWWWPPP", (88, 0, -34), (-1, 0, 0), rng)
        self.walls, self._shades = (left, back, right, front), (left, front)
        for wall in self.walls:
            wall.bake(self._wall_sun)
        self.figures = make_crowd(rng)

    def _wall_sun(self, points):
        """Return the share of sun (n,) that the palace leaves at `points` (n, 3)."""
        jitter = hash_unit(points[:, 0] * 9.1, points[:, 2] * 9.7 + points[:, 1])[:, None]
        open_share = np.ones(len(points), np.float32)
        for tap in range(-3, 3):
            sun = SUN + (tap + jitter) * np.array([0.0003, 0.0011, -0.0003], np.float32)
            left, front = (wall.covers(points, sun) for wall in self._shades)
            open_share -= (left | front) / 6.0
        return open_share

    def sunlight(self, points):
        """Return the share of sun (n,) that reaches floor `points` (n, 3)."""
        entry, leave, _, face = cross_pyramid(points, np.broadcast_to(SUN, points.shape))
        crossed = (entry < leave) & (leave > 0)
        bars = lattice(*shares(points + leave[:, None] * SUN, face), 0.09)
        glass = np.where(crossed, 0.36 * (1 - 0.6 * bars), 1.0)
        return self._wall_sun(points) * glass * shadow_of(self.figures, points)

    def trace(self, points, directions, bounce=0, glass=True):
        """Return the radiance (n, 3) seen from `points` along unit `directions` (n, 3)."""
        distance, colours = self._solid(points, directions, bounce)
        if glass:
            self._look_through_glass(points, directions, distance, colours, bounce)
        return colours

    def _solid(self, points, directions, bounce):
        """Return distance (n,) and radiance (n, 3) of all but the pyramid."""
        colours = self.sky.colour(directions)
        distance = np.full(len(points), FAR, np.float32)
        for wall in self.walls:
            away, seen = wall.trace(points, directions)
            nearer = away < distance
            distance[nearer], colours[nearer] = away[nearer], seen[nearer]
        away = -points[:, 1] / np.minimum(directions[:, 1], -1e-6)
        floor = np.flatnonzero((directions[:, 1] < -1e-5) & (away < distance) & (away < 3000))
        if len(floor):
            colours[floor] = self._floor(points[floor], directions[floor], away[floor], bounce)
            distance[floor] = away[floor]
        self._see_figures(points, directions, distance, colours)
        solid = distance < FAR
        colours[solid] = add_haze(colours[solid], distance[solid], directions[solid])
        return distance, colours

    def _see_figures(self, points, directions, distance, colours):
        """Lay the cut-outs nearer than `distance` over `colours`, in place."""
        for figure in self.figures:
            index, away, row, column = figure.meet(points, directions)
            near = away < distance[index]
            index, away, row, column = index[near], away[near], row[near], column[near]
            cover = figure.cover[row, column]
            colours[index] = mix(colours[index], figure.light[row, column], cover)
            distance[index] = np.where(cover > 0.5, away, distance[index])

    def _floor(self, points, directions, away, bounce):
        """Return the radiance (n, 3) of floor or water met at the distance `away` (n,)."""
        place = points + away[:, None] * directions
        edge = basin_distance(place[:, 0], place[:, 2])
        colours = np.empty_like(points)
        dry = edge >= 0
        colours[dry] = self._paving(place[dry], directions[dry], away[dry], edge[dry])
        wet = ~dry
        if wet.any():
            colours[wet] = self._water(place[wet], directions[wet], away[wet], bounce)
        return colours

    def _paving(self, place, directions, away, edge):
        """Return the radiance (n, 3) of dry floor at `place`, lit, shaded and a little glossy."""
        x, z = place[:, 0], place[:, 2]
        footprint = away / 2000 / np.clip(-directions[:, 1], 0.02, 1)
        stone = self.ground.reflectance(x, z, footprint)
        stone = self.ground.rim(x, z, edge, stone)
        side = np.maximum(np.abs(x - CENTRE[0]), np.abs(z - CENTRE[2])) - HALF
        openness = 1 - 0.55 * np.exp(-np.abs(side) / 0.8) * (side > -0.5)
        openness *= 1 - 0.45 * np.exp(-np.maximum(110 - z, 0) / 4)
        openness *= 1 - 0.45 * np.exp(-np.maximum(x + 75, 0) / 4)
        openness *= 1 - 0.5 * np.exp(-np.maximum(edge - RIM, 0) / 0.12)
        sun = SUN_COLOUR * (SUN[1] * self.sunlight(place))[:, None]
        colours = stone * (sun + (AMBIENT * 0.95 + BOUNCE * 0.2) * openness[:, None])
        upward = np.broadcast_to(np.array([0, 1, 0], np.float32), place.shape)
        gloss = fresnel(directions, upward, 0.02) * 0.28
        mirrored = self.sky.colour(reflect(directions, upward) + np.array([0, 0.18, 0]))
        colours = mix(colours, mirrored * 0.8, gloss * openness)
        return np.where((side < 0)[:, None], colours * 0.45, colours)

    def _water(self, place, directions, away, bounce):
        """Return the radiance (n, 3) of the basin seen through the floor plane at `place`."""
        sunk = place + (WATER / directions[:, 1])[:, None] * directions
        wall = basin_distance(sunk[:, 0], sunk[:, 2]) > 0
        normals = self.ground.ripples(sunk[:, 0], sunk[:, 2], away)
        mirrored = reflect(directions, normals)
        mirrored[:, 1] = np.maximum(mirrored[:, 1], 0.004)
        share = fresnel(directions, normals, 0.10, 3)
        light = self.sky.colour(mirrored) if bounce else self.trace(sunk, mirrored, bounce + 1)
        sun = self._wall_sun(sunk)[:, None]
        body = np.array([0.030, 0.050, 0.052]) + sun * np.array([0.030, 0.040, 0.034])
        colours = mix(body, light * np.array([0.93, 0.96, 0.97]), share)
        colours[wall] = np.array([0.05, 0.047, 0.042])
        return colours

    def _look_through_glass(self, points, directions, distance, colours, bounce):
        """Replace `colours`, in place, where rays meet the pyramid before `distance`."""
        entry, leave, front, back = cross_pyramid(points, directions)
        place_height = points[:, 1] + entry * directions[:, 1]
        index = np.flatnonzero(
            (entry < leave) & (entry > 0) & (entry < distance) & (place_height > 0)
        )
        if not len(index):
            return
        start = points[index] + entry[index][:, None] * directions[index]
        stop = points[index] + leave[index][:, None] * directions[index]
        seen = self._behind(start, stop, directions[index], back[index])
        seen = self._pane(start, directions[index], front[index], seen, bounce)
        colours[index] = add_haze(seen, entry[index], directions[index])

    def _behind(self, start, stop, directions, back):
        """Return the light (n, 3) through both skins of glass, with the far skin's bars."""
        seen = self.trace(start, directions, 1, False)
        first, second = shares(stop, back)
        bars = np.maximum(lattice(first, second, 0.035), 0.7 * truss(first, second))
        lit = np.clip(-(NORMALS[back] @ SUN), 0, 1)[:, None] * SUN_COLOUR * 0.55
        bar_light = METAL * 0.6 * (lit + AMBIENT)
        return mix(seen * TINT, bar_light, bars * (stop[:, 1] > 0) * 0.75)

    def _pane(self, start, directions, front, seen, bounce):
        """Return the light (n, 3) at the near skin: `seen` behind it, mirror, bars and dust."""
        first, second = shares(start, front)
        normals = pane_normals(first, second, front)
        slope = np.maximum(np.abs((directions * NORMALS[front]).sum(1)), 0.15)
        inner = start + (0.9 / slope)[:, None] * directions
        rods = truss(*shares(inner, front))
        sunny = np.clip(NORMALS[front] @ SUN, 0, 1)[:, None] * self._wall_sun(start)[:, None]
        seen = mix(seen * TINT, METAL * 0.5 * (AMBIENT + 0.35 * SUN_COLOUR * sunny), rods * 0.7)
        mirrored = reflect(directions, normals)
        sky = self.sky.colour(mirrored) if bounce else self.trace(start, mirrored, 1, False)
        share = np.clip(fresnel(directions, normals, 0.24), 0, 0.42)
        tone = pane_tone(first, second, front)
        glass = mix(seen, sky * MIRROR * tone[:, None], share) + 0.012 * SUN_COLOUR * sunny
        bar_light = METAL * (1.15 * SUN_COLOUR * sunny + 1.7 * AMBIENT)
        return mix(
            glass, bar_light, lattice(first, second, 0.028) * smoothstep(0, 0.2, start[:, 1])
        )
