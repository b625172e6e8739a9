"""Pooling in the three kinds that style transfer knows, of one size of features."""

import tensorflow as tf

from tf_nst.model.networks import Layer
from tf_nst.ops.distances import safe_sqrt

# What average and L2 pooling are multiplied by. Departure from Gatys et al. 2016, who exchange max
# for average pooling as it is: that shrinks the activations, and with them moves every bias. The
# factors, one for each block, keep the root mean square of max pooling: the mean ratio of both in
# ImageNet VGG19 on 27 photographs and paintings. No loss looks behind the fifth pooling.
POOLING_SCALES = {
    "max": (1.0, 1.0, 1.0, 1.0, 1.0),
    "average": (1.23, 1.67, 1.40, 1.99, 1.99),
    "l2": (1.18, 1.44, 1.31, 1.59, 1.59),
}


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
