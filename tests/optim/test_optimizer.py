"""What optimisers share: the unit of the gradient, the range of pixels, a choice per picture."""

import numpy as np
import tensorflow as tf

from tf_nst.optim.optimizer import choose, in_range, per_mean_value, per_picture


def test_a_gradient_is_multiplied_by_the_values_of_one_picture():
    """2 rows x 4 columns x 3 channels, whatever the batch."""
    np.testing.assert_array_equal(per_mean_value(tf.ones([5, 2, 4, 3])), np.full([5, 2, 4, 3], 24))


def test_pixels_are_cut_to_their_range():
    image = tf.constant([-1.0, 0.0, 0.25, 1.0, 1.5])
    np.testing.assert_array_equal(in_range(image), [0.0, 0.0, 0.25, 1.0, 1.0])


def test_numbers_of_pictures_get_the_axes_of_pictures():
    assert per_picture(tf.zeros([2]), tf.zeros([2, 4, 5, 3])).shape == (2, 1, 1, 1)
    assert per_picture(tf.zeros([2]), tf.zeros([2])).shape == (2,)


def test_each_picture_is_chosen_for_itself():
    one, other = tf.ones([3, 2, 2, 3]), tf.zeros([3, 2, 2, 3])
    chosen = choose(tf.constant([True, False, True]), one, other)
    np.testing.assert_array_equal(chosen[:, 0, 0, 0], [1, 0, 1])
    assert chosen.shape == one.shape
    numbers = choose(tf.constant([False, True]), tf.constant([1, 2]), tf.constant([3, 4]))
    np.testing.assert_array_equal(numbers, [3, 2])
