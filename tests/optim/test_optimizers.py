"""Optimisers: Adam against Keras and the textbook; what every row holds. L-BFGS: test_lbfgs.py."""

import keras
import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from tf_nst import config
from tf_nst.objective.evaluation import Evaluation
from tf_nst.ops.resample import resize
from tf_nst.optim.optimizers import ADAM_EPSILON, OPTIMIZERS, AdamState, Settings, adam, lbfgs, sgd

START = 0.3 + 0.4 * reference.counting(4, 5)[None]
GOAL = reference.counting(4, 5, start=13)[None]
STEPS = 15
# Keras rounds the learning rate and the betas to float32 even where the image is float64; these
# numbers lose nothing by it.
RATE = 2.0**-8
BETAS = [(1 - 2.0**-3, 1 - 2.0**-7), (1 - 2.0**-4, 1 - 2.0**-10)]

every_row = pytest.mark.parametrize("name", OPTIMIZERS)
# Of each row, rates with which a few steps stay within 0..1.
CALM = {"lbfgs": lbfgs(1.0), "adam": adam(2.0**-5, epsilon=0.1), "sgd": sgd(2.0**-5)}


def make(name: str, learning_rate: float):
    return OPTIMIZERS[name].make(Settings(learning_rate))


def evaluation_of(value, slope) -> Evaluation:
    """Of a mean over values: its gradient is the slope at each value by their number."""
    return Evaluation(value, {"error": value}, slope / tf.cast(tf.size(slope[0]), slope.dtype))


def mean_error(image) -> Evaluation:
    """Mean over values of (x - goal)^2 + (x - goal)^4, and its gradient."""
    error = image - GOAL
    value = tf.reduce_mean(error**2 + error**4, axis=[1, 2, 3])
    return evaluation_of(value, 2 * error + 4 * error**3)


def slope_per_mean_value(image: np.ndarray) -> np.ndarray:
    """The gradient as optimisers see it: times the number of values of a picture."""
    error = image - GOAL
    return 2 * error + 4 * error**3


def path(optimizer, start=START, steps=STEPS, value_and_grad=mean_error) -> list[np.ndarray]:
    image = tf.constant(start)
    state, images = optimizer.init(image), []
    for _ in range(steps):
        image, state, _ = optimizer.step(value_and_grad, image, state)
        images.append(image.numpy())
    return images


@pytest.mark.parametrize("epsilon", [1e-8, 0.1, ADAM_EPSILON])
@pytest.mark.parametrize("betas", BETAS)
def test_adam_equals_keras_step_for_step(epsilon, betas):
    ours = path(adam(RATE, *betas, epsilon=epsilon))
    theirs = keras.optimizers.Adam(RATE, *betas, epsilon=epsilon)
    image = keras.Variable(START, dtype="float64")
    for step in range(STEPS):
        theirs.apply([tf.constant(slope_per_mean_value(image.numpy()))], [image])
        assert 0 < ours[step].min() and ours[step].max() < 1, "the range hides a difference"
        assert_close(ours[step], image.numpy(), "float64")


@pytest.mark.parametrize("betas", [(0.9, 0.99), (0.5, 0.9)])
def test_adam_equals_the_textbook_step_for_step(betas):
    ours = path(adam(RATE, *betas, epsilon=0.3))
    textbook = reference.adam_path(START, slope_per_mean_value, STEPS, RATE, *betas, 0.3)
    for image, expected in zip(ours, textbook, strict=True):
        assert_close(image, expected, "float64")


def test_adams_first_step_is_known():
    """With epsilon hat 0: the learning rate times the sign of the gradient."""
    first = path(adam(RATE, epsilon=0.0), steps=1)[0]
    assert_close(first, START - RATE * np.sign(START - GOAL), "float64")


def test_sgd_is_gradient_descent():
    image, images = START, path(sgd(0.01))
    for ours in images:
        image = image - 0.01 * slope_per_mean_value(image)
        assert_close(ours, image, "float64")


@every_row
def test_pixels_stay_in_range(name):
    images = path(make(name, 1e4), steps=5)
    assert all(image.min() >= 0 and image.max() <= 1 for image in images)
    assert any(image.min() == 0 or image.max() == 1 for image in images)


@every_row
def test_the_loss_falls(name):
    losses = [float(mean_error(image).loss[0]) for image in (START, *path(CALM[name]))]
    assert losses[-1] < 0.7 * losses[0]
    assert losses == sorted(losses, reverse=True)


@every_row
def test_the_evaluation_is_that_before_the_step_and_the_only_one(name):
    optimizer, seen = make(name, 0.1), []

    def evaluate(image):
        seen.append(image)
        return mean_error(image)

    image = tf.constant(START)
    _, _, found = optimizer.step(evaluate, image, optimizer.init(image))
    for told, expected in zip(
        tf.nest.flatten(found), tf.nest.flatten(mean_error(image)), strict=True
    ):
        np.testing.assert_array_equal(told, expected)
    assert len(seen) == 1


@every_row
def test_steps_are_pure(name):
    """The same step from the same state gives the same, and leaves what it was given."""
    optimizer, image = make(name, 0.01), tf.constant(START)
    state = optimizer.init(image)
    before = [value.numpy() for value in tf.nest.flatten(state)]
    first, second = (optimizer.step(mean_error, image, state)[0].numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(image, START)
    for value, kept in zip(tf.nest.flatten(state), before, strict=True):
        np.testing.assert_array_equal(value, kept)


def assert_alike(one, other) -> None:
    """Two states of plain tensors, of one structure, shapes and dtypes."""
    tf.nest.assert_same_structure(one, other)
    for old, new in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        assert tf.is_tensor(old) and not isinstance(old, tf.Variable)
        assert (old.shape, old.dtype) == (new.shape, new.dtype)


@every_row
def test_the_state_is_plain_tensors_of_one_structure(name):
    optimizer, image = make(name, 0.1), tf.constant(START)
    state = optimizer.init(image)
    _, after, _ = optimizer.step(mean_error, image, state)
    assert_alike(state, after)


@every_row
def test_a_state_carried_to_another_size_is_one_of_that_size(name):
    optimizer, image = make(name, 0.1), tf.constant(START, tf.float32)
    _, state, _ = optimizer.step(mean_error, image, optimizer.init(image))
    larger = tf.constant(reference.counting(6, 8)[None], tf.float32)
    assert_alike(optimizer.resample(state, larger), optimizer.init(larger))


@every_row
def test_the_pictures_that_a_row_says_it_keeps_are_those_of_the_state(name):
    for pairs in (1, 4):
        row = OPTIMIZERS[name]
        state = row.make(Settings(0.1, pairs)).init(tf.constant(START))
        values = sum(tf.size(part).numpy() for part in tf.nest.flatten(state))
        assert values // START.size == row.pictures(pairs)


@every_row
def test_no_optimiser_has_failed_before_it_began(name):
    optimizer = make(name, 0.1)
    assert not optimizer.failed(optimizer.init(tf.constant(START)))


def test_adams_state_begins_at_nothing_and_counts():
    optimizer, image = adam(0.1), tf.constant(START)
    state = optimizer.init(image)
    assert isinstance(state, AdamState)
    assert state.count == 0 and not np.any(state.mean) and not np.any(state.mean_square)
    for count in (1, 2):
        image, state, _ = optimizer.step(mean_error, image, state)
        assert state.count == count


def test_adams_moments_are_carried_to_another_size_by_cubics_and_its_count_stays():
    optimizer, image = adam(0.1), tf.constant(START, tf.float32)
    state = optimizer.init(image)
    for _ in range(3):
        image, state, _ = optimizer.step(mean_error, image, state)
    carried = optimizer.resample(state, tf.zeros([1, 6, 8, 3]))
    assert carried.count == state.count == 3
    np.testing.assert_array_equal(carried.mean, resize(state.mean, 6, 8))
    np.testing.assert_array_equal(carried.mean_square, resize(state.mean_square, 6, 8))
    assert np.min(carried.mean_square) >= np.min(state.mean_square) > 0


@every_row
def test_a_learning_rate_means_the_same_at_two_sizes(name):
    """A repeated picture with a loss that is a mean moves as the picture alone."""

    def mean_quartic(image):
        value = tf.reduce_mean(image**2 + image**4, axis=[1, 2, 3])
        return evaluation_of(value, 2 * image + 4 * image**3)

    tiled = np.tile(START, (1, 3, 2, 1))
    small = path(CALM[name], START, 5, mean_quartic)[-1]
    large = path(CALM[name], tiled, 5, mean_quartic)[-1]
    assert_close(large, np.tile(small, (1, 3, 2, 1)), "float64")
    assert np.abs(small - START).max() > 0.01


@every_row
def test_a_picture_of_a_batch_moves_as_alone(name):
    both = np.concatenate([START, START[:, ::-1]])
    optimizer = make(name, 0.01)
    together = path(optimizer, both, 5)[-1]
    for index in range(2):
        assert_close(together[index], path(optimizer, both[index : index + 1], 5)[-1][0], "float64")


def test_flat_areas_hardly_move_under_the_default_epsilon():
    """Where there is a thousandth of the gradient, there is a thousandth of the move."""
    slope = np.where(np.arange(5)[None, None, :, None] < 2, 1e-3, 1.0) * np.ones([1, 4, 5, 3])

    def loss(image):
        return evaluation_of(tf.zeros([1]), tf.constant(slope))

    moves = START - path(adam(0.01), steps=1, value_and_grad=loss)[0]
    assert moves[0, 0, 0, 0] / moves[0, 0, 4, 0] < 0.02
    moves = START - path(adam(0.01, epsilon=1e-8), steps=1, value_and_grad=loss)[0]
    assert moves[0, 0, 0, 0] / moves[0, 0, 4, 0] > 0.99


def test_the_rows_are_those_of_the_config():
    assert tuple(OPTIMIZERS) == config.OPTIMIZERS
    assert all(row.learning_rate > 0 and 0 <= row.decay < 1 for row in OPTIMIZERS.values())
