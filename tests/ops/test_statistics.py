"""Sums over positions: by hand, against float64 references, over windows, masks and gradients."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst.ops.statistics import error_sums, gram_sums, mean_square_sums, sum_dtype

FEATURES = reference.counting(5, 7, 4)
OTHER = reference.counting(5, 7, 4, start=11)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]

STATISTICS = {
    "gram": gram_sums,
    "mean_square": mean_square_sums,
    "error": lambda features, weights=None: error_sums(
        features, tf.constant(OTHER[None], features.dtype), weights
    ),
}
every_statistic = pytest.mark.parametrize("sums", STATISTICS.values(), ids=STATISTICS)


def batch(features, dtype=tf.float64) -> tf.Tensor:
    return tf.constant(np.asarray(features)[None], dtype)


def gram_mean(features) -> np.ndarray:
    sums = gram_sums(batch(features))
    return (sums["gram"][0] / sums["positions"][0]).numpy()


def test_the_gram_of_ones_is_the_pixel_count():
    sums = gram_sums(tf.ones([1, 5, 7, 3]))
    np.testing.assert_array_equal(sums["gram"], np.full([1, 3, 3], 35.0))
    np.testing.assert_array_equal(sums["positions"], [35.0])


def test_the_gram_of_one_hot_channels_counts_each_channel_on_its_diagonal():
    channel = np.arange(35).reshape(5, 7) % 3
    gram = gram_sums(batch(np.eye(3)[channel]))["gram"][0]
    np.testing.assert_array_equal(gram, np.diag([12.0, 12.0, 11.0]))


def test_the_gram_of_a_constant_image_is_its_outer_product():
    np.testing.assert_array_equal(
        gram_mean(np.full([4, 4, 2], [2.0, 3.0])), [[4.0, 6.0], [6.0, 9.0]]
    )


def test_shuffled_positions_keep_the_gram_and_change_the_content():
    order = np.random.default_rng(0).permutation(35)
    shuffled = FEATURES.reshape(35, 4)[order].reshape(5, 7, 4)
    assert_close(gram_mean(shuffled), gram_mean(FEATURES), "float64")
    assert error_sums(batch(shuffled), batch(FEATURES))["error"][0] > 1.0


@pytest.mark.parametrize("repeats", [(1, 2), (3, 1), (4, 5)])
def test_the_mean_gram_of_a_repeated_pattern_does_not_depend_on_its_size(repeats):
    assert_close(gram_mean(np.tile(FEATURES, (*repeats, 1))), gram_mean(FEATURES), "float64")


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_gram_equals_its_reference(dtype, weights):
    sums = gram_sums(batch(FEATURES, dtype), weights)
    actual = sums["gram"][0] / sums["positions"][0]
    assert_close(actual, reference.gram(FEATURES, weights), dtype)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_mean_and_mean_square_equal_their_reference(weights):
    sums = mean_square_sums(batch(FEATURES), weights)
    mean, deviation = reference.mean_and_std(FEATURES, weights)
    assert_close(sums["mean"][0] / sums["positions"][0], mean, "float64")
    mean_square = deviation**2 + mean**2
    assert_close(sums["mean_square"][0] / sums["positions"][0], mean_square, "float64")


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_error_sums_equal_their_reference(weights):
    sums = error_sums(batch(FEATURES), batch(OTHER), weights)
    expected = reference.mean_squared_content(FEATURES, OTHER, weights)
    assert_close(sums["error"][0] / sums["reference"][0], expected, "float64")
    assert_close(sums["positions"][0], 35.0 if weights is None else weights.sum(), "float64")


def test_the_error_at_the_reference_is_zero():
    assert error_sums(batch(FEATURES), batch(FEATURES))["error"][0] == 0


@every_statistic
def test_weights_of_ones_equal_none(sums):
    plain, weighted = sums(batch(FEATURES)), sums(batch(FEATURES), np.ones([5, 7]))
    for name in plain:
        assert_close(weighted[name], plain[name], "float64")


@every_statistic
def test_the_sums_of_two_windows_add_up_to_the_whole(sums):
    whole = sums(batch(FEATURES))
    upper = sums(batch(FEATURES), np.arange(5)[:, None] < np.array([2] * 7))
    lower = sums(batch(FEATURES), np.arange(5)[:, None] >= np.array([2] * 7))
    for name in whole:
        assert_close(upper[name] + lower[name], whole[name], "float64")


@pytest.mark.parametrize("sums", [gram_sums, mean_square_sums])
def test_the_sums_of_two_crops_add_up_to_the_whole(sums):
    whole = sums(batch(FEATURES))
    left, right = sums(batch(FEATURES[:, :3])), sums(batch(FEATURES[:, 3:]))
    for name in whole:
        assert_close(left[name] + right[name], whole[name], "float64")


@every_statistic
def test_a_batch_of_two_equals_the_two_alone(sums):
    both = sums(tf.constant(np.stack([FEATURES, OTHER])))
    for index, alone in enumerate((sums(batch(FEATURES)), sums(batch(OTHER)))):
        for name in both:
            assert_close(both[name][index], alone[name][0], "float64")


@every_statistic
@pytest.mark.parametrize("point", [FEATURES, OTHER, 0 * OTHER], ids=["features", "tie", "zero"])
def test_gradients_equal_central_differences(sums, point):
    def total(features):
        return tf.add_n([tf.reduce_sum(tf.sin(part)) for part in sums(features, WEIGHTS).values()])

    features = batch(point)
    with tf.GradientTape() as tape:
        tape.watch(features)
        loss = total(features)
    expected = reference.central_difference(lambda it: total(batch(it)).numpy(), point)
    assert_gradient(tape.gradient(loss, features)[0], expected)


@pytest.mark.parametrize("shape", [(1, 5, 6, 4), (1, 5, 7, 1), (1, 1, 1, 4)])
def test_error_sums_refuse_shapes_that_differ(shape):
    with pytest.raises(ValueError, match="equal shapes"):
        error_sums(batch(FEATURES), tf.zeros(shape, tf.float64))


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("float64", "float64"), ("float32", "float32"), ("bfloat16", "float32"), ("half", "float32")],
)
def test_sums_are_float32_or_wider(dtype, expected):
    features = batch(FEATURES, dtype)
    assert sum_dtype(features) == tf.as_dtype(expected)
    for sums in STATISTICS.values():
        assert {value.dtype for value in sums(features).values()} == {tf.as_dtype(expected)}


def test_float16_features_do_not_overflow():
    sums = gram_sums(tf.fill([1, 4, 4, 2], tf.constant(1000.0, tf.float16)))
    np.testing.assert_array_equal(sums["gram"], np.full([1, 2, 2], 16e6))


@every_statistic
@pytest.mark.parametrize("shape", [(7, 5), (1, 1), (1, 7), (35, 1)])
def test_weights_of_another_shape_than_the_positions_are_refused(sums, shape):
    """Turned round, they would weigh the wrong positions; of one entry, they would count as one."""
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        sums(batch(FEATURES), np.ones(shape))
