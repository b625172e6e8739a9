"""The far bank of the water garden: its edge, its inlet under the bridge, its shrubs."""

import numpy as np

from examples_painter.fields import fractal_noise, mix, smoothstep
from examples_painter.garden_palette import SIZE, pigment


def grid():
    """Return the row and column numbers (rows, columns) of the picture, float32."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return rows.astype(np.float32), columns.astype(np.float32)


def inlet(share):
    """Return how far (0..1) the water runs back under the bridge at `share` of the width."""
    return np.exp(-(((share - 0.42) / 0.085) ** 4))


def bank_line(columns):
    """Return the height in pixels of the water's far edge at each column."""
    share = columns / SIZE[1]
    waves = 0.012 * np.sin(share * 9) + 0.006 * np.sin(share * 31)
    return SIZE[0] * (0.175 - 0.05 * share - 0.085 * inlet(share) + waves)


def _shrub_colours(leaves, masses, height):
    """Return the colours (rows, columns, 3) of shrubs of two noises and of the sky above."""
    colours = np.broadcast_to(pigment("sap"), (*SIZE, 3))
    for name, start, stop, field, strength in (
        ("leaf", -0.8, 1.6, leaves + masses, 1.0),
        ("cobalt", 0.4, 1.6, -masses, 0.7),
        ("ochre", 0.9, 2.2, leaves + 0.6 * masses, 0.7),
        ("sky", 0.09, 0.17, height + 0.03 * masses, 0.75),
    ):
        colours = mix(colours, pigment(name), smoothstep(start, stop, field) * strength)
    return colours


def draw_bank(picture, vector, detail, rng):
    """Put the far bank, its shrubs and their edge of shade on the picture, in place."""
    rows, columns = grid()
    height = (bank_line(columns) - rows) / SIZE[0]
    leaves = fractal_noise(SIZE, rng, 1.2, lowest=8)
    masses = fractal_noise(SIZE, rng, 2.0, lowest=4)
    colours = _shrub_colours(leaves, masses, height)
    picture[:] = mix(picture, pigment("night"), smoothstep(-0.06, 0.0, height) * 0.55)
    land = smoothstep(-0.004, 0.006, height)
    picture[:] = mix(picture, colours, land)
    angle = np.pi / 2 + 0.7 * np.clip(masses + leaves * 0.4, -1.6, 1.6)
    vector[:] = mix(vector, np.stack([np.cos(2 * angle), np.sin(2 * angle)], -1), land)
    detail[:] = np.maximum(detail, land * 0.7)
