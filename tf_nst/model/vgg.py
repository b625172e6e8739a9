"""VGG networks as Keras models with several outputs: one per layer that a loss looks at."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from tf_nst.model.networks import Layer, Network
from tf_nst.model.pooling import pooled, pooling_scale
from tf_nst.model.preprocessing import centred, fed_by_rgb

Activation = Callable[[tf.Tensor], tf.Tensor]


def build_extractor(
    network: Network,
    layers: tuple[str, ...],
    arrays: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    pooling: str = "max",
    dtype: str = "float32",
    activation: Activation = tf.nn.relu,
) -> keras.Model:
    """A frozen model from an image to the features of `layers`, cut at the deepest of them.

    Args:
      network: the layer table.
      layers: Keras' names, at least one.
      arrays: kernel float32 [3, 3, in, out] and bias float32 [out] of each convolution needed.
      pooling: "max", "average" or "l2".
      dtype: of every layer's weights and features: "float32", "bfloat16", "float64". The weights
        are frozen, so that float32 copies of them, as a mixed policy keeps, would serve nothing.
      activation: of every convolution; one with the values of ReLU may have another gradient.

    Returns:
      [B, H, W, 3] sRGB in 0..1 -> {layer: [B, h, w, C] of `dtype`}.
    """
    image = keras.Input((None, None, 3), dtype="float64" if dtype == "float64" else "float32")
    features, outputs = CaffePreprocessing(dtype=image.dtype, name="preprocessing")(image), {}
    for layer in network.up_to(layers):
        features = _keras_layer(layer, pooling, dtype, activation)(features)
        if layer.name in layers:
            outputs[layer.name] = features
    model = keras.Model(image, outputs, name=network.name)
    for layer in network.up_to(layers):
        if layer.kind == "convolution":
            kernel, bias = arrays[layer.name]
            model.get_layer(layer.name).set_weights([fed_by_rgb(layer, kernel), bias])
    model.trainable = False
    return model


def _keras_layer(
    layer: Layer, pooling: str, dtype: str, activation: Activation
) -> keras.layers.Layer:
    if layer.kind == "pooling":
        scale = pooling_scale(layer, pooling)
        return ScaledPooling(pooling, scale, dtype=dtype, name=layer.name)
    return Convolution(
        layer.channels,
        3,
        padding="same",
        activation=activation,
        kernel_initializer="zeros",
        dtype=dtype,
        name=layer.name,
    )


class CaffePreprocessing(keras.layers.Layer):
    """`centred` as a layer."""

    def call(self, image):
        return centred(image)


class Convolution(keras.layers.Conv2D):
    """Keras' convolution of stride 1 in three operations: its own reshapes the bias at every call.

    Tracing a step with it takes a third less.
    """

    def call(self, features):
        """[B, h, w, in] -> [B, h, w, out]."""
        product = tf.nn.conv2d(features, self.kernel, 1, "SAME")
        return self.activation(tf.nn.bias_add(product, self.bias))


class ScaledPooling(keras.layers.Layer):
    """`pooled` as a layer."""

    def __init__(self, kind: str, scale: float, **kwargs):
        super().__init__(**kwargs)
        self.kind, self.scale = kind, scale

    def call(self, features):
        return pooled(features, self.kind, self.scale)
