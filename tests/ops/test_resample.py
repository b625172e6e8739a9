"""Resizing keeps constants, range and place, and does not alias."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from tf_nst.ops.resample import carried, resize

IMAGE = tf.constant(reference.counting(12, 16)[None], tf.float32)


def test_an_image_of_that_size_is_returned_as_it_is():
    assert resize(IMAGE, 12, 16) is IMAGE


@pytest.mark.parametrize("size", [(6, 8), (24, 32), (5, 31)])
def test_the_size_is_what_was_asked_for(size):
    assert resize(IMAGE, *size).shape == (1, *size, 3)
    assert resize(IMAGE, *size).dtype == tf.float32


@pytest.mark.parametrize("size", [(5, 7), (24, 33)])
def test_a_constant_stays_constant(size):
    assert_close(
        resize(tf.fill([1, 12, 16, 3], 0.3), *size), np.full([1, *size, 3], 0.3), "float32"
    )


@pytest.mark.parametrize("size", [(5, 7), (30, 41)])
def test_values_stay_in_the_range_of_the_image(size):
    edges = np.tile(np.arange(16)[:, None] % 8 >= 4, [1, 12, 1, 3])
    resized = resize(tf.constant(0.2 + 0.5 * edges, tf.float32), *size).numpy()
    assert resized.min() >= np.float32(0.2) and resized.max() <= np.float32(0.7)


def test_a_ramp_stays_a_ramp_away_from_the_border():
    """Pixel centres: column c of 32 lies at (c + 0.5) / 2 - 0.5 of 16."""
    ramp = tf.range(16.0)[None, None, :, None] * tf.ones([1, 12, 1, 3])
    expected = (np.arange(32) + 0.5) / 2 - 0.5
    doubled = resize(ramp, 24, 32)[0, 12, 6:-6, 0]
    assert_close(doubled, expected[6:-6], "float32")


def test_halving_a_checkerboard_gives_grey():
    """Without antialiasing every second pixel would be picked."""
    checkerboard = tf.constant(np.indices([32, 32]).sum(axis=0) % 2, tf.float32)[None, ..., None]
    inner = resize(checkerboard, 16, 16)[:, 2:-2, 2:-2]
    assert_close(inner, np.full(inner.shape, 0.5), "float32")


@pytest.mark.parametrize("size", [(9, 13), (24, 32)])
def test_pictures_of_a_batch_do_not_see_each_other(size):
    paler = 0.2 + 0.5 * IMAGE
    both = resize(tf.concat([IMAGE, paler], 0), *size)
    assert_close(both[:1], resize(IMAGE, *size), "float32")
    assert_close(both[1:], resize(paler, *size), "float32")


# --- enlarged with detail --------------------------------------------------------------------


def test_a_picture_that_did_not_change_is_carried_up_as_it_was():
    """0.1 to 0.9: nothing is clipped."""
    origin = 0.1 + 0.8 * IMAGE
    assert_close(carried(resize(origin, 6, 8), origin), origin, "float32")


def test_what_was_painted_is_enlarged_and_the_origins_detail_added():
    origin = 0.2 + 0.5 * IMAGE
    small = resize(origin, 6, 8)
    expected = origin + resize(small + 0.1, 12, 16) - resize(small, 12, 16)
    assert_close(carried(small + 0.1, origin), expected, "float32")


def test_each_picture_of_a_batch_has_the_detail_of_one_origin_and_stays_in_range():
    pictures = tf.concat([resize(IMAGE, 6, 8), tf.ones([1, 6, 8, 3])], 0)
    states = carried(pictures, IMAGE)
    assert states.shape == (2, 12, 16, 3)
    assert np.min(states) >= 0 and np.max(states) <= 1
    assert_close(states[0], IMAGE[0], "float32")


def test_a_picture_of_that_size_stays():
    assert_close(carried(0.5 * IMAGE, IMAGE), 0.5 * IMAGE, "float32")
