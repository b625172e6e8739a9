"""The networks as plain TensorFlow calls: for graphs that leave Keras behind."""

from collections.abc import Callable, Mapping

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


def centred(image: tf.Tensor) -> tf.Tensor:
    """[B, H, W, 3] sRGB in 0..1 -> 0..255 less ImageNet's means, in the same dtype.

    The channels keep their order: reversing them and their gradient takes 13 ms at 512 x 512 on two
    cores, so the first kernel is reversed instead.
    """
    return image * 255.0 - tf.constant(IMAGENET_MEANS, image.dtype)


def fed_by_rgb(layer: Layer, kernel: np.ndarray) -> np.ndarray:
    """A kernel trained on blue, green, red, for red, green, blue; others as they are."""
    return kernel[:, :, ::-1] if layer.channels_in == 3 else kernel


def pooling_scale(layer: Layer, kind: str) -> float:
    """What the pooling of this layer is multiplied by."""
    return POOLING_SCALES[kind][int(layer.name[len("block")]) - 1]


def pooled(features: tf.Tensor, kind: str, scale: float) -> tf.Tensor:
    """2x2 pooling of stride 2 without padding, times `scale`; `kind` is "max", "average" or "l2".

    [B, h, w, C], 0 or more -> [B, h // 2, w // 2, C].
    """
    if kind == "max":
        return tf.nn.max_pool2d(features, 2, 2, "VALID")
    if kind == "average":
        return tf.nn.avg_pool2d(features, 2, 2, "VALID") * scale
    return safe_sqrt(tf.nn.avg_pool2d(tf.square(features), 2, 2, "VALID")) * scale


class PlainExtractor:
    """The function of `build_extractor`: [B, H, W, 3] in 0..1 -> {layer: [B, h, w, C] of `dtype`}.

    `relu` may be one with another gradient.

    Attributes:
      variables: kernel and bias of each convolution, in their order, never assigned again.
    """

    def __init__(
        self,
        network: Network,
        layers: tuple[str, ...],
        arrays: Mapping[str, tuple[np.ndarray, np.ndarray]],
        *,
        pooling: str = "max",
        dtype: str = "float32",
        relu: Callable[[tf.Tensor], tf.Tensor] = tf.nn.relu,
    ):
        self._layers, self._wanted = network.up_to(layers), layers
        self._pooling, self._dtype, self._relu = pooling, dtype, relu
        self._held = {
            layer.name: self._variables_of(layer, *arrays[layer.name])
            for layer in self._layers
            if layer.kind == "convolution"
        }

    @property
    def variables(self) -> list[tf.Variable]:
        return [variable for pair in self._held.values() for variable in pair]

    def __call__(self, image: tf.Tensor) -> dict[str, tf.Tensor]:
        features, outputs = tf.cast(centred(image), self._dtype), {}
        for layer in self._layers:
            features = self._after(layer, features)
            if layer.name in self._wanted:
                outputs[layer.name] = features
        return outputs

    def _variables_of(self, layer: Layer, kernel: np.ndarray, bias: np.ndarray):
        return tuple(
            tf.Variable(tf.cast(array, self._dtype), trainable=False, name=f"{layer.name}_{part}")
            for part, array in (("kernel", fed_by_rgb(layer, kernel)), ("bias", bias))
        )

    def _after(self, layer: Layer, features: tf.Tensor) -> tf.Tensor:
        if layer.kind == "pooling":
            return pooled(features, self._pooling, pooling_scale(layer, self._pooling))
        kernel, bias = self._held[layer.name]
        return self._relu(tf.nn.bias_add(tf.nn.conv2d(features, kernel, 1, "SAME"), bias))
