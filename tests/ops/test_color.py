"""Colours: statistics against NumPy, roots, maps by hand, matching."""

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.ops.color import (
    LEAST_DEVIATION,
    as_float,
    color_map,
    color_statistics,
    map_colors,
    match_colors,
    symmetric_root,
)

GENERATOR = np.random.default_rng(4)
PICTURE = GENERATOR.random([1, 20, 30, 3])
COVARIANCE = np.cov(GENERATOR.random([3, 50]))


def cloud(mean, spread: float, seed: int) -> np.ndarray:
    """[1, 40, 40, 3] far from 0 and 1: nothing is cut."""
    noise = np.random.default_rng(seed).uniform(-1, 1, [1, 40, 40, 3])
    mixing = np.eye(3) + 0.3 * np.random.default_rng(seed + 1).uniform(-1, 1, [3, 3])
    return np.array(mean) + spread * noise @ mixing


@pytest.mark.parametrize(("dtype", "top"), [(np.uint8, 255), (np.uint16, 65535)])
def test_codes_become_shares_of_the_largest(dtype, top):
    actual = as_float(np.array([[0, 1, top]], dtype))
    assert actual.dtype == tf.float32
    np.testing.assert_array_equal(actual, np.float32([[0, 1, top]]) / np.float32(top))


def test_numbers_stay_as_they_are():
    for given in (PICTURE, PICTURE.astype(np.float32), tf.constant(PICTURE)):
        actual = as_float(given)
        assert actual.dtype == given.dtype
        np.testing.assert_array_equal(actual, given)


def test_statistics_are_numpys():
    mean, covariance = color_statistics(tf.constant(PICTURE, tf.float32))
    colors = PICTURE.reshape(-1, 3)
    assert mean.dtype == covariance.dtype == tf.float64
    np.testing.assert_allclose(mean, colors.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(covariance, np.cov(colors, rowvar=False), atol=1e-6)


@pytest.mark.parametrize("covariance", [COVARIANCE, np.zeros([3, 3]), np.ones([3, 3])])
def test_a_root_times_itself_is_the_covariance(covariance):
    root = symmetric_root(tf.constant(covariance))
    assert_close(root @ root, covariance, "float64")
    assert_close(tf.transpose(root), root, "float64")


def test_a_map_is_a_product_and_a_sum_cut_to_the_range():
    matrix, offset = np.diag([2.0, 1.0, 0.0]), np.array([0.0, 0.5, 0.25])
    picture = tf.constant([[[[0.25, 0.25, 0.9], [0.75, 0.75, 0.1]]]], tf.float32)
    mapped = map_colors(picture, tf.constant(matrix), tf.constant(offset))
    np.testing.assert_allclose(mapped, [[[[0.5, 0.75, 0.25], [1.0, 1.0, 0.25]]]], atol=1e-6)
    assert mapped.dtype == tf.float32


# --- from one cloud of colours to another -------------------------------------------------------

CLOUDS = [([0.6, 0.5, 0.4], 0.2, 1), ([0.4, 0.5, 0.6], 0.1, 5), ([0.5, 0.45, 0.55], 0.15, 9)]
PAIRS = [(CLOUDS[0], CLOUDS[1]), (CLOUDS[1], CLOUDS[2]), (CLOUDS[2], CLOUDS[0])]
every_pair = pytest.mark.parametrize(
    ("content", "style"), PAIRS, ids=["0 to 1", "1 to 2", "2 to 0"]
)


def statistics(picture) -> tuple[np.ndarray, np.ndarray]:
    mean, covariance = color_statistics(tf.constant(picture, tf.float64))
    return mean.numpy(), covariance.numpy()


def root(matrix: np.ndarray) -> np.ndarray:
    """The symmetric square root, by NumPy's singular values."""
    vectors, values, _ = np.linalg.svd(matrix)
    return vectors * np.sqrt(values) @ vectors.T


def mean_squared_move(source, matrix, offset) -> float:
    """Of colours of these statistics: the trace of their covariance, and the mean's own move."""
    mean, covariance = source
    change = np.asarray(matrix) - np.eye(3)
    return np.trace(change.T @ covariance @ change) + np.sum(np.square(mean @ change + offset))


def wasserstein_2(source, wanted) -> float:
    """The squared distance of two Gaussians (Olkin and Pukelsheim 1982)."""
    (mean, covariance), (other_mean, other) = source, wanted
    between = root(root(covariance) @ other @ root(covariance))
    return np.sum(np.square(mean - other_mean)) + np.trace(covariance + other - 2 * between)


def test_a_diagonal_map_by_hand():
    """Deviations 0.1, 0.2, 0.1 become 0.2, 0.1, 0.1: factors 2, 1/2 and 1."""
    source = np.full(3, 0.5), np.diag([0.01, 0.04, 0.01])
    wanted = np.array([0.5, 0.25, 0.75]), np.diag([0.04, 0.01, 0.01])
    matrix, offset = color_map(source, wanted)
    assert_close(matrix, np.diag([2.0, 0.5, 1.0]), "float64")
    assert_close(offset, [-0.5, 0.0, 0.25], "float64")


@every_pair
def test_matched_colours_have_the_styles_mean_and_covariance(content, style):
    wanted = statistics(cloud(*style))
    matched = match_colors(tf.constant(cloud(*content)), wanted)
    assert 0 < np.min(matched) and np.max(matched) < 1
    mean, covariance = statistics(matched)
    assert_close(mean, wanted[0], "float64")
    assert_close(covariance, wanted[1], "float64")


@every_pair
def test_the_matrix_is_symmetric_and_positive(content, style):
    matrix, _ = color_map(statistics(cloud(*content)), statistics(cloud(*style)))
    assert_close(tf.transpose(matrix), matrix, "float64")
    assert np.linalg.eigvalsh(matrix).min() > 0.1


@every_pair
def test_colours_move_by_the_distance_of_the_clouds_and_no_farther(content, style):
    """The inverse root times the root maps one covariance to the other too, but moves more."""
    source, wanted = statistics(cloud(*content)), statistics(cloud(*style))
    moved = mean_squared_move(source, *color_map(source, wanted))
    assert_close(moved, wasserstein_2(source, wanted), "float64")
    longer = np.linalg.inv(root(source[1])) @ root(wanted[1])
    assert moved < mean_squared_move(source, longer, wanted[0] - source[0] @ longer)


@pytest.mark.parametrize("given", CLOUDS)
def test_a_picture_matched_to_itself_does_not_change(given):
    picture = tf.constant(cloud(*given))
    matrix, offset = color_map(*[color_statistics(picture)] * 2)
    assert_close(matrix, np.eye(3), "float64")
    assert_close(offset, np.zeros(3), "float64", scale=1.0)
    assert_close(match_colors(picture, color_statistics(picture)), picture, "float64")


# --- clouds that fill no space ------------------------------------------------------------------


def grey(given) -> np.ndarray:
    return cloud(*given)[..., :1] * np.ones(3)


def test_a_grey_picture_takes_the_styles_strongest_colours_along_a_line():
    content, style = grey(CLOUDS[0]), cloud(*CLOUDS[1])
    matched = match_colors(tf.constant(content), color_statistics(tf.constant(style)))
    mean, covariance = statistics(matched)
    assert_close(mean, statistics(style)[0], "float64")
    values = np.linalg.eigvalsh(covariance)
    assert values[1] < 1e-12 and values[2] > 0.001


def test_a_grey_style_makes_a_grey_picture():
    style = grey(CLOUDS[1])
    matched = match_colors(tf.constant(cloud(*CLOUDS[0])), color_statistics(tf.constant(style)))
    assert np.ptp(matched, axis=-1).max() < 1e-6
    assert_close(statistics(matched)[1], statistics(style)[1], "float64")


def test_a_grey_picture_matched_to_itself_does_not_change():
    picture = tf.constant(grey(CLOUDS[0]))
    matched = match_colors(picture, color_statistics(picture))
    np.testing.assert_allclose(matched, picture, atol=1e-6)


def test_one_colour_becomes_the_mean_and_all_colours_become_one():
    one, many = np.full([1, 8, 8, 3], [0.2, 0.4, 0.6]), cloud(*CLOUDS[0])
    to_many = match_colors(tf.constant(one), color_statistics(tf.constant(many)))
    assert_close(to_many, np.broadcast_to(statistics(many)[0], one.shape), "float64")
    to_one = match_colors(tf.constant(many), color_statistics(tf.constant(one)))
    np.testing.assert_allclose(to_one, np.broadcast_to(one[:, :1, :1], many.shape), atol=1e-6)


@pytest.mark.parametrize("spread", [0.1, 0.01])
def test_noise_below_a_level_is_not_stretched_to_the_styles_variation(spread):
    """A deviation of a tenth of a level or a hundredth becomes that share of the style's."""
    style = statistics(cloud(*CLOUDS[0]))
    flat = np.zeros(3), np.square(spread * LEAST_DEVIATION) * np.eye(3)
    matrix, _ = color_map(flat, style)
    covariance = np.asarray(matrix).T @ flat[1] @ np.asarray(matrix)
    assert_close(covariance, spread**2 * style[1], "float64")


def test_a_traced_map_is_the_same():
    picture = tf.constant(cloud(*CLOUDS[0]), tf.float32)
    wanted = statistics(cloud(*CLOUDS[1]))
    any_size = tf.TensorSpec([1, None, None, 3], tf.float32)
    traced = tf.function(lambda it: match_colors(it, wanted), input_signature=[any_size])
    assert_close(traced(picture), match_colors(picture, wanted), "float32")
