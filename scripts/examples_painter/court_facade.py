"""Relief maps of a classical palace front: depth, stone, glass and slate, bay by bay."""

from dataclasses import dataclass

import numpy as np

from examples_painter.fields import blur, fractal_noise, hash_unit, mix, smoothstep

SCALE = 24
BAY = 5.0
TALL = 38.0
OPEN_AIR = -99.0
STONE, GLASS, SLATE, WOOD = 0, 1, 2, 3


@dataclass
class Relief:
    """Depth in metres and material number (rows, columns); row 0 lies on the ground."""

    depth: np.ndarray
    material: np.ndarray

    def block(self, span, rise, depth, material=STONE):
        """Set a rectangle: `span` from the bay's middle and `rise` from the ground, metres."""
        middle = self.depth.shape[1] / 2
        rows = slice(round(rise[0] * SCALE), round(rise[1] * SCALE))
        columns = slice(
            max(round(middle + span[0] * SCALE), 0), max(round(middle + span[1] * SCALE), 0)
        )
        self.depth[rows, columns] = depth
        self.material[rows, columns] = material

    def shape(self, mask, depth, material=STONE):
        """Set every texel of the boolean `mask`."""
        self.depth[mask] = depth
        self.material[mask] = material

    def places(self):
        """Return the horizontal place from the middle and the height of every texel, metres."""
        rows, columns = np.mgrid[: self.depth.shape[0], : self.depth.shape[1]]
        return (columns + 0.5) / SCALE - self.depth.shape[1] / 2 / SCALE, (rows + 0.5) / SCALE


def _window(bay, half, low, high, deep, arched):
    """Cut a window with frame, glazing bars and, if `arched`, a round head into `bay`."""
    x, y = bay.places()
    head = high - half if arched else high
    opening = (np.abs(x) < half) & (y > low) & (y < head)
    frame = (np.abs(x) < half + 0.3) & (y > low - 0.15) & (y < head + (0 if arched else 0.3))
    if arched:
        opening |= (np.hypot(x, y - head) < half) & (y >= head)
        frame |= (np.hypot(x, y - head) < half + 0.32) & (y >= head)
    bay.shape(frame, 0.14)
    bay.shape(opening, -deep, GLASS)
    bars = (np.abs(x) < 0.06) | (np.abs(np.abs(x) - half + 0.05) < 0.06)
    bars |= np.abs((y - low) % 0.95 - 0.05) < 0.045
    bay.shape(opening & bars, -deep + 0.07, WOOD)


def _cornice(bay, low, high, reach, dentil):
    """Lay a stepped cornice with dentils of the spacing `dentil` metres under its lip."""
    x, y = bay.places()
    steps = np.floor(np.clip((y - low) / (high - low), 0, 1) * 4) / 4
    band = (y >= low) & (y < high)
    bay.shape(band, 0)
    bay.depth[band] = (0.12 + reach * steps**1.5)[band]
    teeth = band & (steps == 0.25) & ((x % dentil) < 0.5 * dentil)
    bay.depth[teeth] = reach * 0.8


def _pediment(bay, low, round_top):
    """Crown a window with a triangular or, if `round_top`, segmental pediment."""
    x, y = bay.places()
    top = (
        low
        + 0.25
        + (np.sqrt(np.maximum(3.2 - x * x, 0)) - 0.9 if round_top else (1.5 - np.abs(x)) * 0.6)
    )
    whole = (y > low) & (y < top) & (np.abs(x) < 1.5)
    bay.shape(whole, 0.42)
    bay.shape(whole & (y > low + 0.22) & (y < top - 0.24), 0.2)


def _balustrade(bay, low, high):
    """Set a row of balusters with gaps between a plinth and a rail."""
    x, y = bay.places()
    band = (y >= low) & (y < high)
    bay.shape(band, 0.15)
    waist = 0.09 + 0.05 * np.cos((y - low) / (high - low) * 9)
    gaps = band & (np.abs((x % 0.36) - 0.18) > waist) & (y > low + 0.2) & (y < high - 0.2)
    bay.shape(gaps & (np.abs(x) < 2.0), -0.35)


def _pilasters(bay, low, high, reach):
    """Set half a fluted pilaster with base and capital at either side of the bay."""
    for side in (-1, 1):
        span = sorted((side * 1.72, side * 2.42))
        bay.block(span, (low, high), reach)
        for flute in (1.84, 1.98, 2.12, 2.26):
            groove = sorted((side * flute, side * (flute + 0.06)))
            bay.block(groove, (low + 0.6, high - 1.0), reach - 0.08)
        wide = sorted((side * 1.62, side * 2.5))
        bay.block(wide, (low, low + 0.45), reach + 0.1)
        bay.block(wide, (high - 0.8, high - 0.1), reach + 0.14)


def _roof(bay, low, ridge, dormer):
    """Lay a steep slate roof that leans back, with a stone dormer if `dormer`."""
    x, y = bay.places()
    slope = (y >= low) & (y < ridge)
    bay.shape(slope, 0, SLATE)
    bay.depth[slope] = (-0.5 - (y - low) * 0.42)[slope]
    bay.block((-3, 3), (ridge - 0.3, ridge), -0.35 - (ridge - low) * 0.42, WOOD)
    if dormer:
        front = (np.abs(x) < 1.0) & (y > low - 0.2) & (y < low + 2.3 + 0.75 * np.cos(x * 1.4))
        bay.shape(front, -0.3)
        bay.shape((np.abs(x) < 0.55) & (y > low + 0.2) & (y < low + 2.1), -0.6, GLASS)
        bay.block((-0.05, 0.05), (low + 0.2, low + 2.1), -0.5, WOOD)


def _urns(bay, low):
    """Stand half a stone urn on the balustrade at either side of the bay."""
    x, y = bay.places()
    rise = (y - low) / 1.5
    half = 0.30 * np.sin(np.clip(rise * 1.25 + 0.1, 0, 1) * np.pi) ** 0.7 + 0.07
    bay.shape((np.abs(x) > BAY / 2 - half) & (rise >= 0) & (rise < 1), 0.2)


def make_bay(round_top, pavilion):
    """Return the Relief of one bay; a `pavilion` bay is taller and stands forward."""
    shape = (round(TALL * SCALE), round(BAY * SCALE))
    bay = Relief(np.full(shape, OPEN_AIR, np.float32), np.zeros(shape, np.int8))
    bay.block((-3, 3), (0, 20), 0.0)
    _, y = bay.places()
    bay.depth[((y % 0.62) < 0.07) & (y < 6.8)] = -0.06
    _window(bay, 1.35, 0.6, 5.9, 0.9, True)
    _cornice(bay, 6.9, 7.8, 0.45, 0.4)
    _balustrade(bay, 7.8, 8.7)
    _window(bay, 0.95, 8.9, 12.6, 0.45, False)
    _pediment(bay, 13.0, round_top)
    _pilasters(bay, 7.8, 14.6, 0.3)
    _cornice(bay, 14.6, 15.5, 0.6, 0.4)
    _window(bay, 0.85, 16.1, 19.0, 0.4, True)
    _pilasters(bay, 15.5, 19.8, 0.22)
    _cornice(bay, 19.8, 21.0, 0.95, 0.5)
    if not pavilion:
        _balustrade(bay, 21.0, 22.0)
        _roof(bay, 22.0, 26.8, True)
        _urns(bay, 22.0)
        return bay
    bay.block((-3, 3), (21.0, 25), 0.05)
    _window(bay, 0.8, 21.6, 24.0, 0.35, True)
    _pilasters(bay, 21.0, 24.8, 0.2)
    _cornice(bay, 24.8, 25.8, 0.9, 0.5)
    _roof(bay, 25.8, 35.5, True)
    bay.depth[bay.depth > OPEN_AIR] += 1.5
    return bay


def _trim_pavilions(wall, plan):
    """Slope the flanks of each pavilion's roof inwards and crown its middle with a pediment."""
    x, y = wall.places()
    x = x + wall.depth.shape[1] / 2 / SCALE
    starts = [i for i, kind in enumerate(plan) if kind == "P" and plan[i - 1 : i] != "P"]
    for start in starts:
        count = len(plan[start:]) - len(plan[start:].lstrip("P"))
        left, right = start * BAY, (start + count) * BAY
        inset = np.clip(y - 25.9, 0, None) * 0.22 + np.clip(y - 33, 0, None) ** 2 * 0.35
        here = (x >= left) & (x < right) & (y > 25.9)
        outside = here & ((x < left + inset) | (x > right - inset))
        wall.shape(outside, OPEN_AIR)
        away = np.abs(x - (left + right) / 2)
        gable = (y > 25.8) & (y < 25.9 + (count * BAY * 0.36 - away) * 0.42)
        wall.shape(gable & (count > 2), 2.1)
        wall.shape(
            gable & (count > 2) & (y < 25.6 + (count * BAY * 0.33 - away) * 0.42) & (y > 26.2), 1.7
        )


def _chimneys(wall, plan, rng):
    """Stand chimney stacks with pots on the ridges between pavilions."""
    middle = wall.depth.shape[1] / 2 / SCALE
    for number in np.flatnonzero([kind == "W" for kind in plan])[1::3]:
        x = (number + 1) * BAY - middle + rng.uniform(-0.4, 0.4)
        wall.block((x - 1.0, x + 1.0), (25.0, 29.3), -1.9)
        wall.block((x - 1.15, x + 1.15), (28.8, 29.2), -1.8)
        for pot in (-0.7, -0.2, 0.35):
            wall.block((x + pot, x + pot + 0.28), (29.3, 30.1), -2.2, SLATE)


def build_wall(plan, rng):
    """Return the Relief of a front whose bays follow `plan`, W for wing and P for pavilion."""
    kinds = {
        (round_top, pavilion): make_bay(round_top, pavilion)
        for round_top in (False, True)
        for pavilion in (False, True)
    }
    bays = [kinds[bool(number % 2), kind == "P"] for number, kind in enumerate(plan)]
    wall = Relief(
        np.concatenate([bay.depth for bay in bays], 1),
        np.concatenate([bay.material for bay in bays], 1),
    )
    _trim_pavilions(wall, plan)
    _chimneys(wall, plan, rng)
    ornament = fractal_noise(wall.depth.shape, rng, 0.9, lowest=120, highest=420)
    _, y = wall.places()
    frieze = (wall.material == STONE) & (wall.depth > 0.1) & (wall.depth < 2.3) & (y > 7)
    wall.depth += 0.011 * ornament * frieze
    return wall


def wall_colours(wall, rng):
    """Return the reflectance (rows, columns, 3) of every texel, weathered and jointed."""
    shape = wall.depth.shape
    x, y = wall.places()
    course, block = np.floor(y / 0.48), np.floor(x / 0.95 + 0.5 * (np.floor(y / 0.48) % 2))
    tone = 0.95 + 0.10 * hash_unit(course, block)
    streaks = fractal_noise(shape, rng, 1.2, stretch=(3.0, 0.5), lowest=8)
    stains = fractal_noise(shape, rng, 1.5, lowest=4)
    stone = np.array([0.58, 0.50, 0.39], np.float32) * (tone * (1 + 0.07 * stains))[..., None]
    soot = smoothstep(0.6, 2.2, streaks + 0.5 * stains) * 0.45
    stone = mix(stone, np.array([0.27, 0.25, 0.23], np.float32), soot)
    joint = ((y % 0.48) < 0.035) | (((x / 0.95 + 0.5 * (course % 2)) % 1) < 0.03)
    stone *= (1 - 0.16 * joint)[..., None]
    slate_tone = 0.8 + 0.4 * hash_unit(np.floor(y / 0.25), np.floor(x / 0.4), 3.0)
    slate = (
        np.array([0.115, 0.135, 0.17], np.float32) * (slate_tone * (1 + 0.1 * stains))[..., None]
    )
    choices = [
        stone,
        np.full((*shape, 3), 0.02, np.float32),
        slate,
        np.full((*shape, 3), (0.42, 0.40, 0.36), np.float32),
    ]
    return np.choose(wall.material[..., None], choices)


def ambient_occlusion(depth):
    """Return how open each texel of `depth` (rows, columns) lies to the sky, 0..1."""
    solid = np.maximum(depth, -4.0)
    openness = np.ones_like(solid)
    for radius, weight in ((3, 1.0), (9, 0.75), (26, 0.45)):
        openness *= np.exp(-weight * np.clip(blur(solid, radius, 2) - solid, 0, 2))
    return openness
