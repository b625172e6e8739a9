"""Adam against Keras and the textbook, its state, its epsilon."""

import keras
import numpy as np
import pytest
import reference
import tensorflow as tf
from mean_errors import RATE, START, STEPS, evaluation_of, mean_error, path, slope_per_mean_value
from tolerances import assert_close

from tf_nst.ops.resample import resize
from tf_nst.optim.adam import EPSILON, AdamState, adam

# They lose nothing in float32, see RATE.
BETAS = [(1 - 2.0**-3, 1 - 2.0**-7), (1 - 2.0**-4, 1 - 2.0**-10)]


@pytest.mark.parametrize("epsilon", [1e-8, 0.1, EPSILON])
@pytest.mark.parametrize("betas", BETAS)
def test_it_equals_keras_step_for_step(epsilon, betas):
    ours = path(adam(RATE, *betas, epsilon=epsilon))
    theirs = keras.optimizers.Adam(RATE, *betas, epsilon=epsilon)
    image = keras.Variable(START, dtype="float64")
    for step in range(STEPS):
        theirs.apply([tf.constant(slope_per_mean_value(image.numpy()))], [image])
        assert 0 < ours[step].min() and ours[step].max() < 1, "the range hides a difference"
        assert_close(ours[step], image.numpy(), "float64")


@pytest.mark.parametrize("betas", [(0.9, 0.99), (0.5, 0.9)])
def test_it_equals_the_textbook_step_for_step(betas):
    ours = path(adam(RATE, *betas, epsilon=0.3))
    textbook = reference.adam_path(START, slope_per_mean_value, STEPS, RATE, *betas, 0.3)
    for image, expected in zip(ours, textbook, strict=True):
        assert_close(image, expected, "float64")


def test_the_first_step_is_known():
    """With epsilon hat 0: the learning rate times the sign of the gradient."""
    first = path(adam(RATE, epsilon=0.0), steps=1)[0]
    expected = START - RATE * np.sign(slope_per_mean_value(START))
    assert_close(first, expected, "float64")


@pytest.mark.parametrize("batch", [1, 2])
def test_the_state_begins_at_nothing_and_counts_for_each_picture(batch):
    optimizer, image = adam(0.1), tf.constant(np.repeat(START, batch, 0))
    state = optimizer.init(image)
    assert isinstance(state, AdamState)
    assert not np.any(state.mean) and not np.any(state.mean_square)
    np.testing.assert_array_equal(state.count, [0] * batch)
    for count in (1, 2):
        image, state = optimizer.update(mean_error(image), image, state)
        np.testing.assert_array_equal(state.count, [count] * batch)


def test_pictures_of_a_batch_may_have_taken_different_numbers_of_steps():
    """One that is at its fourth step moves as one alone, beside one that is at its first."""
    optimizer, images = adam(RATE, epsilon=0.1), [tf.constant(START), tf.constant(START[:, ::-1])]
    states = [optimizer.init(image) for image in images]
    for _ in range(3):
        images[0], states[0] = optimizer.update(mean_error(images[0]), images[0], states[0])
    both = tf.concat(images, 0)
    state = tf.nest.map_structure(lambda *parts: tf.concat(parts, 0), *states)
    together, after = optimizer.update(mean_error(both), both, state)
    np.testing.assert_array_equal(after.count, [4, 1])
    for index in range(2):
        alone, _ = optimizer.update(mean_error(images[index]), images[index], states[index])
        assert_close(together[index], alone[0], "float64")


def test_the_moments_are_carried_to_another_size_by_cubics_and_the_count_stays():
    optimizer, image = adam(0.1), tf.constant(START, tf.float32)
    state = optimizer.init(image)
    for _ in range(3):
        image, state = optimizer.update(mean_error(image), image, state)
    carried = optimizer.resample(state, tf.zeros([1, 6, 8, 3]))
    np.testing.assert_array_equal(carried.count, [3])
    np.testing.assert_array_equal(carried.mean, resize(state.mean, 6, 8))
    np.testing.assert_array_equal(carried.mean_square, resize(state.mean_square, 6, 8))
    assert np.min(carried.mean_square) >= np.min(state.mean_square) > 0


def test_flat_areas_hardly_move_under_the_default_epsilon():
    """Where there is a thousandth of the gradient, there is a thousandth of the move."""
    slope = np.where(np.arange(5)[None, None, :, None] < 2, 1e-3, 1.0) * np.ones([1, 4, 5, 3])

    def loss(image):
        return evaluation_of(tf.zeros([1]), tf.constant(slope))

    moves = START - path(adam(0.01), steps=1, evaluate=loss)[0]
    assert moves[0, 0, 0, 0] / moves[0, 0, 4, 0] < 0.02
    moves = START - path(adam(0.01, epsilon=1e-8), steps=1, evaluate=loss)[0]
    assert moves[0, 0, 0, 0] / moves[0, 0, 4, 0] > 0.99
