"""VGG networks as Keras models with several outputs: one per layer that a loss looks at."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tf_nst.model.hdf5 import KernelAndBias
from tf_nst.model.keras_on_tensorflow import keras
from tf_nst.model.networks import Layer, Network
from tf_nst.model.pooling import pooled, pooling_scale
from tf_nst.model.preprocessing import centred, fed_by_rgb

Activation = Callable[[tf.Tensor], tf.Tensor]


def build_extractor(
    network: Network,
    layers: tuple[str, ...],
    arrays: Mapping[str, KernelAndBias],
    *,
    pooling: str = "max",
    padding: str = "zeros",
    dtype: str = "float32",
    activation: Activation = tf.nn.relu,
) -> keras.Model:
    """A frozen model from an image to the features of `layers`, cut at the deepest of them.

    Args:
      network: the layer table.
      layers: Keras' names, at least one.
      arrays: kernel float32 [3, 3, in, out] and bias float32 [out] of each convolution needed.
      pooling: "max", "average" or "l2".
      padding: what the first convolution sees around the picture: "zeros", as Keras has it, or
        "edge", the outermost pixels once more. The others see zeros around their features.
      dtype: of every layer's weights and features: "float32", "bfloat16", "float64". The weights
        are frozen, so that float32 copies of them, as a mixed policy keeps, would serve nothing.
      activation: of every convolution; one with the values of ReLU may have another gradient.

    Returns:
      [B, H, W, 3] sRGB in 0..1 -> {layer: [B, h, w, C] of `dtype`}.
    """
    image = keras.Input((None, None, 3), dtype="float64" if dtype == "float64" else "float32")
    features, outputs = _preprocessed(image, padding), {}
    for layer in network.up_to(layers):
        border = "valid" if padding == "edge" and layer == network.layers[0] else "same"
        features = _keras_layer(layer, pooling, border, dtype, activation)(features)
        if layer.name in layers:
            outputs[layer.name] = features
    model = keras.Model(image, outputs, name=network.name)
    for layer in network.up_to(layers):
        if layer.kind == "convolution":
            kernel, bias = arrays[layer.name]
            model.get_layer(layer.name).set_weights([fed_by_rgb(layer, kernel), bias])
    model.trainable = False
    return model


def _preprocessed(image: keras.KerasTensor, padding: str) -> keras.KerasTensor:
    centred_image = CaffePreprocessing(dtype=image.dtype, name="preprocessing")(image)
    if padding == "zeros":
        return centred_image
    return EdgePadding(dtype=image.dtype, name="padding")(centred_image)


def _keras_layer(
    layer: Layer, pooling: str, border: str, dtype: str, activation: Activation
) -> keras.layers.Layer:
    if layer.kind == "pooling":
        scale = pooling_scale(layer, pooling)
        return ScaledPooling(pooling, scale, dtype=dtype, name=layer.name)
    return Convolution(
        layer.channels,
        3,
        padding=border,
        data_format="channels_last",
        activation=activation,
        kernel_initializer="zeros",
        dtype=dtype,
        name=layer.name,
    )


class CaffePreprocessing(keras.layers.Layer):
    """`centred` as a layer."""

    def call(self, image: tf.Tensor) -> tf.Tensor:
        return centred(image)


class EdgePadding(keras.layers.Layer):
    """[B, h, w, C] -> [B, h + 2, w + 2, C], the outermost values repeated."""

    def call(self, features: tf.Tensor) -> tf.Tensor:
        return tf.pad(features, [[0, 0], [1, 1], [1, 1], [0, 0]], "SYMMETRIC")


class Convolution(keras.layers.Conv2D):
    """Keras' convolution of stride 1 in three operations: its own reshapes the bias at every call.

    Tracing a step with it takes a third less.
    """

    def call(self, features: tf.Tensor) -> tf.Tensor:
        """[B, h, w, in] -> [B, h, w, out], two less of height and width where it is "valid"."""
        product = tf.nn.conv2d(features, self.kernel, 1, self.padding.upper())
        return self.activation(tf.nn.bias_add(product, self.bias))


class ScaledPooling(keras.layers.Layer):
    """`pooled` as a layer."""

    def __init__(self, kind: str, scale: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind, self.scale = kind, scale

    def call(self, features: tf.Tensor) -> tf.Tensor:
        return pooled(features, self.kind, self.scale)
