"""Sums over positions: products of bfloat16 in parts, and float32 at a million positions."""

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.ops.statistics import (
    LEAST_CHUNKS,
    MOST_CHUNKS,
    chunk_count,
    error_sums,
    gram_sums,
    mean_square_sums,
    rounds_products,
)

# Height and width, and in how many parts their positions are multiplied in bfloat16.
PARTS = {(128, 128): 64, (16, 32): 4, (33, 47): 11, (31, 37): 1, (5, 7): 1}
ANY_SIZE = tf.TensorSpec([1, None, None, 16], tf.bfloat16)


@pytest.mark.parametrize(("size", "parts"), PARTS.items(), ids=str)
def test_positions_are_multiplied_in_equal_parts(size, parts):
    assert chunk_count(tf.TensorSpec([1, *size, 16], tf.bfloat16)) == parts <= MOST_CHUNKS
    actual = tf.function(chunk_count, input_signature=[ANY_SIZE])(
        tf.zeros([1, *size, 16], tf.bfloat16)
    )
    assert actual == parts


@pytest.mark.parametrize("size", PARTS, ids=str)
def test_a_function_of_any_size_gives_the_gram_and_gradient_of_one_size(size):
    """Both the branch that multiplies bfloat16 in parts, and that which multiplies float32."""

    def gram_and_gradient(features):
        with tf.GradientTape() as tape:
            tape.watch(features)
            gram = gram_sums(features)["gram"]
            value = tf.reduce_sum(tf.square(gram))
        return gram, tf.cast(tape.gradient(value, features), tf.float32)

    features = tf.cast(np.random.default_rng(2).normal(0, 1, (1, *size, 16)), tf.bfloat16)
    known = tf.function(gram_and_gradient)(features)
    actual = tf.function(gram_and_gradient, input_signature=[ANY_SIZE])(features)
    for one, other in zip(actual, known, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "bound"), [((128, 128), 3e-4), ((33, 47), 1e-3), ((31, 37), 1e-6)]
)
def test_the_gram_of_bfloat16_features_is_near_their_exact_one(size, bound):
    """In many parts rounding averages out, in too few float32 multiplies; relative, Frobenius."""
    rng = np.random.default_rng(0)
    features = tf.cast(np.maximum(rng.normal(100, 100, (1, *size, 16)), 0), tf.bfloat16)
    exact = gram_sums(tf.cast(features, tf.float64))["gram"].numpy()
    actual = gram_sums(features)["gram"]
    assert actual.dtype == tf.float32
    error = np.linalg.norm(actual - exact) / np.linalg.norm(exact)
    assert error < bound
    assert (error > 1e-6) == (chunk_count(features) >= LEAST_CHUNKS and rounds_products())


def test_the_gradient_in_parts_is_that_of_the_whole():
    """Up to the rounding of a product of bfloat16 numbers."""
    rng = np.random.default_rng(1)
    features = tf.cast(rng.normal(0, 1, (2, 32, 32, 6)), tf.bfloat16)
    direction = tf.constant(rng.normal(0, 1, (2, 6, 6)), tf.float64)

    def gradient(features):
        with tf.GradientTape() as tape:
            tape.watch(features)
            gram = tf.cast(gram_sums(features)["gram"], tf.float64)
            value = tf.reduce_sum(gram * direction)
        return tf.cast(tape.gradient(value, features), tf.float64)

    assert chunk_count(features) >= LEAST_CHUNKS
    exact = gradient(tf.cast(features, tf.float64))
    error = tf.norm(gradient(features) - exact) / tf.norm(exact)
    assert 0 < error < 2.0**-7


# --- float32 at a million positions, far from zero ----------------------------------------------


@pytest.fixture(scope="module")
def far_from_zero() -> np.ndarray:
    """[1, 1024, 1024, 4] float32: a mean of a hundred deviations."""
    return np.random.default_rng(3).normal(100, 1, [1, 1024, 1024, 4]).astype(np.float32)


def deviation_and_gradient(features: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The deviation of each channel [4], and the gradient of their sum [1, 1024, 1024, 4]."""
    with tf.GradientTape() as tape:
        tape.watch(features)
        sums = mean_square_sums(features)
        mean, square = (sums[name][0] / sums["positions"][0] for name in ("mean", "mean_square"))
        deviation = tf.sqrt(square - tf.square(mean))
    return deviation, tape.gradient(deviation, features)


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "XLA"])
def test_the_deviation_and_its_gradient_are_within_a_thousandth(far_from_zero, compiled):
    actual, slope = tf.function(deviation_and_gradient, jit_compile=compiled)(far_from_zero)
    exact = np.float64(far_from_zero)
    deviation = exact.std(axis=(0, 1, 2))
    np.testing.assert_allclose(actual, deviation, rtol=1e-3)
    expected = (exact - exact.mean(axis=(0, 1, 2))) / deviation / 1024**2
    error = np.linalg.norm(slope - expected) / np.linalg.norm(expected)
    assert error < 1e-3


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "XLA"])
def test_gram_and_error_sums_of_a_million_positions_are_exact_to_float32(far_from_zero, compiled):
    """No small difference of large sums is taken of these."""
    exact = np.float64(far_from_zero).reshape(-1, 4)
    other = far_from_zero[:, ::-1]
    gram = tf.function(gram_sums, jit_compile=compiled)(far_from_zero)["gram"][0]
    error = tf.function(error_sums, jit_compile=compiled)(far_from_zero, other)["error"][0]
    assert_close(gram, exact.T @ exact, "float32")
    difference = exact - np.float64(other).reshape(-1, 4)
    assert_close(error, np.sum(np.square(difference)), "float32")
