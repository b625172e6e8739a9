"""Measures of a painted picture by its pixels: colours, edges, grain, specks, weave, frame.

Pictures are [h, w, 3] floating, sRGB in 0..1.
"""

import numpy as np
from scipy import ndimage, signal

# Rec. 709's shares of red, green and blue in luma.
LUMA = (0.2126, 0.7152, 0.0722)
# sRGB's primaries in CIE XYZ for D65, IEC 61966-2-1; rows are X, Y, Z.
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
FLATTEST = 0.25
FLAT_SIGMA = 4.0
# The mean square that rounding to 8 bits leaves: nothing is flatter.
ROUNDING_ENERGY = (1 / 255) ** 2 / 12
SPECK = 15.0
PERIODS = (2, 4, 8, 16)
FRAME, RING = 16, 48


def luma(picture):
    """[h, w, 3] -> [h, w] float64 in 0..1, of the encoded values."""
    return np.asarray(picture, np.float64) @ LUMA


def lab(picture):
    """CIE 1976 L*a*b* for D65 of [h, w, 3] in 0..1: [h, w, 3] float64, L* in 0..100."""
    code = np.asarray(picture, np.float64)
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.transpose(XYZ) / np.sum(XYZ, axis=1)
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def gaussian_distance(one, other):
    """Wasserstein-2 between the Gaussians of two clouds of points [n, 3] and [m, 3], in their unit.

    The closed form of Olkin and Pukelsheim 1982, from mean and covariance in float64.
    """
    means = one.mean(0) - other.mean(0)
    one, other = (np.cov(cloud, rowvar=False, bias=True) for cloud in (one, other))
    root = _symmetric_root(one)
    between = _symmetric_root(root @ other @ root)
    return float(np.sqrt(max(means @ means + np.trace(one + other - 2 * between), 0.0)))


def _symmetric_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def color_distance(picture, style):
    """Between the colours of two pictures of any size: `gaussian_distance` in CIE Lab's units."""
    return gaussian_distance(lab(picture).reshape(-1, 3), lab(style).reshape(-1, 3))


def edge_correlation(picture, photograph):
    """Of the lumas' gradient magnitudes, -1..1; 1: the photograph's edges; 0 without any edge."""
    one, other = (_gradient_energy(luma(each)).ravel() ** 0.5 for each in (picture, photograph))
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _gradient_energy(plane):
    return sum(side**2 for side in np.gradient(plane))


def high_band(plane):
    """What [h, w] has above half of Nyquist, 1/4 cycles a pixel, along rows or columns.

    The plane less its low-pass, a windowed sinc of 31 taps; the plane is mirrored past its sides.
    """
    taps = signal.firwin(31, 0.5)
    low = ndimage.convolve1d(plane, taps, axis=0, mode="mirror")
    return plane - ndimage.convolve1d(low, taps, axis=1, mode="mirror")


def flat_areas(picture):
    """[h, w]: the FLATTEST share of positions by gradient energy at FLAT_SIGMA pixels."""
    smooth = ndimage.gaussian_filter(luma(picture), FLAT_SIGMA, mode="mirror")
    energy = ndimage.gaussian_filter(_gradient_energy(smooth), FLAT_SIGMA, mode="mirror")
    return energy <= np.quantile(energy, FLATTEST)


def grain(picture, photograph, style):
    """Energy above half of Nyquist where the photograph is flat, over the style's where it is flat.

    1: as grainy as the style. `picture` and `photograph` are of one size, `style` of any.
    """
    painted, of_style = (
        np.mean(high_band(luma(image))[flat_areas(guide)] ** 2)
        for image, guide in ((picture, photograph), (style, style))
    )
    return float(max(painted, ROUNDING_ENERGY) / max(of_style, ROUNDING_ENERGY))


def specks(picture):
    """Pixels of 10,000 that are further than SPECK, in Lab, from each of their 8 neighbours.

    Those of the outermost rows and columns are not counted.
    """
    colors = lab(picture)
    height, width = colors.shape[:2]
    nearest = np.full((height - 2, width - 2), np.inf)
    for row, column in np.ndindex(3, 3):
        if (row, column) != (1, 1):
            neighbour = colors[row : row + height - 2, column : column + width - 2]
            distance = np.linalg.norm(colors[1:-1, 1:-1] - neighbour, axis=-1)
            nearest = np.minimum(nearest, distance)
    return float(1e4 * np.mean(nearest > SPECK))


def weave(picture):
    """The most that a period of the pooling grid stands out in the luma's power spectrum; 1: none.

    Of PERIODS pixels, along rows and along columns: the power at the period over the median at the
    frequencies around it. The spectrum is the mean over all rows, or columns, under a Hann window.
    """
    plane = luma(picture)
    spectra = [_spectrum(plane), _spectrum(plane.T)]
    return max(_peak(spectrum, period) for spectrum in spectra for period in PERIODS)


def _spectrum(plane):
    """The mean power of rows [w // 2 + 1], cut to a multiple of the longest period."""
    width = plane.shape[1] // PERIODS[-1] * PERIODS[-1]
    rows = plane[:, :width] - plane[:, :width].mean(1, keepdims=True)
    return np.mean(np.abs(np.fft.rfft(rows * signal.windows.hann(width, sym=False))) ** 2, axis=0)


def _peak(spectrum, period):
    """The window spreads a frequency over 3 bins, which are no neighbours."""
    width = 2 * (len(spectrum) - 1)
    middle, reach = width // period, max(4, width // 32)
    around = [bin for bin in range(middle - reach, middle + reach + 1) if abs(bin - middle) > 2]
    inside = [bin for bin in around if 1 < bin < len(spectrum)]
    return float(spectrum[middle] / max(np.median(spectrum[inside]), np.finfo(float).tiny))


def frame_color(picture, photograph):
    """How far the outer FRAME pixels are in colour from the RING inside them; 1: the photograph's.

    `gaussian_distance` in Lab, over that of the photograph, of which less than 1 counts as 1.
    """
    painted, of_photograph = (
        gaussian_distance(*(colors[part] for part in frame_and_ring(colors.shape[:2])))
        for colors in (lab(picture), lab(photograph))
    )
    return painted / max(of_photograph, 1.0)


def frame_detail(picture):
    """Energy above half of Nyquist in the outer FRAME pixels over that in the RING inside them."""
    energy = high_band(luma(picture)) ** 2
    frame, ring = (energy[part].mean() for part in frame_and_ring(energy.shape))
    return float(max(frame, ROUNDING_ENERGY) / max(ring, ROUNDING_ENERGY))


def frame_and_ring(shape):
    """Two masks [h, w]: the outer FRAME pixels, and the next RING inside them."""
    rows, columns = (np.minimum(np.arange(side), np.arange(side)[::-1]) for side in shape)
    depth = np.minimum(rows[:, None], columns)
    return depth < FRAME, (depth >= FRAME) & (depth < FRAME + RING)
