"""Bristle stamps: the mark of one loaded brush, straight or bent, at any angle and size."""

from dataclasses import dataclass

import numpy as np

from examples_painter.fields import fractal_noise, sample, smoothstep

ANGLE_STEPS = 48
BEND_STEP = 0.22
SIZE_RATIO = 1.22
VARIANTS = 5


@dataclass(frozen=True)
class Stamp:
    """Square arrays of one mark: cover 0..1, pigment mixture 0..1 and paint height."""

    cover: np.ndarray
    mixture: np.ndarray
    height: np.ndarray


def _arc_coordinates(size, angle, bend, length):
    """Return along and across distances (size, size) in pixels from the middle of an arc."""
    axis = np.arange(size, dtype=np.float32) - (size - 1) / 2
    x, y = np.meshgrid(axis, axis)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    if abs(bend) < 0.05:
        return along, across
    radius, side = length / abs(bend), np.sign(bend)
    depth = radius - across * side
    return radius * np.arctan2(along, depth), (radius - np.hypot(along, depth)) * side


def _unit_noise(shape, rng, stretch):
    """Return anisotropic noise of `shape` squeezed smoothly into 0..1."""
    noise = fractal_noise(shape, rng, slope=1.1, stretch=stretch)
    return 0.5 + 0.5 * np.tanh(noise)


class BrushBox:
    """Makes bristle stamps on demand and keeps them, so that equal marks are built once."""

    def __init__(self, rng):
        """Draw the bristle textures of every variant from the generator `rng`."""
        self._streaks = [_unit_noise((48, 96), rng, (1.0, 7.0)) for _ in range(VARIANTS)]
        self._loads = [_unit_noise((48, 96), rng, (2.5, 6.0)) for _ in range(VARIANTS)]
        self._ends = [rng.random((2, 48)).astype(np.float32) for _ in range(VARIANTS)]
        self._stamps = {}

    def stamp(self, length, width, angle, bend, variant):
        """Return the Stamp nearest to a mark of this size (pixels), angle and bend (radians)."""
        key = (
            round(np.log(max(length, 2.0)) / np.log(SIZE_RATIO)),
            round(np.log(max(width, 1.2)) / np.log(SIZE_RATIO)),
            round(angle / (2 * np.pi) * ANGLE_STEPS) % ANGLE_STEPS,
            round(bend / BEND_STEP),
            variant % VARIANTS,
        )
        if key not in self._stamps:
            self._stamps[key] = self._build(*key)
        return self._stamps[key]

    def _build(self, length_key, width_key, angle_key, bend_key, variant):
        """Return the Stamp of the quantised parameters."""
        length, width = SIZE_RATIO**length_key, SIZE_RATIO**width_key
        size = int(np.ceil(length + width)) + 4
        along, across = _arc_coordinates(
            size, angle_key * 2 * np.pi / ANGLE_STEPS, bend_key * BEND_STEP, length
        )
        return self._mark(along, across, length, width, variant)

    def _mark(self, along, across, length, width, variant):
        """Return the Stamp of a mark, given each pixel's place along and across the brush."""
        run, side = along / length + 0.5, across / width + 0.5
        streak = sample(self._streaks[variant], side * 47, run * 95)
        load = sample(self._loads[variant], side * 47, run * 95)
        first, last = (
            sample(end[:, None].repeat(2, 1), side * 47, side * 0) for end in self._ends[variant]
        )
        soft = 0.9 / width
        body = smoothstep(0, 2 * soft, side) * smoothstep(0, 2 * soft, 1 - side)
        round_off = 0.5 * (2 * np.abs(side - 0.5)) ** 2 * width / length
        start = smoothstep(-0.01, 0.05, run - 0.07 * first - round_off)
        stop = smoothstep(0.0, 0.16, 1.0 - 0.20 * last - 0.5 * round_off - run)
        dryness = np.clip(run, 0, 1) ** 1.5 * 0.52
        broken = smoothstep(dryness - 0.35, dryness + 0.12, streak + 0.10)
        cover = body * start * stop * broken
        ridge = smoothstep(0.25, 0.5, np.abs(side - 0.5)) * 0.5
        height = (0.35 + 0.75 * streak + ridge) * (1.15 - 0.5 * np.clip(run, 0, 1))
        return Stamp(cover.astype(np.float32), load.astype(np.float32), height.astype(np.float32))
