"""The preconditioner of L-BFGS: its octaves, its symmetry, its scale."""

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.optim.precondition import (
    KEPT,
    LEAST_SQUARE,
    octaves,
    preconditioner,
    running_squares,
)

GENERATOR = np.random.default_rng(0)


def picture(height: int, width: int, batch: int = 1) -> tf.Tensor:
    return tf.constant(GENERATOR.standard_normal([batch, height, width, 3]))


def matrix(function, height: int, width: int) -> np.ndarray:
    """A linear function of grey pictures as a matrix: the pictures of single pixels."""
    size = height * width
    pixels = tf.constant(np.eye(size).reshape(size, height, width, 1))
    return function(pixels).numpy().reshape(size, size)


def test_a_flat_picture_is_multiplied_by_the_sum_of_all_octaves():
    """1 + 1 + 2 + 4 + 8 + 16, where no border is near."""
    flat = octaves(tf.ones([1, 512, 512, 1], tf.float64))
    assert_close(flat[0, 256, 256], [32.0], "float64")


def test_the_finest_checkerboard_stays_as_it_is():
    """No octave sees it, but for its border."""
    rows, columns = np.indices([512, 512])
    board = np.where((rows + columns) % 2, 1.0, -1.0)[None, :, :, None]
    assert_close(
        octaves(tf.constant(board))[0, 250:260, 250:260], board[0, 250:260, 250:260], "float64"
    )


@pytest.mark.parametrize("waves", [2, 4, 8])
def test_slow_waves_are_raised_about_by_their_length(waves):
    """Waves of 128, 64 and 32 pixels: each half as much as the one twice as long."""
    place = np.arange(256)
    raised = []
    for count in (waves, 2 * waves):
        wave = np.tile(np.sin(2 * np.pi * count * place / 256), (256, 1))[None, :, :, None]
        middle = np.s_[0, 96:160, 96:160, 0]
        raised.append(
            np.linalg.norm(octaves(tf.constant(wave))[middle]) / np.linalg.norm(wave[middle])
        )
    assert 1.5 < raised[0] / raised[1] < 2.5


@pytest.mark.parametrize("size", [(16, 16), (13, 7), (1, 5)])
def test_octaves_are_symmetric_and_positive(size):
    actual = matrix(octaves, *size)
    assert_close(actual, actual.T, "float64")
    assert np.linalg.eigvalsh(actual).min() >= 1 - 1e-9


def test_the_preconditioner_is_symmetric_and_positive():
    squares = tf.constant(GENERATOR.uniform(0, 4, [1, 9, 12, 1]))
    actual = matrix(preconditioner(squares), 9, 12)
    assert_close(actual, actual.T, "float64")
    assert np.linalg.eigvalsh(actual).min() > 0


def test_channels_and_pictures_do_not_see_each_other():
    pictures, squares = picture(10, 12, batch=2), tf.abs(picture(10, 12, batch=2))[..., :1]
    together = preconditioner(squares)(pictures)
    for index in range(2):
        alone = preconditioner(squares[index : index + 1])
        for channel in range(3):
            one = alone(pictures[index : index + 1, :, :, channel : channel + 1])
            assert_close(together[index, :, :, channel], one[0, :, :, 0], "float64")


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_scale_of_the_gradient_does_not_matter(scale):
    gradient = picture(8, 8)
    squares = tf.square(scale * gradient)[..., :1]
    plain = preconditioner(tf.square(gradient)[..., :1])(gradient)
    assert_close(preconditioner(squares)(gradient), plain, "float64")


def test_pixels_of_small_gradients_move_further():
    """By the fourth root of squares on each side: here without octaves, of a single pixel."""
    squares = tf.constant([[[[1.0], [0.04]]]], tf.float64)
    actual = matrix(preconditioner(squares), 1, 2)
    plain = matrix(octaves, 1, 2)
    mean = 0.52
    roots = [(square / mean + LEAST_SQUARE) ** -0.25 for square in (1.0, 0.04)]
    assert_close(actual, plain * np.outer(roots, roots), "float64")
    assert actual[1, 1] > 2 * actual[0, 0]


def test_without_any_gradient_it_is_still_finite():
    actual = preconditioner(tf.zeros([1, 4, 4, 1]))(tf.ones([1, 4, 4, 3]))
    assert np.isfinite(actual).all()


def test_the_running_mean_of_squares():
    first, second = picture(2, 3), picture(2, 3)
    zeros = tf.zeros([1, 2, 3, 1], tf.float64)
    squares = running_squares(running_squares(zeros, first), second)
    one, two = (np.mean(np.square(item), axis=3, keepdims=True) for item in (first, second))
    assert_close(squares, (1 - KEPT) * (KEPT * one + two), "float64")
