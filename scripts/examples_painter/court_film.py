"""Camera and film of the museum court: rays, supersampling, bloom, tone curve and grain."""

import numpy as np

from examples_painter.court_scene import Court
from examples_painter.fields import blur, fractal_noise, luminance, mix

SIZE = (960, 1280)
EYE = np.array([30.5, 3.1, -14.0], np.float32)
YAW, FOCAL, HORIZON = np.radians(-19.0), 1000.0, 0.60
SAMPLES, BAND = 3, 24


def sight_rays(first, last):
    """Return unit directions (n, 3) for picture rows `first` to `last`, SAMPLES squared each."""
    offsets = (np.arange(SAMPLES) + 0.5) / SAMPLES
    rows = (np.arange(first, last)[:, None] + offsets).ravel()
    columns = (np.arange(SIZE[1])[:, None] + offsets).ravel()
    right, up = np.meshgrid((columns - SIZE[1] / 2) / FOCAL, (HORIZON * SIZE[0] - rows) / FOCAL)
    rays = np.stack(
        [right * np.cos(YAW) + np.sin(YAW), up, np.cos(YAW) - right * np.sin(YAW)], -1
    ).reshape(-1, 3)
    return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


def expose(court):
    """Return the linear radiance (rows, columns, 3) on the film."""
    film = np.empty((*SIZE, 3), np.float32)
    for first in range(0, SIZE[0], BAND):
        last = min(first + BAND, SIZE[0])
        rays = sight_rays(first, last)
        light = court.trace(np.broadcast_to(EYE, rays.shape), rays)
        light = np.minimum(light, 6.0).reshape(last - first, SAMPLES, SIZE[1], SAMPLES, 3)
        film[first:last] = light.mean((1, 3))
    return film


def tone_curve(light):
    """Return display values 0..1 of linear `light`: a filmic shoulder, then the sRGB curve."""
    curve = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14)
    curve = np.clip(curve, 0, 1)
    return np.where(curve < 0.0031308, 12.92 * curve, 1.055 * curve ** (1 / 2.4) - 0.055)


def develop(film, rng):
    """Return the finished picture 0..1 of linear `film`: glow, tone, sharpness and grain."""
    glow = 0.6 * blur(np.maximum(film - 1.0, 0), 6) + 0.4 * blur(np.maximum(film - 1.0, 0), 24)
    rows, columns = np.mgrid[-1 : 1 : SIZE[0] * 1j, -1 : 1 : SIZE[1] * 1j]
    vignette = 1 - 0.22 * (rows**2 + columns**2) ** 1.2 / 2
    graduated = 1 - 0.30 * np.clip(-rows, 0, 1) ** 1.3
    exposure = 0.60 * vignette * graduated
    picture = tone_curve((film + 0.25 * glow) * exposure[..., None])
    picture += 0.25 * (picture - blur(picture, 1, 1))
    picture += 0.05 * np.sin(2 * np.pi * (np.clip(picture, 0, 1) - 0.5))
    light = luminance(picture)
    picture = mix(light[..., None], picture, np.full(SIZE, 1.08))
    picture += 0.018 * (light - 0.5)[..., None] * np.array([1.0, 0.2, -1.0])
    grain = fractal_noise(SIZE, rng, 0.25) * (0.004 + 0.008 * light * (1 - light))
    return np.clip(picture + grain[..., None], 0, 1)


def make_louvre_court(seed):
    """Return the rendered museum court (rows, columns, 3) in 0..1."""
    rng = np.random.default_rng(seed)
    return develop(expose(Court(rng)), rng)
