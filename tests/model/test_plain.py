"""The network without Keras equals the Keras model, at any size, and holds its weights once."""

import numpy as np
import pytest
import tensorflow as tf
from reference import counting
from tolerances import assert_close

from tf_nst.model.plain import POOLING_SCALES, PlainExtractor

IMAGE = counting(33, 35)[None]


@pytest.mark.parametrize("pooling", POOLING_SCALES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_every_layer_equals_the_keras_model(tiny, tiny_arrays, make_extractor, pooling, dtype):
    names = tuple(layer.name for layer in tiny.layers)
    image = tf.constant(IMAGE, "float64" if dtype == "float64" else "float32")
    plain = PlainExtractor(tiny, names, tiny_arrays, pooling=pooling, dtype=dtype)(image)
    expected = make_extractor(names, pooling, dtype)(image)
    for name in names:
        assert plain[name].dtype == dtype
        assert_close(plain[name], expected[name], dtype)


def test_only_the_layers_asked_for_and_the_weights_below_them(tiny, tiny_arrays):
    below = {name: tiny_arrays[name] for name in ("block1_conv1", "block1_conv2", "block2_conv1")}
    extractor = PlainExtractor(tiny, ("block2_conv1",), below)
    assert list(extractor(tf.constant(IMAGE, tf.float32))) == ["block2_conv1"]
    assert [variable.shape.as_list() for variable in extractor.variables] == [
        list(np.shape(array)) for pair in below.values() for array in pair
    ]


def test_one_trace_serves_every_size(tiny, tiny_arrays):
    extractor = PlainExtractor(tiny, ("block2_conv1",), tiny_arrays)
    traced = tf.function(extractor, input_signature=[tf.TensorSpec([None, None, None, 3])])
    for height, width in ((32, 48), (50, 20)):
        image = tf.constant(counting(height, width)[None], tf.float32)
        assert_close(traced(image)["block2_conv1"], extractor(image)["block2_conv1"], "float32")
    assert traced.experimental_get_tracing_count() == 1
