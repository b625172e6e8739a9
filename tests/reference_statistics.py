"""Float64 NumPy references of every statistic, those of reference.py and the rest."""

import numpy as np
import reference
from reference import FLOOR, mean_and_covariance, mean_and_std, positions, relative

PARTS = 256
NODES = 256
STEP = np.log1p(65536.0) / (NODES - 1)


def mean_distance(features, style, weights=None) -> float:
    return relative(mean_and_std(features, weights)[0], mean_and_std(style)[0])


def covariance_distance(features, style, weights=None) -> float:
    return relative(mean_and_covariance(features, weights)[1], mean_and_covariance(style)[1])


def finer_of(features) -> np.ndarray:
    """[h, w, C] -> [2 h, 2 w, C - 1]: what tests take for the features of a finer layer."""
    large = np.repeat(np.repeat(features, 2, 0), 2, 1)[..., 1:] ** 2
    large[::2] *= 2.0
    return large


def chained_gram(features, weights=None) -> np.ndarray:
    """Over positions of the finer layer, the coarser one enlarged (Novak and Nikulin 2016)."""
    total, count, finer = 0.0, 0.0, finer_of(features)
    for row in range(finer.shape[0]):
        for column in range(finer.shape[1]):
            here = row // 2, column // 2
            weight = 1.0 if weights is None else float(weights[here])
            total = total + weight * np.outer(features[here], finer[row, column])
            count += weight
    return total / count


def chained_distance(features, style, weights=None) -> float:
    return relative(chained_gram(features, weights), chained_gram(style))


def drawn(features, weights=None, count: int = 0) -> np.ndarray:
    """[count, C]: the positions in the middle of equal parts of the sum of the weights."""
    rows, shares = zip(*positions(features, weights), strict=True)
    ends = np.cumsum(shares)
    count = count or len(rows)
    middles = (np.arange(count) + 0.5) * (ends[-1] / count)
    return np.array(rows)[np.searchsorted(ends, middles, "right")]


def parts_of(values, masses) -> np.ndarray:
    """[n], ascending, and [n] -> [PARTS]: means of equal shares of the mass."""
    masses = masses / masses.sum()
    ends = np.cumsum(masses)
    part = np.arange(PARTS)[:, None]
    low, high = (np.clip(it, part / PARTS, (part + 1) / PARTS) for it in (ends - masses, ends))
    return PARTS * (high - low) @ values


def sliced_parts(features, weights=None) -> np.ndarray:
    rows = drawn(features, weights)
    channels = rows.shape[1]
    directions = np.linalg.qr(np.random.default_rng(0).standard_normal([channels] * 2))[0]
    ones = np.ones(len(rows))
    return np.array([parts_of(np.sort(rows @ along), ones) for along in directions.T])


def sliced_distance(features, style, weights=None) -> float:
    return relative(sliced_parts(features, weights), sliced_parts(style))


def histogram_parts(features, weights=None) -> np.ndarray:
    nodes = np.expm1(STEP * np.arange(NODES))
    histogram = np.zeros([features.shape[-1], NODES])
    for feature, weight in positions(features, weights):
        for channel, value in enumerate(feature):
            cell = min(max(int(np.searchsorted(nodes, value, "right")) - 1, 0), NODES - 2)
            upper = (value - nodes[cell]) / (nodes[cell + 1] - nodes[cell])
            histogram[channel, cell : cell + 2] += weight * np.array([1 - upper, upper])
    return np.array([parts_of(nodes, masses) for masses in histogram])


def histogram_distance(features, style, weights=None) -> float:
    return relative(histogram_parts(features, weights), histogram_parts(style))


def units(rows) -> np.ndarray:
    return rows / np.sqrt(np.maximum(np.sum(rows**2, -1, keepdims=True), FLOOR))


def nearest_distance(features, style, weights=None) -> float:
    """Mean of 1 - the largest cosine with a feature of the style, both less their means."""
    mean = mean_and_std(features, weights)[0]
    neighbours = drawn(style, count=4096)
    neighbours = units(neighbours - mean_and_std(style)[0])
    total, count = 0.0, 0.0
    for feature, weight in positions(features, weights):
        total += weight * (1 - np.max(neighbours @ units(feature - mean)))
        count += weight
    return total / count


def similarity_shares(rows) -> np.ndarray:
    distances = 1 - units(rows) @ units(rows).T
    return distances / np.maximum(distances.sum(-1, keepdims=True), FLOOR)


def self_similarity(features, content, weights=None) -> float:
    """Kolkin et al. 2019, section 3.1, times the number of positions."""
    shares, wanted = (similarity_shares(drawn(it, weights)) for it in (features, content))
    return float(np.abs(shares - wanted).sum(-1).mean())


def power_variation(image, _other=None, weights=None, power: float = 1.25) -> float:
    """Weighted sum of (dx^2 + dy^2)^(power / 2), over the number of differences."""
    total, count = 0.0, 0.0
    height, width, channels = image.shape
    for row in range(height):
        for column in range(width):
            weight = 1.0 if weights is None else float(weights[row, column])
            squares = np.zeros(channels)
            for down, right in ((1, 0), (0, 1)):
                if row + down < height and column + right < width:
                    squares += (image[row + down, column + right] - image[row, column]) ** 2
                    count += weight * channels
            total += weight * float(np.sum(squares ** (power / 2)))
    return total / count


# Statistic -> reference(features, features of the content or the style, weights).
DISTANCES = {
    **reference.DISTANCES,
    "mean": mean_distance,
    "covariance": covariance_distance,
    "chained": chained_distance,
    "sliced": sliced_distance,
    "histogram": histogram_distance,
    "nearest": nearest_distance,
    "self_similarity": self_similarity,
    "1.25": power_variation,
}
