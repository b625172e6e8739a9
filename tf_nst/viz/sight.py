"""A network to look with: its features, and what in a picture drives one of them."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_nst.config import StylizeConfig
from tf_nst.model.keras_on_tensorflow import keras
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights

_PICTURE = tf.TensorSpec([1, None, None, 3], tf.float32)
_PLACE = tf.TensorSpec([4], tf.int32)


@tf.custom_gradient
def guided_relu(values: tf.Tensor):
    """ReLU, whose gradient passes only where it is positive and the ReLU is open.

    Guided backpropagation (Springenberg et al. 2015, figure 1): what both the plain gradient and
    the deconvnet (Zeiler and Fergus 2014, section 2.1) let through.
    """

    def gradient(upstream):
        return tf.where(values > 0, tf.nn.relu(upstream), tf.zeros_like(upstream))

    return tf.nn.relu(values), gradient


class Sight:
    """Looks at pictures of any size, [1, H, W, 3] float32 in 0..1.

    Attributes:
      weights: where the network's numbers are from; `weights.network` is the layer table.
      layers: Keras' names.
    """

    def __init__(self, weights: Weights, layers: tuple[str, ...], pooling: str = "max"):
        network, arrays = weights.network, weights.arrays
        self.weights, self.layers = weights._replace(arrays={}), layers
        extractor = build_extractor(
            network, layers, arrays, pooling=pooling, activation=guided_relu
        )
        # Concrete functions: TensorFlow warns of tf.functions that are traced for one call each.
        self._features = _compiled(extractor, _PICTURE)
        self._project = functools.cache(
            lambda layer: _compiled(_projection(extractor, layer), _PICTURE, _PLACE)
        )

    def features(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        """{layer: [h, w, C] float32}, after the ReLU, in the network's own units."""
        features = self._features(tf.constant(picture))
        return {layer: features[layer][0].numpy() for layer in self.layers}

    def projection(
        self, picture: np.ndarray, layer: str, row: int, column: int, channel: int
    ) -> np.ndarray:
        """One feature projected back to pixels by guided gradient: [H, W, 3] float32, signed.

        It is 0 outside the feature's receptive field.
        """
        place = tf.constant([0, row, column, channel], tf.int32)
        return self._project(layer)(tf.constant(picture), place)[0].numpy()


def _compiled(function: Callable, *signature: tf.TensorSpec) -> Callable:
    return tf.function(function, signature, autograph=False).get_concrete_function()


def _projection(extractor: keras.Model, layer: str) -> Callable:
    """The function: picture, [0, row, column, channel] -> guided gradient."""

    def project(picture, place):
        with tf.GradientTape() as tape:
            tape.watch(picture)
            feature = tf.gather_nd(extractor(picture)[layer], place[None])
        return tape.gradient(feature, picture)

    return project


def look(config: StylizeConfig, layers: tuple[str, ...], report: Callable[[str], None]) -> Sight:
    """The sight of a config's network.

    Args:
      config: network, weights, pooling, and the seed of random weights.
      layers: Keras' names.
      report: called with plain lines on a download's progress.

    Raises:
      UserError: unusable weights.
      RunError: a download failed.
    """
    choice = config.network_config
    network = NETWORKS[choice.network]
    weights = load_weights(
        choice.weights, network, network.up_to(layers), seed=config.seed, report=report
    )
    return Sight(weights, layers, choice.pooling)
