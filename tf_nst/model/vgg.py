"""VGG networks as Keras models with several outputs: one per layer that a loss looks at."""

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from tf_nst.model.networks import Layer, Network
from tf_nst.ops.distances import safe_sqrt

# The red, green and blue means of ImageNet that Keras' VGG weights were trained with (0..255).
IMAGENET_MEANS = (123.68, 116.779, 103.939)

# What average and L2 pooling are multiplied by. Departure from Gatys et al. 2016, who exchange max
# for average pooling as it is: that shrinks the activations, and with them moves every bias. The
# factors, one for each block, keep the root mean square of max pooling: the mean ratio of both in
# ImageNet VGG19 on 27 photographs and paintings. No loss looks behind the fifth pooling.
POOLING_SCALES = {
    "max": (1.0, 1.0, 1.0, 1.0, 1.0),
    "average": (1.23, 1.67, 1.40, 1.99, 1.99),
    "l2": (1.18, 1.44, 1.31, 1.59, 1.59),
}


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
            if layer.channels_in == 3:
                kernel = kernel[:, :, ::-1]  # trained on blue, green, red; we feed red, green, blue
            model.get_layer(layer.name).set_weights([kernel, bias])
    model.trainable = False
    return model


def _keras_layer(layer: Layer, pooling: str, dtype: str) -> keras.layers.Layer:
    if layer.kind == "pooling":
        scale = POOLING_SCALES[pooling][int(layer.name[len("block")]) - 1]
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
    """[B, H, W, 3] sRGB in 0..1 -> 0..255 less ImageNet's means, in the same dtype.

    The channels keep their order: reversing them and their gradient takes 13 ms at 512 x 512 on two
    cores, so the first kernel is reversed instead.
    """

    def call(self, image):
        return image * 255.0 - keras.ops.convert_to_tensor(IMAGENET_MEANS, dtype=image.dtype)


class ScaledPooling(keras.layers.Layer):
    """2x2 pooling of stride 2 without padding, on the scale of max pooling.

    [B, h, w, C], 0 or more -> [B, h // 2, w // 2, C].
    """

    def __init__(self, kind: str, scale: float, **kwargs):
        super().__init__(**kwargs)
        self.kind, self.scale = kind, scale

    def call(self, features):
        if self.kind == "max":
            return tf.nn.max_pool2d(features, 2, 2, "VALID")
        if self.kind == "average":
            return tf.nn.avg_pool2d(features, 2, 2, "VALID") * self.scale
        mean_square = tf.nn.avg_pool2d(tf.square(features), 2, 2, "VALID")
        return safe_sqrt(mean_square) * self.scale
