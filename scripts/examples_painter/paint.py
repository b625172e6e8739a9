"""The stroke painter: turns a reference picture and a field of directions into brushwork."""

from dataclasses import dataclass

import numpy as np

from examples_painter.brush import BrushBox
from examples_painter.fields import blur, fractal_noise, luminance, mix, sample

MARGIN = 170
OVERLAP = 40


@dataclass(frozen=True)
class Layer:
    """One pass of brushwork: stroke size in pixels, how densely and how freely it is laid.

    Strokes go mostly where the detail map exceeds `detail`, and never where above `ceiling`.
    """

    length: float
    width: float
    density: float = 1.0
    opacity: float = 0.9
    value_jitter: float = 0.05
    hue_jitter: float = 0.25
    palette_pull: float = 0.4
    angle_jitter: float = 0.15
    complement: float = 0.04
    thickness: float = 1.0
    detail: float = 0.0
    ceiling: float = 1.0


@dataclass
class Strokes:
    """Columns of n strokes: places, angles and sizes (n,), colours (n, 3) in 0..1."""

    rows: np.ndarray
    columns: np.ndarray
    angles: np.ndarray
    bends: np.ndarray
    lengths: np.ndarray
    widths: np.ndarray
    colours: np.ndarray
    seconds: np.ndarray
    opacities: np.ndarray
    thicknesses: np.ndarray

    def take(self, index):
        """Return the strokes chosen by an index or mask array."""
        return Strokes(**{name: column[index] for name, column in vars(self).items()})


DEFAULT_LAYERS = (
    Layer(120, 42, 3.4, 0.95, 0.07, 0.35, 0.45, 0.35, 0.05, 0.5),
    Layer(72, 24, 2.2, 0.90, 0.06, 0.32, 0.40, 0.28, 0.05, 0.8),
    Layer(60, 18, 1.7, 0.88, 0.06, 0.28, 0.35, 0.22, 0.05, 1.1),
    Layer(62, 17, 0.40, 0.85, 0.08, 0.50, 0.55, 0.20, 0.10, 1.4, 0.0, 0.72),
    Layer(26, 8, 1.3, 0.85, 0.06, 0.22, 0.30, 0.18, 0.04, 1.1, 0.45),
)


def rotate_hue(colours, turns):
    """Return RGB `colours` (n, 3) turned by `turns` (n,) radians about the grey axis."""
    axis = np.full(3, 3**-0.5, np.float32)
    cosine, sine = np.cos(turns)[:, None], np.sin(turns)[:, None]
    cross = np.cross(np.broadcast_to(axis, colours.shape), colours)
    along = (colours @ axis)[:, None] * axis
    return (colours * cosine + cross * sine + along * (1 - cosine)).astype(np.float32)


def pull_to_palette(colours, palette, strength, rng, warmth=0.02):
    """Return `colours` (n, 3) moved by `strength` towards a near pigment of `palette` (k, 3)."""
    distance = ((colours[:, None] - palette[None]) ** 2).sum(-1)
    gumbel = -np.log(-np.log(rng.random(distance.shape) * 0.998 + 0.001))
    chosen = palette[np.argmax(gumbel - distance / warmth, axis=1)]
    shade = (luminance(colours) - luminance(chosen))[:, None] * 0.75
    return mix(colours, chosen + shade, np.full(len(colours), strength))


def jitter_colours(colours, layer, palette, rng):
    """Return broken colour: `colours` (n, 3) with hue, value and pigment varied by stroke."""
    count = len(colours)
    turned = rotate_hue(colours, rng.normal(0, layer.hue_jitter, count))
    lifted = turned + rng.normal(0, layer.value_jitter, (count, 1))
    pulled = pull_to_palette(lifted, palette, layer.palette_pull, rng)
    opposite = 0.5 * pulled + 0.5 * rotate_hue(pulled, np.full(count, np.pi))
    flecks = (rng.random(count) < layer.complement).astype(np.float32)
    return np.clip(mix(pulled, opposite, flecks), 0.08, 1.0).astype(np.float32)


def _scatter(shape, layer, detail, rng):
    """Return rows and columns (n,) of stroke centres, kept where `detail` allows the layer."""
    height, width = shape[0] + 2 * OVERLAP, shape[1] + 2 * OVERLAP
    count = int(height * width * layer.density / (layer.length * layer.width))
    rows, columns = rng.random(count) * height - OVERLAP, rng.random(count) * width - OVERLAP
    here = sample(detail, rows, columns)
    keep = (here >= layer.detail * rng.random(count) ** 0.5) & (here <= layer.ceiling)
    return rows[keep], columns[keep]


def _bends(orientation, rows, columns, angles, reach):
    """Return how far the direction field turns (n,) over one stroke length, -1.6..1.6."""
    step_y, step_x = np.sin(angles) * reach / 2, np.cos(angles) * reach / 2
    ahead = sample(orientation, rows + step_y, columns + step_x)
    behind = sample(orientation, rows - step_y, columns - step_x)
    turn = (
        np.angle((ahead[..., 0] + 1j * ahead[..., 1]) * (behind[..., 0] - 1j * behind[..., 1])) / 2
    )
    return np.clip(turn, -1.6, 1.6)


def plan_layer(reference, orientation, detail, layer, palette, rng):
    """Return the Strokes of one layer over `reference` (rows, columns, 3)."""
    rows, columns = _scatter(reference.shape, layer, detail, rng)
    count = len(rows)
    doubled = np.stack([np.cos(2 * orientation), np.sin(2 * orientation)], -1)
    here = sample(doubled.astype(np.float32), rows, columns)
    angles = np.arctan2(here[:, 1], here[:, 0]) / 2 + rng.normal(0, layer.angle_jitter, count)
    sizes = rng.choice([0.7, 0.85, 1.0, 1.25], count)
    bends = _bends(doubled, rows, columns, angles, layer.length) + rng.normal(0, 0.2, count)
    local = sample(blur(reference, int(layer.width / 4)), rows, columns)
    colours = jitter_colours(local, layer, palette, rng)
    seconds = jitter_colours(local, layer, palette, rng)
    flip = rng.random(count) < 0.5
    return Strokes(
        rows,
        columns,
        angles + np.pi * flip,
        bends,
        layer.length * sizes,
        layer.width * rng.choice([0.75, 1.0, 1.2], count),
        colours,
        seconds,
        layer.opacity * rng.uniform(0.75, 1.0, count),
        layer.thickness * rng.uniform(0.5, 1.2, count),
    )


def _lay(canvas, relief, stamp, corner, colours, opacity, thickness):
    """Lay one stamp on `canvas` and `relief` in place, its top left pixel at `corner`."""
    size = stamp.cover.shape[0]
    window = (slice(corner[0], corner[0] + size), slice(corner[1], corner[1] + size))
    cover = stamp.cover * opacity
    under, bumps = canvas[window], relief[window]
    pigment = colours[0] + (colours[1] - colours[0]) * stamp.mixture[..., None]
    under += cover[..., None] * (pigment - under)
    bumps += cover * (stamp.height * thickness - bumps * 0.8)


def lay_strokes(canvas, relief, strokes, box, rng):
    """Lay all strokes in order on the padded `canvas` (rows, columns, 3) and `relief`."""
    variants = rng.integers(0, 1 << 16, len(strokes.rows))
    for number, variant in enumerate(variants):
        stamp = box.stamp(
            strokes.lengths[number],
            strokes.widths[number],
            strokes.angles[number],
            strokes.bends[number],
            variant,
        )
        half = stamp.cover.shape[0] // 2
        corner = (
            int(strokes.rows[number]) + MARGIN - half,
            int(strokes.columns[number]) + MARGIN - half,
        )
        _lay(
            canvas,
            relief,
            stamp,
            corner,
            (strokes.colours[number], strokes.seconds[number]),
            strokes.opacities[number],
            strokes.thicknesses[number],
        )


def canvas_weave(shape, rng):
    """Return the weave of a linen canvas (rows, columns), about -1..1."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    wobble = fractal_noise(shape, rng, slope=1.4) * 0.7
    threads = np.sin(rows * 2.2 + wobble) * np.cos(columns * 2.2 - wobble)
    return (threads * 0.6 + rng.normal(0, 0.35, shape)).astype(np.float32)


def light_relief(canvas, relief, weave, strength):
    """Return `canvas` lit from the upper left over the paint height and the weave."""
    surface = relief + 0.13 * weave * np.exp(-0.5 * relief)
    slope_y, slope_x = np.gradient(surface)
    slope = slope_x * 0.6 + slope_y
    shade = 1.0 + strength * np.tanh(2.2 * slope)
    gloss = np.clip(np.tanh(2.2 * slope) - 0.45, 0, 1)[..., None] * strength * 0.7
    return np.clip(canvas * shade[..., None] + gloss * (1 - canvas), 0, 1)


def underpaint(reference, ground, strength=0.7):
    """Return the padded canvas (rows, columns, 3): `ground` washed with the reference's masses."""
    masses = blur(np.asarray(reference, np.float32), 8)
    masses = np.pad(masses, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), mode="edge")
    tone = np.broadcast_to(np.array(ground, np.float32), masses.shape)
    return mix(tone, masses, np.full(masses.shape[:2], strength, np.float32))


def paint(
    reference,
    orientation,
    palette,
    *,
    layers=DEFAULT_LAYERS,
    detail=None,
    accents=(),
    ground=(0.44, 0.41, 0.52),
    impasto=0.16,
    seed=0,
):
    """Return `reference` (rows, columns, 3) in 0..1 repainted in layers of brush strokes.

    `orientation` (rows, columns) holds stroke directions in radians, `palette` (k, 3) the
    pigments, `detail` (rows, columns) in 0..1 where fine layers go, `accents` extra Strokes.
    """
    rng = np.random.default_rng(seed)
    box = BrushBox(rng)
    shape = reference.shape[:2]
    detail = np.ones(shape, np.float32) if detail is None else detail
    canvas = underpaint(reference, ground)
    relief = np.zeros(canvas.shape[:2], np.float32)
    planned = (plan_layer(reference, orientation, detail, layer, palette, rng) for layer in layers)
    for strokes in (*planned, *accents):
        lay_strokes(canvas, relief, strokes, box, rng)
    inside = (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    return light_relief(canvas[inside], relief[inside], canvas_weave(shape, rng), impasto)
