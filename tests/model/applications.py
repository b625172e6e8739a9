"""The models of keras.applications, and their features beside ours."""

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf
from tolerances import assert_close

from tf_nst.model.networks import Network
from tf_nst.model.preprocessing import IMAGENET_MEANS

APPLICATIONS = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}


def application(name: str, arrays: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> keras.Model:
    """Keras' model of the network with these kernels and biases."""
    model = APPLICATIONS[name](weights=None, include_top=False)
    for layer, pair in arrays.items():
        model.get_layer(layer).set_weights(pair)
    return model


def names(network: Network) -> tuple[str, ...]:
    """Of all layers."""
    return tuple(layer.name for layer in network.layers)


def their_features(theirs: keras.Model, image: np.ndarray) -> dict:
    """{layer: features} of a keras.applications model; image in 0..1."""
    outputs = {layer.name: layer.output for layer in theirs.layers[1:]}
    model = keras.Model(theirs.input, outputs)
    means = np.array(IMAGENET_MEANS)
    caffe = keras.applications.vgg19.preprocess_input(image * 255.0)
    np.testing.assert_allclose(caffe, (image * 255.0 - means)[..., ::-1], atol=1e-4)
    return model(tf.constant(caffe, tf.float32))


def assert_equal_layers(ours, theirs) -> None:
    """Every feature of every layer, to the tolerance of float32; no layer is dead."""
    assert list(ours) == list(theirs)
    for name, features in ours.items():
        assert features.dtype == tf.float32
        assert np.max(theirs[name]) > 0, f"{name} is dead: nothing is compared"
        assert_close(features, theirs[name], "float32")
