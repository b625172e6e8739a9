"""Layers of the picture itself, without a network."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_nst.config.objective import LAPLACIAN_STRIDE
from tf_nst.ops.variation import laplacian

# Pixel values of 0..255, and the edges of the picture made smaller.
IMAGE, LAPLACIAN = "image", "laplacian"


class ImageLayer(NamedTuple):
    """A layer of the picture itself.

    Attributes:
      features: [B, H, W, 3] in 0..255 -> [B, h, w, C].
      stride: pixels between neighbouring positions, a power of two.
      halo: pixels beyond its own that a position looks at.
    """

    features: Callable[[tf.Tensor], tf.Tensor]
    stride: int = 1
    halo: int = 0


def _edges(pixels: tf.Tensor) -> tf.Tensor:
    """The Laplacian of the picture made smaller (Li et al. 2017, Laplacian-steered neural style
    transfer)."""
    return laplacian(tf.nn.avg_pool2d(pixels, LAPLACIAN_STRIDE, LAPLACIAN_STRIDE, "VALID"))


IMAGE_LAYERS = {
    IMAGE: ImageLayer(lambda pixels: pixels),
    LAPLACIAN: ImageLayer(_edges, LAPLACIAN_STRIDE, LAPLACIAN_STRIDE),
}
