"""A network to look with: the extractor's own features, and the guided gradient."""

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.model.geometry import receptive_box
from tf_nst.viz.sight import guided_relu


def test_features_are_the_extractors(sight, make_extractor, photo):
    picture = photo[None].astype(np.float32)
    result = sight.features(picture)
    expected = make_extractor(sight.layers)(tf.constant(picture))
    assert list(result) == list(sight.layers)
    for layer in sight.layers:
        assert_close(result[layer], expected[layer][0], "float32")


def test_pictures_of_any_size_are_looked_at(sight, photo):
    for side in (16, 20, 24):
        result = sight.features(photo[None, :side, :side].astype(np.float32))
        assert result["block3_conv1"].shape == (side // 4, side // 4, 8)


@pytest.mark.parametrize(
    ("value", "upstream", "passed"),
    [(2.0, 3.0, 3.0), (2.0, -3.0, 0.0), (-2.0, 3.0, 0.0), (-2.0, -3.0, 0.0), (0.0, 3.0, 0.0)],
)
def test_the_guided_gradient_passes_where_both_are_positive(value, upstream, passed):
    values = tf.constant([value])
    with tf.GradientTape() as tape:
        tape.watch(values)
        rectified = guided_relu(values)
    assert float(rectified[0]) == max(value, 0.0)
    assert float(tape.gradient(rectified, values, [upstream])[0]) == passed


@pytest.mark.parametrize("layer", ["block1_conv2", "block3_conv1"])
def test_a_projection_lies_within_the_receptive_field(sight, tiny, photo, layer):
    picture = photo[None].astype(np.float32)
    features = sight.features(picture)[layer]
    row, column, channel = np.unravel_index(features.argmax(), features.shape)
    projected = sight.projection(picture, layer, row, column, channel)
    assert projected.shape == photo.shape and np.abs(projected).max() > 0
    top, left, bottom, right = np.maximum(receptive_box(tiny, layer, row, column), 0)
    outside = projected.copy()
    outside[top:bottom, left:right] = 0
    assert not outside.any()
