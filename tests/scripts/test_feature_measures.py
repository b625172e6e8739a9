"""Measures by features: what hands can check; the network in the box at a small picture."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import feature_measures as measures


def rows(count, channels=4, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, channels), np.float32)


def test_one_channel_by_hand():
    """Sorted rows 1, 3 and 2, 6: the square root of (1 + 9) / (4 + 36)."""
    one, other = np.array([[3.0], [1.0]]), np.array([[2.0], [6.0]])
    assert measures.sliced_distance(one, other) == pytest.approx(0.5)


def test_order_and_number_of_rows_do_not_count():
    features = rows(60)
    assert measures.sliced_distance(features[::-1], features) == 0
    assert measures.sliced_distance(np.repeat(features, 3, axis=0), features) < 0.01


def test_doubled_features_are_one_away():
    assert measures.sliced_distance(2 * rows(60), rows(60)) == pytest.approx(1)


def test_quantiles_between_rows_are_linear():
    """Of 1, 2, 4, 8 the middles of two halves lie between the rows of each."""
    np.testing.assert_allclose(measures.quantiles(np.array([[1, 2, 4, 8]]), 2), [[1.5, 6]])


def test_more_rows_than_quantiles():
    many = rows(3 * measures.QUANTILES)
    assert measures.sliced_distance(many, many[::-1]) == 0


def test_self_similarity_is_of_angles_between_positions():
    features = rows(50)
    lengths = np.arange(1, 51)[:, None]
    assert measures.self_similarity(features, lengths * features) == pytest.approx(0, abs=1e-5)
    assert measures.self_similarity(features, features[::-1]) > 0.1


def test_self_similarity_by_hand():
    """Cosine distances 0 1 1, 1 0 0, 1 0 0 against 0 0 1, 0 0 1, 1 1 0, rows over their means."""
    x, y = [1.0, 0.0], [0.0, 1.0]
    one = np.array([[0, 1.5, 1.5], [3, 0, 0], [3, 0, 0]])
    other = np.array([[0, 0, 3], [0, 0, 3], [1.5, 1.5, 0]])
    expected = np.abs(one - other).mean()
    assert measures.self_similarity(np.array([x, y, y]), np.array([x, x, y])) == (
        pytest.approx(expected)
    )


def test_features_of_the_network_in_the_box():
    picture = np.random.default_rng(1).random((64, 80, 3), np.float32)
    extract = measures.build()
    features = extract(picture)
    assert {name: each.shape for name, each in features.items()} == {
        "conv2_2": (32 * 40, 128),
        "conv3_3": (16 * 20, 256),
        "conv4_3": (8 * 10, 512),
    }
    assert measures.style_distances(features, features) == dict.fromkeys(features, 0)
    assert measures.content_difference(features, features) == 0
    darker = extract(picture / 2)
    assert min(measures.style_distances(darker, features).values()) > 0.05
    assert measures.content_difference(darker, features) > 0.01
