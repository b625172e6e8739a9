"""The light of the museum court: sun, sky dome with a volume of clouds, aerial haze."""

import numpy as np

from examples_painter.fields import blur, fractal_noise, mix, sample, smoothstep

SUN = np.array([-0.77, 0.42, -0.48], np.float32)
SUN /= np.linalg.norm(SUN)
SUN_COLOUR = np.array([3.85, 2.66, 1.45], np.float32)
AMBIENT = np.array([0.24, 0.34, 0.55], np.float32)
BOUNCE = np.array([0.26, 0.22, 0.17], np.float32)
HAZE = np.array([0.92, 0.80, 0.66], np.float32)
CELLS = (56, 360, 360)
CELL_METRES = np.array([38.0, 40.0, 40.0], np.float32)
CLOUD_BASE = 950.0
DOME = (760, 2900)
LOOK = np.radians(-19.0)
ROW_POWER = 1.7


def cloud_density(rng):
    """Return how dense (layers, depth, width) a tileable field of cumulus is; clear below 0."""
    noise = fractal_noise(CELLS, rng, 2.08, lowest=6, stretch=(6.8, 1.0, 1.0))
    cover = fractal_noise(CELLS[1:], rng, 2.2, lowest=4)
    height = np.linspace(0, 1, CELLS[0], dtype=np.float32)[:, None, None]
    return noise + 0.8 * cover - 0.80 - 1.6 * height**1.3 - 2 * smoothstep(0.07, 0.0, height)


def extinction(body):
    """Return the extinction per metre of cloud of the density `body`."""
    return np.clip(body, 0, 0.8) * 0.018


def sun_depth(density):
    """Return the optical depth towards the sun at every cell of `density`."""
    depth = np.zeros_like(density)
    layer = np.zeros(density.shape[1:], np.float32)
    metres = CELL_METRES[0] / SUN[1]
    shift = np.array([SUN[2], SUN[0]]) * metres / CELL_METRES[1]
    for level in range(density.shape[0] - 1, -1, -1):
        offset = np.round(shift * (level + 1)) - np.round(shift * level)
        layer = np.roll(layer, (-offset).astype(int), (0, 1)) + density[level] * metres
        depth[level] = layer - 0.5 * density[level] * metres
    return depth


def _trilinear(volume, level, depth, width):
    """Return `volume` (layers, depth, width, 2) at float cells (n,), wrapping sideways."""
    level = np.clip(level, 0, CELLS[0] - 1.01)
    corner = [np.floor(axis).astype(np.int32) for axis in (level, depth, width)]
    part = [axis - whole for axis, whole in zip((level, depth, width), corner, strict=True)]
    total = 0.0
    for turn in np.ndindex(2, 2, 2):
        weight = 1.0
        for bit, share in zip(turn, part, strict=True):
            weight = weight * (share if bit else 1 - share)
        index = (
            corner[0] + turn[0],
            (corner[1] + turn[1]) % CELLS[1],
            (corner[2] + turn[2]) % CELLS[2],
        )
        total = total + weight[:, None] * volume[index]
    return total


def clear_sky(directions):
    """Return the cloudless sky's radiance (n, 3) in unit `directions` (n, 3)."""
    up = np.clip(directions[:, 1], 0, 1)
    zenith = np.array([0.065, 0.155, 0.41], np.float32)
    middle = np.array([0.26, 0.42, 0.69], np.float32)
    colour = mix(np.broadcast_to(middle, directions.shape), zenith, up**0.6)
    colour = mix(colour, HAZE * 1.05, np.exp(-up * 9.0))
    facing = np.clip(directions @ SUN, 0, 1)
    glow = 0.35 * facing**4 + 1.2 * facing**40
    return colour + glow[:, None] * np.array([1.0, 0.72, 0.42], np.float32)


def add_cirrus(colours, directions, cirrus):
    """Return sky `colours` (n, 3) with thin high streaks from the noise texture `cirrus`."""
    plane = directions[:, (2, 0)] / (directions[:, 1:2] + 0.06) * 110
    found = cirrus[tuple(plane.astype(np.int32).T & 511)]
    veil = smoothstep(0.2, 2.6, found) * 0.45 * smoothstep(0.0, 0.12, directions[:, 1])
    return mix(colours, np.array([1.05, 0.98, 0.90], np.float32), veil)


def _fine_cloud(detail, level, place):
    """Return small-scale density (n,) from the tileable noise `detail` at two grain sizes."""
    total = -0.6
    for size in (26, 11):
        cells = (level / size, place[:, 2] / size, place[:, 0] / size)
        total = total + detail[tuple(axis.astype(np.int32) & 63 for axis in cells)]
    return total


def _cloud_at(volume, detail, level, distance, directions):
    """Return extinction and optical depth to the sun (n,) at `level` metres above the base."""
    place = distance[:, None] * directions
    cells = (level, place[:, 2], place[:, 0]) / CELL_METRES[:, None]
    found = _trilinear(volume, *cells)
    fine = _fine_cloud(detail, level, place)
    return extinction(found[:, 0] + 0.08 * fine) * np.exp(-distance / 3e4), found[:, 1]


def _cloud_glow(depth, phase, height, distance):
    """Return the light (n, 3) that cloud sends back, `depth` (n,) deep in it, through haze."""
    lit = np.exp(-depth) + 0.22 * np.exp(-0.2 * depth)
    glow = SUN_COLOUR * 0.46 * (lit * phase)[:, None] + AMBIENT * (0.36 + 1.0 * height)[:, None]
    return mix(HAZE * 0.95, glow, np.exp(-distance / 2.4e4))


def march_clouds(directions, volume, detail, rng, steps=60):
    """Return cloud light (n, 3) and clearness (n,) along `directions` from the ground."""
    up = np.maximum(directions[:, 1], 0.025)
    thick = CELLS[0] * CELL_METRES[0]
    stride = np.minimum(thick / steps / up, 400)
    clear, light = np.ones(len(up), np.float32), np.zeros_like(directions)
    phase = 0.75 + 0.9 * np.clip(directions @ SUN, 0, 1) ** 6
    offset = rng.random(len(up), dtype=np.float32)
    for step in range(steps):
        height = (step + offset) / steps
        distance = (CLOUD_BASE + height * thick) / up
        density, depth = _cloud_at(volume, detail, height * thick, distance, directions)
        taken = clear * (1 - np.exp(-density * stride))
        light += taken[:, None] * _cloud_glow(depth, phase, height, distance)
        clear -= taken
    return light, clear


class Sky:
    """The whole dome of sky and clouds, painted once and then looked up by direction."""

    def __init__(self, rng):
        """Render the dome from the random generator `rng`."""
        density = cloud_density(rng)
        volume = np.stack([density, sun_depth(extinction(density))], -1)
        detail = fractal_noise((64, 64, 64), rng, 1.9, lowest=4)
        cirrus = fractal_noise((512, 512), rng, 1.5, lowest=2, stretch=(1.0, 2.6))
        place = np.linspace(-1, 1, DOME[1])
        self._azimuths = (np.pi * (0.45 * place + 0.55 * place**3)).astype(np.float32)
        rows = [self._row(row, volume, detail, cirrus, rng) for row in range(DOME[0])]
        self._dome = blur(np.stack(rows).astype(np.float32), 1, 1)

    def _row(self, row, volume, detail, cirrus, rng):
        """Return one row (columns, 3) of the dome; row 0 is the horizon."""
        elevation = np.pi / 2 * (row / (DOME[0] - 1)) ** ROW_POWER
        azimuth = self._azimuths + LOOK
        directions = np.stack(
            [
                np.sin(azimuth) * np.cos(elevation),
                np.full(DOME[1], np.sin(elevation)),
                np.cos(azimuth) * np.cos(elevation),
            ],
            -1,
        ).astype(np.float32)
        light, clear = march_clouds(directions, volume, detail, rng)
        return light + clear[:, None] * add_cirrus(clear_sky(directions), directions, cirrus)

    def colour(self, directions):
        """Return the radiance (n, 3) of the sky in unit `directions` (n, 3)."""
        elevation = np.arcsin(np.clip(directions[:, 1], 0, 1)) / (np.pi / 2)
        azimuth = np.arctan2(directions[:, 0], directions[:, 2]) - LOOK
        column = np.interp(
            (azimuth + np.pi) % (2 * np.pi) - np.pi, self._azimuths, np.arange(DOME[1])
        )
        return sample(self._dome, elevation ** (1 / ROW_POWER) * (DOME[0] - 1), column)


def add_haze(colours, distance, directions):
    """Return `colours` (n, 3) seen through `distance` (n,) metres of lit evening air."""
    facing = np.clip(directions @ SUN, 0, 1)
    air = HAZE * (0.72 + 0.5 * facing**3)[:, None]
    return mix(colours, air, 1 - np.exp(-np.minimum(distance, 5e3) / 1500.0))
