"""Roots of covariances: by hand, against float64, where they are singular, and by products."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst.ops import spectral

by_both = pytest.mark.parametrize("decomposes", [True, False], ids=["decomposed", "multiplied"])
# What remains of a root that is not sqrt(w) but w / sqrt(w + floor), in float64.
FLOORED = 1e-9


@pytest.fixture
def method(decomposes, monkeypatch) -> None:
    monkeypatch.setattr(spectral, "decomposes", lambda: decomposes)


def batch(matrix, dtype="float64") -> tf.Tensor:
    return tf.constant(np.asarray(matrix)[None], dtype)


def random_covariance(size: int, rank: int, seed: int, decay: float = 0.0) -> np.ndarray:
    """Of `rank` random positions, each next channel's deviation smaller by exp(-decay)."""
    rows = np.random.default_rng(seed).standard_normal((rank, size))
    rows *= np.exp(-decay * np.arange(size))
    return rows.T @ rows / rank


def trace_and_gradient(covariance, root) -> tuple[np.ndarray, np.ndarray]:
    with tf.GradientTape() as tape:
        tape.watch(covariance)
        trace = spectral.root_trace(covariance, root)
    return trace.numpy(), tape.gradient(trace, covariance).numpy()


def test_the_root_of_a_diagonal_is_known():
    root = spectral.covariance_root(batch(np.diag([4.0, 9.0])))[0].numpy()
    np.testing.assert_allclose(np.abs(root), [[0, 2], [3, 0]], atol=1e-15)


@pytest.mark.parametrize("rank", [3, 8, 40])
def test_the_root_times_itself_is_the_covariance(rank):
    covariance = random_covariance(8, rank, seed=1)
    root = spectral.covariance_root(batch(covariance))[0].numpy()
    assert_close(root @ root.T, covariance, "float64")
    lengths = np.linalg.norm(root, axis=0)
    assert (np.diff(lengths) <= 0).all()
    np.testing.assert_array_equal(np.count_nonzero(lengths), min(rank, 8))


def test_the_root_of_nothing_is_nothing():
    np.testing.assert_array_equal(
        spectral.covariance_root(tf.zeros([1, 3, 3])), np.zeros([1, 3, 3])
    )


@by_both
def test_the_trace_for_diagonals_is_known(method):
    """sqrt(4 * 9) + sqrt(9 * 16) = 18; the gradient is half of sqrt(9 / 4) and of sqrt(16 / 9)."""
    root = spectral.covariance_root(batch(np.diag([9.0, 16.0])))
    trace, gradient = trace_and_gradient(batch(np.diag([4.0, 9.0])), root)
    np.testing.assert_allclose(trace, [18.0], rtol=FLOORED)
    np.testing.assert_allclose(gradient[0], np.diag([3 / 4, 2 / 3]), atol=FLOORED)


@by_both
def test_at_the_target_the_trace_is_the_targets_and_the_gradient_half_the_unit(method):
    covariance = batch(random_covariance(6, 30, seed=2))
    trace, gradient = trace_and_gradient(covariance, spectral.covariance_root(covariance))
    np.testing.assert_allclose(trace, tf.linalg.trace(covariance), rtol=FLOORED)
    np.testing.assert_allclose(gradient[0], 0.5 * np.eye(6), atol=FLOORED)


@by_both
def test_equal_eigenvalues_do_no_harm(method):
    trace, gradient = trace_and_gradient(batch(4 * np.eye(5)), batch(3 * np.eye(5)))
    np.testing.assert_allclose(trace, [30.0], rtol=FLOORED)
    np.testing.assert_allclose(gradient[0], 0.75 * np.eye(5), atol=FLOORED)


@by_both
def test_the_trace_equals_the_reference_and_its_gradient_central_differences(method):
    one, other = random_covariance(6, 9, seed=3), random_covariance(6, 9, seed=4)
    root = reference.root(other)

    def expected(covariance):
        return np.trace(reference.root(root @ (covariance + covariance.T) @ root / 2))

    trace, gradient = trace_and_gradient(batch(one), spectral.covariance_root(batch(other)))
    np.testing.assert_allclose(trace, [expected(one)], rtol=FLOORED)
    assert_gradient(gradient[0], reference.central_difference(expected, one))


@by_both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("rank", "target_rank"), [(0, 20), (20, 0), (5, 20), (20, 5), (5, 5)])
def test_singular_covariances_have_a_finite_gradient(method, dtype, rank, target_rank):
    one = random_covariance(12, rank, seed=5) if rank else np.zeros([12, 12])
    other = random_covariance(12, target_rank, seed=6) if target_rank else np.zeros([12, 12])
    trace, gradient = trace_and_gradient(
        batch(one, dtype), spectral.covariance_root(batch(other, dtype))
    )
    assert np.isfinite(trace).all() and np.isfinite(gradient).all()
    expected = np.trace(reference.root(reference.root(other) @ one @ reference.root(other)))
    np.testing.assert_allclose(trace, [expected], rtol=2e-2, atol=1e-30)


@by_both
@pytest.mark.parametrize("scale", [0.1, 1e3])
@pytest.mark.parametrize("below", [1e-6, 1e-3, 1.0])
def test_eigenvalues_that_rounding_takes_below_0_count_as_0(method, below, scale):
    """sqrt(4 * 9) + sqrt(9 * 16) = 18; the third would be the root of a number below 0."""
    turn = np.linalg.qr(np.random.default_rng(11).standard_normal([3, 3]))[0]
    root = spectral.covariance_root(batch(turn @ np.diag([9.0, 16.0, 4.0]) @ turn.T, "float32"))
    one = turn @ np.diag([4.0, 9.0, -below]) @ turn.T
    trace, gradient = trace_and_gradient(batch(scale * one, "float32"), root)
    np.testing.assert_allclose(trace, [18 * np.sqrt(scale)], rtol=1e-2)
    slopes = np.sqrt(scale) * (turn.T @ gradient[0] @ turn)[:2, :2]
    np.testing.assert_allclose(slopes, np.diag([3 / 4, 2 / 3]), rtol=1e-2, atol=1e-2)


def test_fewer_positions_than_channels_leave_the_gradient_at_them_as_in_float64(monkeypatch):
    """Decomposed; products err more there, see `spectral.MULTIPLIED`."""
    monkeypatch.setattr(spectral, "decomposes", lambda: True)
    rows = np.random.default_rng(12).standard_normal((9, 40))
    one, other = rows.T @ rows / 9, random_covariance(40, 400, seed=13)
    results = [
        trace_and_gradient(batch(one, dtype), spectral.covariance_root(batch(other, dtype)))[1][0]
        for dtype in ("float32", "float64")
    ]
    moved, expected = (rows @ gradient for gradient in results)
    assert np.linalg.norm(moved - expected) < 0.1 * np.linalg.norm(expected)


@by_both
def test_what_is_not_finite_gives_nan_not_an_error(method):
    root = spectral.covariance_root(batch(np.eye(3)))
    assert np.isnan(spectral.root_trace(batch(np.full([3, 3], np.nan)), root)).all()


@pytest.mark.parametrize(
    ("decomposes", "value", "slope"),
    [(True, 1e-3, 2e-2), (False, 4e-2, 8e-2)],
    ids=["decomposed", "multiplied"],
)
def test_float32_is_near_float64_where_deviations_range_over_three_decades(method, value, slope):
    one, other = (random_covariance(64, 400, seed, decay=0.1) for seed in (7, 8))
    results = {
        dtype: trace_and_gradient(batch(one, dtype), spectral.covariance_root(batch(other, dtype)))
        for dtype in ("float32", "float64")
    }
    (trace, gradient), (expected, exact) = results["float32"], results["float64"]
    np.testing.assert_allclose(trace, expected, rtol=value)
    # The gradient to positions is 2 G x: what G is where no position reaches does not count.
    weight = reference.root(one)
    assert np.linalg.norm((gradient[0] - exact[0]) @ weight) < slope * np.linalg.norm(
        exact[0] @ weight
    )


def test_a_batch_against_one_target_equals_each_alone():
    covariances = np.stack([random_covariance(5, rank, seed=9) for rank in (3, 20)])
    root = spectral.covariance_root(batch(random_covariance(5, 4, seed=10)))
    together, _ = trace_and_gradient(tf.constant(covariances), root)
    alone = [trace_and_gradient(batch(each), root)[0][0] for each in covariances]
    assert_close(together, alone, "float64")
