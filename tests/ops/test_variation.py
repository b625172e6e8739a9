"""Total variation: by hand, against float64 references, over windows, masks and gradients."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst.ops.variation import absolute_variation_sums, squared_variation_sums

IMAGE = 255 * reference.counting(5, 6)
WEIGHTS = reference.counting(5, 6, 1, start=5)[..., 0]
CASES = {
    "squared": (squared_variation_sums, reference.squared_variation),
    "absolute": (absolute_variation_sums, reference.absolute_variation),
}
every_variation = pytest.mark.parametrize(("sums", "expected"), CASES.values(), ids=CASES)


def batch(image, dtype=tf.float64) -> tf.Tensor:
    return tf.constant(np.asarray(image)[None], dtype)


def mean(sums) -> tf.Tensor:
    return sums["variation"][0] / sums["positions"][0]


@every_variation
@pytest.mark.parametrize("value", [0.0, 0.3, 255.0])
def test_a_constant_image_has_none(sums, expected, value):
    assert sums(tf.fill([1, 4, 5, 3], value))["variation"][0] == 0


@every_variation
def test_a_checkerboard_has_one_for_each_pair_of_neighbours(sums, expected):
    """4 x 6 pixels, 3 channels: (4 * 5 + 3 * 6) * 3 = 114 differences of 1."""
    checkerboard = np.indices([4, 6]).sum(axis=0)[..., None] % 2 * np.ones(3)
    result = sums(batch(checkerboard))
    assert result["variation"][0] == result["positions"][0] == 114


def test_a_step_of_ten_counts_ten_or_a_hundred():
    """2 x 3 pixels, one channel, one column brighter by 10: two differences of 10 among seven."""
    step = np.array([[0.0, 0.0, 10.0]] * 2)[..., None]
    assert squared_variation_sums(batch(step))["variation"][0] == 200
    assert absolute_variation_sums(batch(step))["variation"][0] == 20
    assert squared_variation_sums(batch(step))["positions"][0] == 7


@every_variation
def test_a_pair_belongs_to_its_left_or_upper_pixel(sums, expected):
    image = np.array([[0.0, 1.0, 3.0], [5.0, 0.0, 0.0]])[..., None]
    only_the_corner = sums(batch(image), np.array([[1, 0, 0], [0, 0, 0]]))
    assert only_the_corner["positions"][0] == 2
    assert only_the_corner["variation"][0] == (26 if sums is squared_variation_sums else 6)


@every_variation
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_equals_its_reference(sums, expected, dtype, weights):
    actual = mean(sums(batch(IMAGE, dtype), weights))
    assert_close(actual, expected(IMAGE, weights=weights), dtype)


@every_variation
def test_weights_of_ones_equal_none(sums, expected):
    plain, weighted = sums(batch(IMAGE)), sums(batch(IMAGE), np.ones([5, 6]))
    for name in plain:
        assert_close(weighted[name], plain[name], "float64")


@every_variation
def test_the_sums_of_two_windows_add_up_to_the_whole(sums, expected):
    """A window shows one more column than it owns: its last pairs reach into the next window."""
    whole = sums(batch(IMAGE))
    owned = np.ones([5, 4])
    owned[:, -1] = 0
    left, right = sums(batch(IMAGE[:, :4]), owned), sums(batch(IMAGE[:, 3:]))
    for name in whole:
        assert_close(left[name] + right[name], whole[name], "float64")


@every_variation
def test_a_batch_of_two_equals_the_two_alone(sums, expected):
    both = sums(tf.constant(np.stack([IMAGE, 2 * IMAGE])))
    for index, image in enumerate((IMAGE, 2 * IMAGE)):
        assert_close(mean(sums(batch(image))), expected(image), "float64")
        assert_close(both["variation"][index], sums(batch(image))["variation"][0], "float64")


@every_variation
def test_doubling_a_texture_keeps_the_mean(sums, expected):
    """Up to the seams: ramps of 16 pixels, a seam each 16."""
    ramp = np.abs(np.arange(16.0) - 8)[:, None, None] * np.ones([16, 1])
    small, large = mean(sums(batch(ramp))), mean(sums(batch(np.tile(ramp, (4, 4, 1)))))
    np.testing.assert_allclose(large, small, rtol=0.1)


@every_variation
@pytest.mark.parametrize("scale", [1.0, 0.0], ids=["image", "constant image"])
def test_gradients_equal_central_differences(sums, expected, scale):
    image = batch(scale * IMAGE)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = mean(sums(image, WEIGHTS))
    difference = reference.central_difference(lambda it: expected(it, None, WEIGHTS), scale * IMAGE)
    assert_gradient(tape.gradient(loss, image)[0], difference)


@every_variation
@pytest.mark.parametrize("shape", [(6, 5), (1, 1), (1, 6)])
def test_weights_of_another_shape_than_the_image_are_refused(sums, expected, shape):
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        sums(batch(IMAGE), np.ones(shape))
