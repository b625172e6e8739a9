"""Small array tools shared by both pictures: noise, blurs, ramps and look-ups in textures."""

import numpy as np


def smoothstep(low, high, value):
    """Return the cubic ramp of `value`, 0 at `low` and 1 at `high`, same shape as `value`."""
    ramp = np.clip((value - low) / (high - low), 0.0, 1.0)
    return ramp * ramp * (3.0 - 2.0 * ramp)


def mix(first, second, weight):
    """Blend arrays (..., channels) by `weight` (...) in 0..1; 0 keeps `first`."""
    weight = np.asarray(weight, np.float32)[..., None]
    return first + (second - first) * weight


def luminance(colours):
    """Return the luma (...) of RGB colours (..., 3)."""
    return colours @ np.array([0.299, 0.587, 0.114], np.float32)


def _frequencies(shape, stretch):
    """Return the radial frequency array of `shape`, each axis scaled by its `stretch`."""
    axes = [
        np.fft.fftfreq(size) * size * factor for size, factor in zip(shape, stretch, strict=True)
    ]
    return np.sqrt(sum(grid**2 for grid in np.meshgrid(*axes, indexing="ij")))


def fractal_noise(shape, rng, slope=1.8, lowest=1.0, stretch=None, highest=1e9):
    """Return tileable power-law noise of `shape`, mean 0 and deviation 1, float32.

    `stretch` multiplies the frequency of each axis: a large factor makes long features there.
    """
    radius = _frequencies(shape, stretch or (1.0,) * len(shape))
    weight = np.maximum(radius, lowest) ** -slope * (radius > 0) * (radius < highest)
    spectrum = np.fft.fftn(rng.standard_normal(shape)) * weight
    field = np.fft.ifftn(spectrum).real
    return ((field - field.mean()) / field.std()).astype(np.float32)


def _box_blur_axis(array, radius, axis):
    """Return the running mean of `array` over 2 * radius + 1 samples along `axis`."""
    pad = [(0, 0)] * array.ndim
    pad[axis] = (radius + 1, radius)
    total = np.cumsum(np.pad(array, pad, mode="edge"), axis=axis, dtype=np.float64)
    size = array.shape[axis]
    span = 2 * radius + 1
    upper = np.take(total, np.arange(span, span + size), axis=axis)
    return ((upper - np.take(total, np.arange(size), axis=axis)) / span).astype(np.float32)


def blur(array, radius, passes=3):
    """Return `array` (rows, columns[, channels]) smoothed by `passes` box means of `radius`."""
    for _ in range(passes if radius > 0 else 0):
        array = _box_blur_axis(_box_blur_axis(array, radius, 0), radius, 1)
    return array


def sample(texture, rows, columns):
    """Return `texture` (height, width[, channels]) bilinearly at float `rows`, `columns` (n,)."""
    height, width = texture.shape[:2]
    rows = np.clip(rows, 0.0, height - 1.001)
    columns = np.clip(columns, 0.0, width - 1.001)
    row, column = rows.astype(np.int32), columns.astype(np.int32)
    down, right = (rows - row).astype(np.float32), (columns - column).astype(np.float32)
    if texture.ndim == 3:
        down, right = down[..., None], right[..., None]
    upper = texture[row, column] * (1 - right) + texture[row, column + 1] * right
    lower = texture[row + 1, column] * (1 - right) + texture[row + 1, column + 1] * right
    return upper * (1 - down) + lower * down


def hash_unit(first, second, salt=0.0):
    """Return a repeatable pseudo-random number in 0..1 for each pair of whole numbers."""
    angle = np.asarray(first, np.float64) * 127.1 + np.asarray(second, np.float64) * 311.7
    value = np.sin(angle + salt * 74.7) * 43758.5453
    return (value - np.floor(value)).astype(np.float32)
