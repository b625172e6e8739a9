"""Projections, histograms and quantiles, by hand."""

import numpy as np
import tensorflow as tf

from tf_nst.ops.distributions import (
    PARTS,
    directions,
    histogram_sums,
    most_sorted,
    pooled_parts,
    projections,
    quantile_means,
    sorted_parts,
)
from tf_nst.ops.similarity import nearest, unit_rows


def test_parts_of_as_many_values_are_the_values_in_their_order():
    values = np.random.default_rng(0).permutation(PARTS).astype(float)
    np.testing.assert_allclose(sorted_parts(tf.constant(values)), np.arange(PARTS), atol=1e-9)


def test_a_part_between_two_values_is_their_mean_by_mass():
    """Of 512 equal masses three are 0, the rest 1: one part of 256, half of the next."""
    masses = tf.constant([3.0, 509.0], tf.float64)
    parts = quantile_means(tf.constant([0.0, 1.0], tf.float64), masses)
    np.testing.assert_allclose(parts[:3], [0.0, 0.5, 1.0], atol=1e-9)
    np.testing.assert_allclose(tf.reduce_mean(parts), 509 / 512)


def test_pooled_parts_are_those_of_all_values_by_their_shares():
    one, other = np.full(PARTS, 5.0), np.full(PARTS, 1.0)
    pooled = pooled_parts([tf.constant(one), tf.constant(other)], [0.75, 0.25])
    np.testing.assert_allclose(pooled, [1.0] * (PARTS // 4) + [5.0] * (3 * PARTS // 4))


def test_a_histogram_has_the_mean_of_its_values_beyond_its_nodes_too():
    values = np.array([0.0, 0.01, 7.5, 900.0, 1e5, -1.0]).reshape(1, 2, 3, 1)
    histogram = histogram_sums(tf.constant(values))["histogram"][0, 0].numpy()
    nodes = np.expm1(np.log1p(65536.0) / 255 * np.arange(256))
    np.testing.assert_allclose([histogram.sum(), histogram @ nodes], [6, values.sum()], rtol=1e-12)


def test_directions_are_of_length_one_at_right_angles_and_the_same_every_time():
    np.testing.assert_allclose(directions(8) @ directions(8).T, np.eye(8), atol=1e-14)
    directions.cache_clear()
    np.testing.assert_array_equal(directions(8), directions(8))


def test_of_many_positions_some_are_projected():
    assert (most_sorted(4), most_sorted(64), most_sorted(512)) == (2**15, 2**15, 2**12)
    assert projections(tf.ones([2, 256, 256, 4]))["projections"].shape == (2, 4, 2**15)


def test_the_nearest_are_found_in_every_chunk():
    """1,100 rows are two chunks; every other is one of the others itself."""
    others = unit_rows(tf.random.stateless_normal([1, 50, 3], [1, 2]))
    rows = tf.repeat(others, 22, axis=1)
    np.testing.assert_array_equal(nearest(rows, others), rows)
