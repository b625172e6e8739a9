"""What every row of the optimisers must hold. Each of them by itself: the file of its name."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from mean_errors import START, evaluation_of, mean_error, path
from tolerances import assert_close

from tf_nst import config
from tf_nst.optim.adam import AdamState, adam
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import strong_wolfe, tolerant
from tf_nst.optim.optimizers import (
    OPTIMIZERS,
    Settings,
    make_fallback,
    make_optimizer,
    rate_and_decay,
)
from tf_nst.optim.precondition import preconditioner
from tf_nst.optim.sgd import sgd

every_row = pytest.mark.parametrize("name", OPTIMIZERS)
# Of each row, rates with which a few steps stay within 0..1.
CALM = {"lbfgs": lbfgs(1.0), "adam": adam(2.0**-5, epsilon=0.1), "sgd": sgd(2.0**-5)}


def make(name: str, learning_rate: float):
    return OPTIMIZERS[name].make(Settings(learning_rate))


@pytest.mark.parametrize(("given", "used"), [((None, None), (0.05, 0.9)), ((0.1, 0.0), (0.1, 0.0))])
def test_what_is_not_given_is_the_row_s(given, used):
    assert rate_and_decay("adam", *given) == used


@every_row
def test_pixels_stay_in_range(name):
    images = path(make(name, 1e4), steps=5)
    assert all(image.min() >= 0 and image.max() <= 1 for image in images)
    assert any(image.min() == 0 or image.max() == 1 for image in images)


@every_row
def test_the_loss_falls(name):
    images = map(tf.constant, (START, *path(CALM[name])))
    losses = [float(mean_error(image).loss[0]) for image in images]
    assert losses[-1] < 0.7 * losses[0]
    assert losses == sorted(losses, reverse=True)


@every_row
def test_updates_are_pure(name):
    """The same update of the same state gives the same, and leaves what it was given."""
    optimizer, image = make(name, 0.01), tf.constant(START)
    state, evaluation = optimizer.init(image), mean_error(image)
    before = [value.numpy() for value in tf.nest.flatten((state, evaluation))]
    first, second = (optimizer.update(evaluation, image, state)[0].numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(image, START)
    for value, kept in zip(tf.nest.flatten((state, evaluation)), before, strict=True):
        np.testing.assert_array_equal(value, kept)


def assert_alike(one, other) -> None:
    """Two states of plain tensors, of one structure, shapes and dtypes."""
    tf.nest.assert_same_structure(one, other)
    for old, new in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        assert tf.is_tensor(old) and not isinstance(old, tf.Variable)
        assert (old.shape, old.dtype) == (new.shape, new.dtype)


@every_row
@pytest.mark.parametrize("batch", [1, 2])
def test_the_state_is_plain_tensors_of_one_structure_that_begin_with_the_batch(name, batch):
    optimizer, image = make(name, 0.1), tf.constant(np.repeat(START, batch, 0))
    state = optimizer.init(image)
    _, after = optimizer.update(mean_error(image), image, state)
    assert_alike(state, after)
    assert all(part.shape[0] == batch for part in tf.nest.flatten(state))


@every_row
def test_a_state_carried_to_another_size_is_one_of_that_size(name):
    optimizer, image = make(name, 0.1), tf.constant(START, tf.float32)
    _, state = optimizer.update(mean_error(image), image, optimizer.init(image))
    larger = tf.constant(reference.counting(6, 8)[None], tf.float32)
    assert_alike(optimizer.resample(state, larger), optimizer.init(larger))


@every_row
@pytest.mark.parametrize("pairs", [1, 4])
def test_the_pictures_that_a_row_says_it_keeps_are_those_of_the_state(name, pairs):
    row = OPTIMIZERS[name]
    state = row.make(Settings(0.1, pairs)).init(tf.constant(START))
    values = sum(tf.size(part).numpy() for part in tf.nest.flatten(state))
    assert values // START.size == row.pictures(pairs)


@every_row
def test_no_optimiser_has_failed_before_it_began(name):
    optimizer = make(name, 0.1)
    assert not np.any(optimizer.failed(optimizer.init(tf.constant(START))))


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


@every_row
def test_pointwise_rows_update_parts_of_a_picture_as_the_whole_and_others_do_not(name):
    """Gradients being per value of what is updated."""
    optimizer, image = make(name, 0.01), tf.constant(START)
    evaluation = mean_error(image)
    whole, _ = optimizer.update(evaluation, image, optimizer.init(image))
    parts = []
    for rows in (slice(0, 1), slice(1, 4)):
        share = 4 / (rows.stop - rows.start)
        band = evaluation._replace(gradient=evaluation.gradient[:, rows] * share)
        part = image[:, rows]
        parts.append(optimizer.update(band, part, optimizer.init(part))[0])
    largest = np.max(np.abs(tf.concat(parts, 1) - whole))
    assert (largest < 1e-12) == optimizer.pointwise


def test_the_same_settings_give_the_same_optimiser():
    """So that what was traced for it serves again."""
    assert make_optimizer("adam", Settings(0.5)) is make_optimizer("adam", Settings(0.5))
    assert make_optimizer("adam", Settings(0.5)) is not make_optimizer("adam", Settings(0.25))


SEARCHES = {True: strong_wolfe(), False: tolerant()}
WITH_SETTINGS = {
    "lbfgs, exact": ("lbfgs", Settings(1.0, 2), lbfgs(1.0, 2, SEARCHES[True], preconditioner)),
    "lbfgs": ("lbfgs", Settings(1.0, 2, False), lbfgs(1.0, 2, SEARCHES[False], preconditioner)),
    "lbfgs, three pairs": (
        "lbfgs",
        Settings(1.0, 3, False),
        lbfgs(1.0, 3, SEARCHES[False], preconditioner),
    ),
    "lbfgs, shorter": (
        "lbfgs",
        Settings(0.5, 2, False),
        lbfgs(0.5, 2, SEARCHES[False], preconditioner),
    ),
    "adam": ("adam", Settings(0.5), adam(0.5)),
    "sgd": ("sgd", Settings(0.5), sgd(0.5)),
}


@pytest.mark.parametrize("case", WITH_SETTINGS)
def test_the_settings_reach_the_optimiser(case):
    name, settings, expected = WITH_SETTINGS[case]
    ours = path(OPTIMIZERS[name].make(settings))
    for image, other in zip(ours, path(expected), strict=True):
        np.testing.assert_array_equal(image, other)


def test_each_of_these_settings_leads_elsewhere():
    """Or the test above would show nothing."""
    ends = [path(optimizer)[-1] for *_, optimizer in WITH_SETTINGS.values()]
    assert len({end.tobytes() for end in ends}) == len(ends)


def test_what_goes_on_after_a_failure_is_adam_at_its_own_rate():
    fallback = make_fallback()
    assert fallback is make_fallback()
    assert isinstance(fallback.init(tf.constant(START)), AdamState)
    rate = OPTIMIZERS["adam"].learning_rate
    np.testing.assert_array_equal(path(fallback, steps=1)[0], path(adam(rate), steps=1)[0])


def test_the_rows_are_those_of_the_config():
    assert tuple(OPTIMIZERS) == config.OPTIMIZERS
    assert all(row.learning_rate > 0 and 0 <= row.decay < 1 for row in OPTIMIZERS.values())
