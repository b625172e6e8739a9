"""The paved floor of the court and its shallow basin: patterns, joints, rim and ripples."""

import numpy as np

from examples_painter.fields import fractal_noise, hash_unit, mix, smoothstep

BASIN = np.array([(0.0, -12.0), (30.5, -12.0), (22.0, 31.0), (-23.0, 31.0)], np.float32)
RIM, WATER = 0.75, -0.16
SETT = (0.23, 0.20)
GRANITE = np.array([0.36, 0.345, 0.32], np.float32)
LIME = np.array([0.50, 0.465, 0.40], np.float32)


def basin_distance(x, z):
    """Return the signed distance (n,) in metres to the basin's edge, negative inside."""
    corners = np.roll(BASIN, -1, 0)
    run = corners - BASIN
    normals = np.stack([run[:, 1], -run[:, 0]], -1) / np.linalg.norm(run, axis=1)[:, None]
    return np.max(
        [
            (x - corner[0]) * normal[0] + (z - corner[1]) * normal[1]
            for corner, normal in zip(BASIN, normals, strict=True)
        ],
        0,
    )


class Ground:
    """Textures of the floor and of the water's ripples, repeated over the court."""

    def __init__(self, rng):
        """Draw the textures from the random generator `rng`."""
        self._wear = fractal_noise((1024, 1024), rng, 1.35, lowest=2)
        waves = fractal_noise((1024, 1024), rng, 2.0, lowest=5, stretch=(1.0, 0.75), highest=44)
        self._slopes = np.stack(np.gradient(waves), -1)
        self._slopes /= self._slopes.std()

    def _noise(self, x, z, metres):
        """Return wear noise (n,) with a period of `metres`."""
        scale = 1024 / metres
        return self._wear[(z * scale).astype(np.int64) & 1023, (x * scale).astype(np.int64) & 1023]

    def reflectance(self, x, z, footprint):
        """Return the reflectance (n, 3) of the paving; `footprint` (n,) is a pixel in metres."""
        row, shift = np.floor(z / SETT[1]), np.floor(z / SETT[1]) % 2 * 0.5
        column = np.floor(x / SETT[0] + shift)
        sharp = smoothstep(0.30, 0.04, footprint)
        tone = 1 + 0.34 * sharp * (hash_unit(row, column) - 0.5)
        tone *= (
            1
            + 0.10 * self._noise(x, z, 70.0)
            + 0.06 * self._noise(z, x, 17.0)
            + 0.07 * sharp * self._noise(x, z, 4.0)
        )
        gap = np.minimum((z / SETT[1]) % 1 * SETT[1], (x / SETT[0] + shift) % 1 * SETT[0])
        joint = smoothstep(0.024 + footprint * 0.5, 0.008, gap) * sharp
        stone = mix(GRANITE * tone[:, None], GRANITE * 0.35, joint * 0.8)
        return self._bands(stone, x, z, footprint, tone)

    def _bands(self, stone, x, z, footprint, tone):
        """Return the paving with its pale limestone bands, a frame of 7 metres."""
        band = np.minimum(np.abs(x % 7.0 - 3.5), np.abs(z % 7.0 - 3.5))
        slab = np.minimum(x % 1.4, z % 1.4)
        pale = LIME * (0.5 + 0.5 * tone)[:, None]
        pale = pale * (1 - 0.4 * smoothstep(0.03 + footprint * 0.3, 0.01, slab))[:, None]
        return mix(stone, pale, smoothstep(0.36 + footprint * 0.3, 0.32 - footprint * 0.3, band))

    def rim(self, x, z, distance, stone):
        """Return the paving with the granite rim of the basin laid over it."""
        joint = np.where(z < BASIN[2, 1], z, x) % 1.6 < 0.025
        tone = 0.86 + 0.07 * self._noise(x, z, 6.0) + 0.05 * self._noise(x, z, 1.5) - 0.35 * joint
        edge = smoothstep(0.10, 0.0, distance) * 0.5 + smoothstep(RIM - 0.05, RIM, distance) * 0.6
        slab = np.array([0.42, 0.40, 0.375], np.float32) * (tone * (1 - edge))[:, None]
        return mix(stone, slab, smoothstep(RIM + 0.04, RIM, distance))

    def ripples(self, x, z, distance):
        """Return unit normals (n, 3) of the water at a view `distance` (n,) in metres."""
        total = np.zeros((len(x), 2), np.float32)
        for metres, size in ((23.0, 0.008), (8.0, 0.0045), (2.9, 0.0015)):
            scale = 1024 / metres
            total += (
                size
                * self._slopes[
                    (z * scale).astype(np.int64) & 1023, (x * scale).astype(np.int64) & 1023
                ]
            )
        total *= (1 / (1 + distance / 45))[:, None]
        calm = 0.35 + 0.65 * smoothstep(-0.6, 0.9, self._noise(x, z, 60.0))
        normals = np.stack(
            [-total[:, 1] * calm, np.ones(len(x), np.float32), -total[:, 0] * calm], -1
        )
        return normals / np.linalg.norm(normals, axis=1, keepdims=True)
