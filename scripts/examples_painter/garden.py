"""The water garden: local colours, stroke directions and detail of a lily pond."""

from dataclasses import dataclass

import numpy as np

from examples_painter.fields import blur, fractal_noise, mix, smoothstep
from examples_painter.garden_bank import draw_bank, grid
from examples_painter.garden_palette import SIZE, pigment


@dataclass(frozen=True)
class Pad:
    """One lily pad: centre, half axes in pixels, colour name and share of sky reflected."""

    x: float
    y: float
    wide: float
    high: float
    colour: str
    light: float


# Soft patches of reflected colour on the water: x, y, half width, half height (shares of the
# picture), pigment, strength.
PATCHES = (
    (0.50, 0.45, 0.75, 0.22, "violet", 0.75),
    (0.15, 0.35, 0.22, 0.20, "cobalt", 0.75),
    (0.12, 0.72, 0.22, 0.30, "emerald", 0.95),
    (0.30, 0.95, 0.22, 0.22, "sap", 0.95),
    (0.05, 0.97, 0.12, 0.14, "mauve", 0.7),
    (0.50, 0.82, 0.13, 0.26, "viridian", 0.9),
    (0.62, 0.97, 0.14, 0.16, "emerald", 0.85),
    (0.80, 0.93, 0.22, 0.14, "teal", 0.85),
    (0.96, 0.80, 0.10, 0.22, "cobalt", 0.7),
    (0.88, 0.34, 0.15, 0.26, "olive", 0.95),
    (0.70, 0.28, 0.12, 0.14, "sap", 0.8),
    (0.58, 0.26, 0.10, 0.10, "lavender", 0.9),
    (0.40, 0.25, 0.12, 0.10, "viridian", 0.8),
    (0.27, 0.27, 0.08, 0.12, "lavender", 0.6),
    (0.43, 0.62, 0.20, 0.09, "ultramarine", 0.8),
    (0.78, 0.68, 0.18, 0.09, "ultramarine", 0.8),
    (0.36, 0.80, 0.07, 0.16, "lavender", 0.55),
    (0.70, 0.82, 0.05, 0.14, "lavender", 0.5),
    (0.42, 0.98, 0.10, 0.16, "olive", 0.8),
    (0.10, 0.26, 0.10, 0.12, "emerald", 0.8),
    (0.33, 0.24, 0.07, 0.10, "sap", 0.85),
    (0.56, 0.70, 0.10, 0.14, "viridian", 0.8),
    (0.22, 0.70, 0.09, 0.10, "leaf", 0.55),
    (0.93, 0.70, 0.06, 0.12, "olive", 0.6),
    (0.48, 0.22, 0.06, 0.08, "olive", 0.6),
    (0.04, 0.52, 0.10, 0.10, "sky", 0.5),
    (0.95, 0.60, 0.08, 0.08, "rose", 0.5),
)

# Upright streaks in the reflections: pigment, noise level where they begin, strength.
STREAKS = (
    ("night", 1.0, 0.7),
    ("sap", 1.0, 0.5),
    ("lavender", 1.2, 0.6),
    ("viridian", 0.9, 0.5),
    ("sky", 1.6, 0.5),
)

# Clusters of pads: x, y (shares), spread x, spread y (shares), number of pads.
CLUSTERS = (
    (0.20, 0.385, 0.10, 0.035, 9),
    (0.49, 0.335, 0.09, 0.022, 8),
    (0.73, 0.375, 0.09, 0.03, 8),
    (0.36, 0.475, 0.11, 0.035, 8),
    (0.62, 0.515, 0.12, 0.04, 9),
    (0.88, 0.50, 0.09, 0.045, 7),
    (0.14, 0.575, 0.11, 0.045, 6),
    (0.36, 0.665, 0.10, 0.04, 4),
    (0.74, 0.735, 0.12, 0.045, 4),
    (0.19, 0.865, 0.09, 0.03, 3),
    (0.08, 0.29, 0.06, 0.02, 5),
    (0.60, 0.262, 0.07, 0.012, 6),
    (0.90, 0.875, 0.06, 0.02, 2),
)
PAD_COLOURS = ("lilac white", "rose", "mint", "rose", "lilac white", "leaf", "sky", "lavender")


def _nearness(y):
    """Return the perspective scale of things on the water at height `y` (pixels)."""
    return 0.25 + 1.0 * (y / SIZE[0]) ** 1.15


def make_pads(rng):
    """Return the Pads of all clusters, the far ones first."""
    pads = []
    for x, y, spread_x, spread_y, count in CLUSTERS:
        for place in rng.uniform(-1, 1, (count, 2)):
            row = (y + spread_y * place[1]) * SIZE[0]
            wide = _nearness(row) * rng.uniform(58, 98)
            high = wide * (0.20 + 0.18 * row / SIZE[0]) * rng.uniform(0.9, 1.15)
            colour, light = str(rng.choice(PAD_COLOURS)), float(rng.uniform(0.35, 1.0))
            pads.append(Pad((x + spread_x * place[0]) * SIZE[1], row, wide, high, colour, light))
    return sorted(pads, key=lambda pad: pad.y)


def water_colours(rng):
    """Return the colours (rows, columns, 3) of the water: reflected sky, willows and depths."""
    rows, columns = grid()
    picture = np.empty((*SIZE, 3), np.float32)
    picture[:] = 0.42 * pigment("violet") + 0.33 * pigment("cobalt") + 0.25 * pigment("viridian")
    for x, y, wide, high, name, strength in PATCHES:
        wobble = fractal_noise(SIZE, rng, 1.5, stretch=(0.6, 2.2), lowest=3)
        distance = np.hypot((columns / SIZE[1] - x) / wide, (rows / SIZE[0] - y) / high)
        cover = smoothstep(1.25, 0.45, distance + 0.28 * wobble) * strength
        picture = mix(picture, pigment(name), cover)
    return _vertical_reflections(picture, rng)


def _vertical_reflections(picture, rng):
    """Return the water with upright streaks of dark foliage and of broken sky added."""
    for name, bias, strength in STREAKS:
        streaks = fractal_noise(SIZE, rng, 1.3, stretch=(3.0, 0.8), lowest=6)
        picture = mix(picture, pigment(name), smoothstep(bias, bias + 0.9, streaks) * strength)
    return picture


def _ellipse(pad, rows, columns):
    """Return the squashed radius of every pixel from the middle of `pad`; 1 on its rim."""
    return np.hypot((columns - pad.x) / pad.wide, (rows - pad.y) / pad.high)


def _pad_window(pad, reach=1.8):
    """Return the slices of rows and columns that hold `pad` and its shadow."""
    top, bottom = int(pad.y - reach * pad.high), int(pad.y + reach * pad.high) + 2
    left, right = int(pad.x - reach * pad.wide), int(pad.x + reach * pad.wide) + 2
    return slice(max(top, 0), max(bottom, 1)), slice(max(left, 0), max(right, 1))


def draw_pad(picture, detail, pad):
    """Put the colours of one pad and the dark water under its near rim on `picture`, in place."""
    window = _pad_window(pad)
    rows, columns = (axis[window] for axis in grid())
    below = _ellipse(pad, rows - 0.35 * pad.high, columns)
    dark = mix(picture[window], pigment("ultramarine") * 0.8, smoothstep(1.25, 0.8, below) * 0.8)
    radius = _ellipse(pad, rows, columns)
    inside = smoothstep(1.06, 0.94, radius)
    depth = (rows - pad.y) / pad.high
    sky = np.clip(pad.light * (0.50 - 0.5 * depth), 0, 1)
    body = mix(pigment(pad.colour) * 0.92, pigment("white"), sky)
    shade = 0.5 * (pigment("mauve") + pigment("rose"))
    body = mix(body, shade, smoothstep(-0.1, 1.0, depth) * 0.6)
    picture[window] = mix(dark, body, inside * 0.95)
    detail[window] = np.maximum(detail[window], smoothstep(1.3, 1.0, radius) * 0.8)


def pad_directions(vector, pad):
    """Turn the doubled direction `vector` (rows, columns, 2) along the rim of `pad`, in place."""
    window = _pad_window(pad)
    rows, columns = (axis[window] for axis in grid())
    radius = _ellipse(pad, rows, columns)
    angle = np.arctan2(
        (columns - pad.x) / pad.wide * pad.high, -(rows - pad.y) / pad.high * pad.wide
    )
    rim = smoothstep(0.35, 0.8, radius)
    along = np.stack([1 - rim + rim * np.cos(2 * angle), rim * np.sin(2 * angle)], -1)
    vector[window] = mix(vector[window], along, smoothstep(1.3, 1.05, radius))


def water_directions(rng):
    """Return doubled directions (rows, columns, 2): level among the pads, upright elsewhere."""
    rows, _ = grid()
    drift = fractal_noise(SIZE, rng, 1.6, lowest=3)
    middle = np.abs(rows / SIZE[0] - 0.5 - 0.06 * drift)
    level = smoothstep(0.26, 0.10, middle)
    upright = np.pi / 2 + 0.22 * fractal_noise(SIZE, rng, 2.0, lowest=2)
    sideways = 0.10 * fractal_noise(SIZE, rng, 2.0, lowest=3)
    angle = np.where(level > 0.5, sideways, upright)
    vector = np.stack([np.cos(2 * angle), np.sin(2 * angle)], -1).astype(np.float32)
    return blur(vector, 8, 2)


def build_garden(pads, rng):
    """Return the reference (rows, columns, 3), direction angles and detail (rows, columns)."""
    picture, vector = water_colours(rng), water_directions(rng)
    detail = np.full(SIZE, 0.14, np.float32)
    draw_bank(picture, vector, detail, rng)
    for pad in pads:
        draw_pad(picture, detail, pad)
        pad_directions(vector, pad)
    angles = np.arctan2(vector[..., 1], vector[..., 0]) / 2
    return np.clip(picture, 0, 1), angles, detail
