"""VGG networks as Keras models with several outputs: one per layer that a loss looks at."""

from collections.abc import Mapping

import keras
import numpy as np

from tf_nst.model.networks import Layer, Network
from tf_nst.model.plain import centred, fed_by_rgb, pooled, pooling_scale


def build_extractor(
    network: Network,
    layers: tuple[str, ...],
    arrays: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    pooling: str = "max",
    dtype: str = "float32",
) -> keras.Model:
    """A frozen model from an image to the features of `layers`, cut at the deepest of them.

    Args:
      network: the layer table.
      layers: Keras' names, at least one.
      arrays: kernel float32 [3, 3, in, out] and bias float32 [out] of each convolution needed.
      pooling: "max", "average" or "l2".
      dtype: of every layer's weights and features: "float32", "bfloat16", "float64". The weights
        are frozen, so that float32 copies of them, as a mixed policy keeps, would serve nothing.

    Returns:
      [B, H, W, 3] sRGB in 0..1 -> {layer: [B, h, w, C] of `dtype`}.
    """
    image = keras.Input((None, None, 3), dtype="float64" if dtype == "float64" else "float32")
    features, outputs = CaffePreprocessing(dtype=image.dtype, name="preprocessing")(image), {}
    for layer in network.up_to(layers):
        features = _keras_layer(layer, pooling, dtype)(features)
        if layer.name in layers:
            outputs[layer.name] = features
    model = keras.Model(image, outputs, name=network.name)
    for layer in network.up_to(layers):
        if layer.kind == "convolution":
            kernel, bias = arrays[layer.name]
            model.get_layer(layer.name).set_weights([fed_by_rgb(layer, kernel), bias])
    model.trainable = False
    return model


def _keras_layer(layer: Layer, pooling: str, dtype: str) -> keras.layers.Layer:
    if layer.kind == "pooling":
        scale = pooling_scale(layer, pooling)
        return ScaledPooling(pooling, scale, dtype=dtype, name=layer.name)
    return keras.layers.Conv2D(
        layer.channels,
        3,
        padding="same",
        activation="relu",
        kernel_initializer="zeros",
        dtype=dtype,
        name=layer.name,
    )


class CaffePreprocessing(keras.layers.Layer):
    """`centred` as a layer."""

    def call(self, image):
        return centred(image)


class ScaledPooling(keras.layers.Layer):
    """`pooled` as a layer."""

    def __init__(self, kind: str, scale: float, **kwargs):
        super().__init__(**kwargs)
        self.kind, self.scale = kind, scale

    def call(self, features):
        return pooled(features, self.kind, self.scale)
