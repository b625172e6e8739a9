"""One byte a weight: codebooks that hands and theory can check."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from bundle_weights import LEVELS, fit_codebook, nearest

WIDE, NARROW = (3, 3, 64, 64), (3, 3, 3, 64)


def he_normal(shape) -> np.ndarray:
    """Weights as a layer of this shape starts with: variance 2 / fan-in."""
    deviation = np.sqrt(2 / np.prod(shape[:3]))
    return np.random.default_rng(5).normal(0, deviation, shape).astype(np.float32)


def laplace(shape) -> np.ndarray:
    """Weights with heavy tails."""
    return np.random.default_rng(6).laplace(0, 0.03, shape).astype(np.float32)


def distances(values, levels) -> np.ndarray:
    """[value, level] float64."""
    return np.abs(np.float64(values).reshape(-1, 1) - np.float64(levels))


def relative_error(values, levels) -> float:
    """Of each value's nearest level: root mean square, as a share of that of the values."""
    squares = np.mean(distances(values, levels).min(1) ** 2)
    return float(np.sqrt(squares / np.mean(np.float64(values) ** 2)))


def coded_and_back(values) -> np.ndarray:
    codebook = fit_codebook(values)
    return codebook[nearest(codebook, values)]


# --- codebooks by hand -----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256])
def test_as_many_numbers_as_levels_are_kept_exactly(count):
    values = np.resize(np.linspace(-0.7, 1.3, count, dtype=np.float32), (3, 3, 8, 16))
    codebook = fit_codebook(values)
    assert codebook.shape == (LEVELS,) and codebook.dtype == np.float32
    np.testing.assert_array_equal(np.unique(codebook), np.unique(values))
    np.testing.assert_array_equal(coded_and_back(values), values)


def test_of_257_numbers_the_two_nearest_share_their_mean():
    values = np.append(np.arange(256), 255.5).astype(np.float32)
    np.testing.assert_array_equal(fit_codebook(values), [*range(255), 255.25])


def test_pairs_of_neighbours_share_their_mean():
    values = np.concatenate([np.arange(256) - 0.125, np.arange(256) + 0.125]).astype(np.float32)
    np.testing.assert_array_equal(fit_codebook(values), np.arange(256))


def test_two_far_clusters_each_have_levels():
    """A thousand numbers in a thousandth of the range each: 128 levels leave 8 numbers a level."""
    values = (np.arange(1000) / 1000 + [[0], [1000]]).astype(np.float32)
    assert np.abs(coded_and_back(values) - values).max() < 0.01


def test_lone_numbers_far_off_have_levels_of_their_own():
    values = np.append(he_normal(WIDE), np.float32([5, 6, -7]))
    codebook = fit_codebook(values)
    assert (codebook[0], codebook[-2], codebook[-1]) == (-7, 5, 6)


def test_a_number_that_most_weights_are_takes_one_level_only():
    """The others are evenly spread, and 255 equal steps are off by 1/255 of their size."""
    values = np.append(np.zeros(100_000), np.linspace(-1, 1, 3000)).astype(np.float32)
    codebook = fit_codebook(values)
    assert len(np.unique(codebook)) == LEVELS
    assert (np.abs(codebook) < 1 / 255).sum() == 1
    assert relative_error(values, codebook) < 1 / 254


def test_the_nearest_level_is_told_by_the_exact_midpoint():
    """The midpoint 1 + 1.5 ulp is not float32; rounded to even it would be the value itself."""
    ulp = np.float32(2**-23)
    codebook = np.float32([1, 1 + 3 * ulp])
    np.testing.assert_array_equal(nearest(codebook, np.float32([1 + ulp, 1 + 2 * ulp])), [0, 1])


# --- codebooks by theory ---------------------------------------------------------------------

RANDOM = pytest.mark.parametrize(
    "values", [he_normal(WIDE), he_normal(NARROW), laplace(WIDE)], ids=["wide", "narrow", "laplace"]
)


@RANDOM
def test_every_code_is_that_of_the_nearest_level(values):
    codebook = fit_codebook(values)
    codes = nearest(codebook, values)
    assert codes.dtype == np.uint8 and codes.shape == values.shape
    all_distances = distances(values, codebook)
    taken = np.take_along_axis(all_distances, codes.reshape(-1, 1).astype(int), 1)
    np.testing.assert_array_equal(taken[:, 0], all_distances.min(1))


@RANDOM
def test_every_level_is_the_mean_of_the_values_nearest_to_it(values):
    """To the rounding of the level to float32."""
    codebook = fit_codebook(values)
    owners = distances(values, codebook).argmin(1)
    for code, level in enumerate(codebook):
        mean = np.float64(values).ravel()[owners == code].mean()
        assert abs(mean - level) <= np.spacing(np.abs(level))


@RANDOM
def test_levels_ascend(values):
    assert (np.diff(fit_codebook(values)) > 0).all()


# Of the best 256 levels there are (Panter and Dite 1951): sqrt(sqrt(3) pi / 2) / 256 = 0.644 % for
# a normal density, sqrt(4.5) / 256 = 0.829 % for Laplace's.
@pytest.mark.parametrize(
    ("values", "allowed"),
    [(he_normal(WIDE), 0.0065), (he_normal(NARROW), 0.0065), (laplace(WIDE), 0.0084)],
    ids=["wide", "narrow", "laplace"],
)
def test_the_error_is_that_of_the_best_levels(values, allowed):
    error = relative_error(values, fit_codebook(values))
    equal_steps = np.linspace(values.min(), values.max(), LEVELS)
    assert error <= allowed
    assert error < relative_error(values, equal_steps)
