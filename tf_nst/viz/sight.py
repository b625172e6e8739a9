"""A network to look with: its features, and what in a picture drives one of them."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.model.keras_on_tensorflow import keras
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import Activation, build_extractor
from tf_nst.model.weights import Weights, load_weights

_PICTURE = tf.TensorSpec([1, None, None, 3], tf.float32)
_PLACE = tf.TensorSpec([4], tf.int32)


def _guided_relu(values: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
    """ReLU, whose gradient passes only where it is positive and the ReLU is open.

    Guided backpropagation (Springenberg et al. 2015, figure 1): what both the plain gradient and
    the deconvnet (Zeiler and Fergus 2014, section 2.1) let through.
    """

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        return tf.where(values > 0, tf.nn.relu(upstream), tf.zeros_like(upstream))

    return tf.nn.relu(values), gradient


guided_relu: Activation = tf.custom_gradient(_guided_relu)


class Sight:
    """Looks at pictures of any size, [1, H, W, 3] float32 in 0..1.

    Attributes:
      weights: where the network's numbers are from; `weights.network` is the layer table.
      layers: Keras' names.
    """

    def __init__(self, weights: Weights, layers: tuple[str, ...], pooling: str = "max") -> None:
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

    def features(self, picture: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """{layer: [h, w, C] float32}, after the ReLU, in the network's own units."""
        features = self._features(tf.constant(picture))
        return {layer: features[layer][0].numpy() for layer in self.layers}

    def projection(
        self, picture: NDArray[np.float32], layer: str, row: int, column: int, channel: int
    ) -> NDArray[np.float32]:
        """One feature projected back to pixels by guided gradient: [H, W, 3] float32, signed.

        It is 0 outside the feature's receptive field.
        """
        place = tf.constant([0, row, column, channel], tf.int32)
        project = self._project(layer)
        projected: NDArray[np.float32] = project(tf.constant(picture), place)[0].numpy()
        return projected


def _compiled(function: Callable[..., Any], *signature: tf.TensorSpec) -> Callable[..., Any]:
    traced = tf.function(function, signature, autograph=False)
    compiled: Callable[..., Any] = traced.get_concrete_function()
    return compiled


def _projection(extractor: keras.Model, layer: str) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """The function: picture, [0, row, column, channel] -> guided gradient."""

    def project(picture: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
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
