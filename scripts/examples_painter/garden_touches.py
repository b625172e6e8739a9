"""The last touches on the water: rims and shadows of the pads, and the flowers."""

import numpy as np

from examples_painter.garden_palette import PALETTE, SIZE, pigment
from examples_painter.paint import Layer, Strokes, jitter_colours

TOUCH = Layer(0, 0, value_jitter=0.045, hue_jitter=0.16, palette_pull=0.2, complement=0.03)

# Flowers: x, y (shares of the picture), size, pigments of the shaded and the lit petals.
FLOWERS = (
    (0.335, 0.425, 1.0, "crimson", "pink"),
    (0.42, 0.405, 0.9, "crimson", "orange"),
    (0.385, 0.535, 1.1, "crimson", "crimson"),
    (0.645, 0.535, 1.3, "crimson", "orange"),
    (0.17, 0.555, 1.1, "rose", "white"),
    (0.80, 0.465, 0.9, "rose", "white"),
    (0.585, 0.345, 0.7, "crimson", "pink"),
    (0.76, 0.72, 1.35, "crimson", "pink"),
    (0.22, 0.365, 0.75, "yellow", "white"),
    (0.345, 0.645, 1.2, "rose", "white"),
    (0.91, 0.505, 0.9, "orange", "yellow"),
    (0.095, 0.285, 0.6, "rose", "white"),
    (0.115, 0.835, 1.2, "crimson", "pink"),
)


def make_strokes(place, angles, size, names, rng, bends=0.0, thickness=1.3):
    """Return Strokes of n `angles` at `place` (rows, columns), of `size` (lengths, widths).

    Each takes two of the pigments `names` at random; strokes outside the picture are left out.
    """
    rows, columns = place
    count, full = len(angles), np.ones(len(angles))
    choice = np.array([pigment(name) for name in names])
    first, second = (
        jitter_colours(choice[rng.integers(0, len(names), count)], TOUCH, PALETTE, rng)
        for _ in range(2)
    )
    loads = rng.uniform(0.7, 1.0, count), thickness * rng.uniform(0.6, 1.2, count)
    marks = (angles, bends * full, size[0] * full, size[1] * full)
    strokes = Strokes(rows * full, columns * full, *marks, first, second, *loads)
    inside = (rows > 4) & (rows < SIZE[0] - 4) & (columns > 4) & (columns < SIZE[1] - 4)
    return strokes.take(inside)


def rim_strokes(pad, arc, count, names, size, rng, grow=1.0):
    """Return strokes along the rim of `pad`, between the two ellipse angles `arc` in radians."""
    turn = rng.uniform(*arc, count)
    wide, high = pad.wide * grow, pad.high * grow
    step_x, step_y = -wide * np.sin(turn), high * np.cos(turn)
    speed = np.hypot(step_x, step_y)
    lengths = np.minimum(speed * rng.uniform(0.5, 1.1, count), 90)
    place = pad.y + high * np.sin(turn), pad.x + wide * np.cos(turn)
    bends = np.clip(wide * high / speed**3 * lengths, -1.5, 1.5)
    widths = size * rng.uniform(0.7, 1.2, count)
    return make_strokes(place, np.arctan2(step_y, step_x), (lengths, widths), names, rng, bends)


def outside_pads(strokes, pads):
    """Return those strokes whose middle lies on open water, off every one of `pads`."""
    free = np.ones(len(strokes.rows), bool)
    for pad in pads:
        across, down = (strokes.columns - pad.x) / pad.wide, (strokes.rows - pad.y) / pad.high
        free &= np.hypot(across, down) > 1
    return strokes.take(free)


def pad_accents(pad, pads, rng):
    """Return the strokes that finish one pad: dark water below, pale sweeps, a bright rim."""
    size = max(pad.high * 0.26, 3.0)
    dark = ("ultramarine", "violet", "cobalt")
    shade = rim_strokes(pad, (0.1, 3.0), 6, dark, size * 1.3, rng, 1.15)
    touches = [
        outside_pads(shade, pads),
        rim_strokes(pad, (3.2, 6.2), 3, (pad.colour, "lavender"), size, rng, 0.9),
        rim_strokes(pad, (0, 6.28), 3, ("rose", "mint", "lavender"), size, rng, 0.55),
        rim_strokes(pad, (0.6, 2.4), 2, ("rose", "mauve", "leaf", "violet"), size * 0.7, rng, 0.92),
    ]
    if pad.light > 0.42:
        bright = ("white", "white", "mint")
        touches.append(rim_strokes(pad, (2.6, 5.2), 4, bright, size * 0.9, rng, 0.86))
    return touches


def _petals(middle, size, arc, count, names, rng, reach, width=0.42):
    """Return a ring of petal dabs about `middle` (x, y), between two angles in radians."""
    angles = np.linspace(*arc, count) + rng.normal(0, 0.2, count)
    away = size * reach * rng.uniform(0.75, 1.1, count)
    across, up = np.cos(angles) * away, np.sin(angles) * away * 0.62
    lean = np.arctan2(up - size * 0.25, across) + rng.normal(0, 0.25, count)
    dab = size * rng.uniform(0.55, 0.9, count), size * width * rng.uniform(0.8, 1.2, count)
    bends = rng.normal(0, 0.5, count)
    return make_strokes((middle[1] + up, middle[0] + across), lean, dab, names, rng, bends, 2.2)


def flower_accents(x, y, scale, dark, light, rng):
    """Return the strokes of one flower at (x, y) in shares of the picture: shade to light."""
    x, y = x * SIZE[1], y * SIZE[0]
    size = scale * (14 + 25 * y / SIZE[0])
    place = y + size * rng.uniform(0.4, 0.75, 4), x + rng.normal(0, size * 0.3, 4)
    shade = (size * 1.9, size * 0.35)
    low, high = (x, y + size * 0.1), (x, y - size * 0.1)
    return [
        make_strokes(place, rng.normal(0, 0.1, 4), shade, ("ultramarine", "sap", "violet"), rng),
        _petals((x, y), size, (0.1, 6.0), 12, (dark, dark, "mauve"), rng, 0.72),
        _petals((x, y), size, (2.7, 6.7), 10, (dark, light), rng, 0.70, 0.34),
        _petals(low, size, (0.2, 3.0), 6, (dark, light, "rose"), rng, 0.55, 0.34),
        _petals(high, size, (3.0, 6.2), 6, (light, "white", light), rng, 0.62, 0.26),
        _petals((x, y), size, (3.2, 6.2), 4, ("yellow", "orange"), rng, 0.22, 0.32),
    ]
