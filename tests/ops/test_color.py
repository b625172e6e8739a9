"""Colours: statistics against NumPy, roots, maps by hand, matching."""

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.ops.color import (
    as_float,
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
    found = as_float(np.array([[0, 1, top]], dtype))
    assert found.dtype == tf.float32
    np.testing.assert_array_equal(found, np.float32([[0, 1, top]]) / np.float32(top))


def test_numbers_stay_as_they_are():
    for given in (PICTURE, PICTURE.astype(np.float32), tf.constant(PICTURE)):
        found = as_float(given)
        assert found.dtype == given.dtype
        np.testing.assert_array_equal(found, given)


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


def test_matched_colours_have_the_styles_mean_and_covariance():
    """Up to what keeps a flat picture flat: 1/255 beside a deviation of about a tenth."""
    content, style = cloud([0.6, 0.5, 0.4], 0.2, 1), cloud([0.4, 0.5, 0.6], 0.1, 5)
    wanted_mean, wanted = color_statistics(tf.constant(style))
    matched = match_colors(tf.constant(content), (wanted_mean, wanted))
    mean, covariance = color_statistics(matched)
    np.testing.assert_allclose(mean, wanted_mean, atol=1e-9)
    np.testing.assert_allclose(covariance, wanted, atol=0.005 * np.trace(wanted))


def test_a_picture_matched_to_itself_hardly_changes():
    picture = tf.constant(cloud([0.5, 0.5, 0.5], 0.2, 3))
    matched = match_colors(picture, color_statistics(picture))
    np.testing.assert_allclose(matched, picture, atol=2e-3)
