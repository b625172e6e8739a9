"""Whose colours a painting has: Oklab there and back, each mode, and pictures without colour."""

import numpy as np
import pytest
import tensorflow as tf
from reference import counting

from tf_nst import config
from tf_nst.engine.color_modes import (
    COLOR_MODES,
    grey,
    grey_like,
    in_colors_of,
    with_colors_of,
    with_histogram_of,
)
from tf_nst.ops.color import color_statistics
from tf_nst.ops.oklab import from_oklab, to_oklab

PHOTOGRAPH = tf.constant(0.2 + 0.5 * counting(12, 16)[None])
STYLE = tf.constant((0.1 + 0.8 * counting(10, 9, start=50) ** 2)[None])
PAINTED = tf.constant(np.clip(1.2 * counting(12, 16, start=7)[None], 0, 1))


def flat(*color: float) -> tf.Tensor:
    return tf.constant(np.broadcast_to(np.float64(color), (1, 12, 16, 3)))


def test_the_modes_are_those_of_the_option():
    assert tuple(COLOR_MODES) == config.COLORS


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((1, 1, 1), (1, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 0, 1), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_of_known_colours(color, expected):
    np.testing.assert_allclose(to_oklab(tf.constant(color, tf.float64)), expected, atol=2e-5)


def test_oklab_and_back():
    np.testing.assert_allclose(from_oklab(to_oklab(PHOTOGRAPH)), PHOTOGRAPH, atol=1e-6)
    narrow = tf.cast(PHOTOGRAPH, tf.float32)
    np.testing.assert_allclose(from_oklab(to_oklab(narrow)), narrow, atol=1e-5)


def test_the_content_s_colours_are_its_mean_and_covariance():
    given = color_statistics(in_colors_of(STYLE, PHOTOGRAPH))
    for one, other in zip(given, color_statistics(PHOTOGRAPH), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3)


def test_light_alone_is_grey_and_as_light():
    picture = grey(PHOTOGRAPH)
    np.testing.assert_allclose(picture, picture[..., :1] + tf.zeros_like(picture), atol=1e-6)
    np.testing.assert_allclose(to_oklab(picture)[..., 0], to_oklab(PHOTOGRAPH)[..., 0], atol=1e-6)


def test_the_style_s_light_has_the_mean_and_deviation_of_the_photograph_s():
    like, wanted = (to_oklab(it)[..., 0] for it in (grey_like(STYLE, PHOTOGRAPH), PHOTOGRAPH))
    np.testing.assert_allclose(tf.reduce_mean(like), tf.reduce_mean(wanted), atol=5e-3)
    np.testing.assert_allclose(tf.math.reduce_std(like), tf.math.reduce_std(wanted), rtol=0.05)


def test_light_is_painted_and_the_rest_is_the_photograph_s():
    """At the lightness of the photograph no colour leaves 0..1."""
    lightness = to_oklab(PHOTOGRAPH)[..., :1] * 0.98
    painted = from_oklab(tf.concat([lightness, 0 * lightness, 0 * lightness], -1))
    result = to_oklab(with_colors_of(painted, PHOTOGRAPH))
    np.testing.assert_allclose(result[..., :1], lightness, atol=1e-5)
    np.testing.assert_allclose(result[..., 1:], to_oklab(PHOTOGRAPH)[..., 1:], atol=1e-5)


def test_values_are_those_of_the_photograph_in_the_painted_order():
    """Of grey pictures, in which no colour leaves 0..1."""
    painted, photograph = grey(PAINTED), grey(PHOTOGRAPH)
    result = np.ravel(with_histogram_of(painted, photograph)[..., 0])
    order = np.argsort(np.ravel(painted[..., 0]), kind="stable")
    assert (np.diff(result[order]) > -1e-6).all()
    np.testing.assert_allclose(np.sort(result), np.sort(np.ravel(photograph[..., 0])), atol=1e-6)


def test_equal_values_stay_equal():
    result = with_histogram_of(flat(0.3, 0.4, 0.5), PHOTOGRAPH).numpy().reshape(-1, 3)
    np.testing.assert_allclose(result, result[:1] + 0 * result, atol=1e-12)


def beside(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The picture with as much red to its right, and weights of positions of which red has none."""
    red = tf.zeros_like(picture) + tf.constant([1, 0, 0], picture.dtype)
    weights = [tf.ones_like(picture[..., :1]), tf.zeros_like(picture[..., :1])]
    return tf.concat([picture, red], 2), tf.concat(weights, 2)


@pytest.mark.parametrize("mode", COLOR_MODES)
def test_positions_without_weight_decide_nothing(mode):
    mode, ones = COLOR_MODES[mode], tf.ones_like
    (style, of_style), (photograph, of_photograph) = beside(STYLE), beside(PHOTOGRAPH)
    given = mode.style(style, photograph, of_style, of_photograph)[:, :, : STYLE.shape[2]]
    alone = mode.style(STYLE, PHOTOGRAPH, ones(STYLE[..., :1]), ones(PHOTOGRAPH[..., :1]))
    np.testing.assert_allclose(given, alone, atol=1e-9)
    painted = mode.result(beside(PAINTED)[0], photograph, of_photograph)[:, :, :16]
    np.testing.assert_allclose(painted, mode.result(PAINTED, PHOTOGRAPH), atol=1e-9)


@pytest.mark.parametrize("mode", COLOR_MODES)
@pytest.mark.parametrize(
    "photograph", [PHOTOGRAPH, grey(PHOTOGRAPH), flat(0, 0, 0), flat(0.2, 0.5, 0.9)]
)
@pytest.mark.parametrize("style", [STYLE, grey(STYLE), flat(1, 1, 1), flat(1, 0, 0)])
def test_pictures_without_colours_come_out_finite(mode, photograph, style):
    mode = COLOR_MODES[mode]
    painted = [mode.content(photograph), mode.style(style, photograph)]
    painted += [mode.result(it, photograph) for it in (PAINTED, flat(0.5, 0.5, 0.5))]
    for picture in painted:
        assert (
            np.isfinite(picture).all() and 0 <= picture.numpy().min() <= picture.numpy().max() <= 1
        )
