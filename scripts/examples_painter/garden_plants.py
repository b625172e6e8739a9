"""What stands about the pond, in single strokes: willow, grasses, irises and the footbridge."""

import numpy as np

from examples_painter.garden_bank import bank_line, inlet
from examples_painter.garden_palette import SIZE
from examples_painter.garden_touches import make_strokes

FROND_PIGMENTS = (
    ("sap", "viridian", "night", "emerald", "sap"),
    ("leaf", "emerald", "sap", "olive", "viridian"),
    ("leaf", "ochre", "mint", "emerald", "sap"),
)

# Clumps of flowers on the bank: column in pixels and pigments.
CLUMPS = (
    (60, ("violet", "lavender", "cobalt")),
    (150, ("rose", "pink", "lilac white")),
    (225, ("violet", "lavender", "mauve")),
    (330, ("lilac white", "rose", "lavender")),
    (760, ("violet", "lavender", "cobalt")),
    (850, ("rose", "lilac white", "pink")),
    (930, ("violet", "lavender", "mauve")),
)
BRIDGE_LEFT, BRIDGE_SPAN = 0.27 * SIZE[1], 0.30 * SIZE[1]

# Lines of the bridge: height above the deck's arch in pixels, width, strokes, pigments.
BRIDGE_LINES = (
    (4, 11, 70, ("night", "viridian", "ultramarine")),
    (-2, 9, 60, ("teal", "mauve", "sap")),
    (-34, 6, 60, ("teal", "sky", "lavender")),
    (-19, 4, 40, ("teal", "sky", "mauve")),
)


def _frond(x, top, drop, rng):
    """Return one hanging frond from (x, top) pixels, `drop` pixels long: a chain of leaves."""
    count = int(drop / 7)
    run = np.sort(rng.random(count))
    bow, swing = rng.normal(0, 34), rng.uniform(0, 6)
    sway = bow * run**2 + 7 * np.sin(run * 6 + swing) + rng.normal(0, 5, count)
    lean = np.arctan2(drop, 2 * bow * run + 42 * np.cos(run * 6 + swing))
    names = FROND_PIGMENTS[rng.choice(3, p=(0.45, 0.37, 0.18))]
    leaf = rng.uniform(22, 46, count), rng.uniform(3.5, 7, count)
    angles, bends = lean + rng.normal(0, 0.2, count), rng.normal(0, 0.4, count)
    return make_strokes((top + run * drop, x + sway), angles, leaf, names, rng, bends, 1.6)


def willow_accents(rng):
    """Return the willow that hangs over the water on the right, its fronds longer outwards."""
    places = np.sort(rng.beta(2.6, 1.0, 105)) * 0.40 + 0.63
    return [
        _frond(x * SIZE[1], rng.uniform(-50, 30), (x - 0.45) * rng.uniform(250, 980), rng)
        for x in places
    ]


def grass_accents(rng, count=520):
    """Return blades of grass along the far bank, none across the mouth of the inlet."""
    columns = rng.uniform(0, SIZE[1], count)
    rows = bank_line(columns) - rng.uniform(-4, 34, count)
    lean, bends = -np.pi / 2 + rng.normal(0, 0.35, count), rng.normal(0, 0.5, count)
    blade = rng.uniform(16, 34, count), rng.uniform(2.5, 4.5, count)
    names = ("leaf", "sap", "emerald", "ochre", "viridian")
    blades = make_strokes((rows, columns), lean, blade, names, rng, bends)
    return [blades.take(inlet(blades.columns / SIZE[1]) < 0.3)]


def iris_accents(rng, count=26):
    """Return clumps of flowers on the bank, each of its own hue, dabs of many sizes."""
    clumps = []
    for middle, names in CLUMPS:
        columns = middle + rng.normal(0, 24, count)
        rows = bank_line(columns) - rng.gamma(3.0, 9.0, count)
        dab = rng.uniform(7, 17, count), rng.uniform(4, 9, count)
        angles, bends = rng.normal(-1.2, 0.7, count), rng.normal(0, 0.8, count)
        dabs = make_strokes((rows, columns), angles, dab, names, rng, bends, 1.9)
        clumps.append(dabs.take(inlet(dabs.columns / SIZE[1]) < 0.3))
    return clumps


def _arch(share):
    """Return the deck's height in pixels at each `share` 0..1 of the bridge's span."""
    return SIZE[0] * (0.068 + 0.068 * (2 * share - 1) ** 2)


def _bridge_line(rise, width, count, names, rng):
    """Return strokes that follow the arch, `rise` pixels below the deck."""
    share = rng.random(count)
    place = _arch(share) + rise, BRIDGE_LEFT + share * BRIDGE_SPAN
    lean = np.arctan2(SIZE[0] * 0.272 * (2 * share - 1), BRIDGE_SPAN)
    return make_strokes(place, lean, (rng.uniform(26, 44, count), width), names, rng, 0.15)


def bridge_accents(rng):
    """Return the faint footbridge: deck and rails along an arch, posts, and its reflection."""
    strokes = [_bridge_line(*line, rng) for line in BRIDGE_LINES]
    posts = np.repeat(np.linspace(0.02, 0.98, 15), 2)
    place = _arch(posts) - 17, BRIDGE_LEFT + posts * BRIDGE_SPAN
    upright = np.full(30, np.pi / 2)
    strokes.append(make_strokes(place, upright, (42, 5), ("teal", "viridian", "mauve"), rng))
    share = rng.random(90)
    place = SIZE[0] * 0.335 - _arch(share) + rng.normal(0, 5, 90), BRIDGE_LEFT + share * BRIDGE_SPAN
    lean, dab = np.pi / 2 + rng.normal(0, 0.3, 90), (rng.uniform(18, 32, 90), 9)
    mirrored = make_strokes(place, lean, dab, ("viridian", "night", "teal"), rng)
    mirrored.opacities *= 0.6
    return [*strokes, mirrored]
