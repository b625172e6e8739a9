"""Gram matrices side by side, and the demonstration of what they do not see."""

import numpy as np
import pytest
import reference

from tf_nst.viz import compare_grams
from tf_nst.viz.figures import rendered
from tf_nst.viz.gram import shuffled
from tf_nst.viz.matrices import (
    SHOWN,
    content_distance,
    differing_pairs,
    gram_distance,
    gram_of,
    shown_channels,
)


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    return reference.counting(6, 8, 5).astype(np.float32)


def test_a_gram_is_the_references(features):
    np.testing.assert_allclose(gram_of(features), reference.gram(features), rtol=1e-5)


def test_a_gram_does_not_change_when_positions_are_shuffled_and_content_does(features):
    result = shuffled("block3_conv1", features, seed=0)
    assert not np.array_equal(result.after, result.before)
    rows = [sorted(map(tuple, array.reshape(-1, 5))) for array in (result.before, result.after)]
    assert rows[0] == rows[1]
    assert result.gram_distance < 1e-10
    assert result.content_distance > 0.1


def test_distances_are_relative_to_the_target():
    ones = np.ones((2, 2), np.float32)
    assert gram_distance(3 * ones, ones) == pytest.approx(4.0)
    maps = np.ones((2, 3, 4), np.float32)
    assert content_distance(0 * maps, maps) == pytest.approx(1.0)


def test_pairs_are_those_that_differ_most_and_share_no_channel():
    content, style = np.zeros((5, 5)), np.zeros((5, 5))
    for (first, second), value in {(1, 3): 9, (0, 3): 8, (2, 4): -5, (0, 0): 99}.items():
        style[first, second] = style[second, first] = value
    assert differing_pairs(content, style, 3) == [(1, 3), (2, 4)]


def test_the_strongest_channels_of_both_are_shown():
    matrix = np.diag(np.arange(40.0))
    shown = shown_channels(matrix, matrix)
    assert len(shown) == SHOWN and list(shown[:3]) == [39, 38, 37]


def test_a_comparison_has_a_row_for_each_layer_and_the_shuffle(photo, painting, looking):
    result = compare_grams(photo, painting, "conv1_1,conv2_1,conv3_1", **looking)
    assert [layer.content.shape for layer in result.layers] == [(4, 4), (4, 4), (8, 8)]
    assert result.shuffle.layer == "block2_conv1"
    assert len(result.rows()) == 4
    for layer in result.layers:
        assert layer.distance == pytest.approx(gram_distance(layer.content, layer.style))
        for pair in layer.pairs:
            first, second = pair.channels
            assert pair.content == layer.content[first, second]
            assert pair.style == layer.style[first, second]
            assert pair.patches
    assert rendered(result.figure()).std() > 10
    assert result.numbers()["shuffle"]["layer"] == "block2_conv1"


def test_a_picture_against_itself_has_no_pair(photo, looking):
    result = compare_grams(photo, photo, "conv1_1", **looking)
    assert result.layers[0].distance == 0 and result.layers[0].pairs == ()
    assert rendered(result.figure()).std() > 10
