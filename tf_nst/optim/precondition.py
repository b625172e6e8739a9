"""What L-BFGS takes for the inverse of the Hessian before its pairs know better: D S D.

Measured at pictures on their way, the loss curves by about the spatial frequency: 2,000 units along
details of six pixels, 50 along waves of a hundred. S lets slow waves move further by that much. The
pixels differ as much among themselves, as Adam takes into account; D does by the same root.
docs/notes/optimizer.md has what both gain.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.ops.shapes import sizes

# Octaves below the pixels' own.
OCTAVES = 5
# How much of the running mean of squared gradients one evaluation leaves.
KEPT = 0.9
# Added to the squares, relative to their mean: pixels without gradient are no reason to leap.
LEAST_SQUARE = 0.03

_BINOMIAL = np.array([1.0, 3.0, 3.0, 1.0]) / 8

Precondition = Callable[[tf.Tensor], tf.Tensor]


def running_squares(squares: tf.Tensor, gradient: tf.Tensor) -> tf.Tensor:
    """The running mean [B, H, W, 1] of the squared gradient [B, H, W, 3], one gradient later."""
    square = tf.reduce_mean(tf.square(gradient), axis=3, keepdims=True)
    return KEPT * squares + (1 - KEPT) * square


def preconditioner(squares: tf.Tensor) -> Precondition:
    """D S D as a function of pictures [B, H, W, 3]; symmetric and positive.

    D D is one over the root of the mean squares `squares` [B, H, W, 1], relative to the picture's
    own mean (Kingma and Ba 2015, algorithm 1, without its momentum). S is `octaves`.
    """
    mean = tf.reduce_mean(squares, axis=[1, 2, 3], keepdims=True)
    relative = tf.math.divide_no_nan(squares, mean)
    root = tf.math.rsqrt(tf.sqrt(relative + LEAST_SQUARE))
    return lambda picture: root * octaves(root * picture)


def octaves(picture: tf.Tensor) -> tf.Tensor:
    """The picture [B, H, W, C] plus its octaves, each twice as strong as the one above it.

    picture + 1 octave(1) + 2 octave(2) + ... + 16 octave(5). An octave is the picture halved so
    many times, by the binomial filter of Burt and Adelson 1983, and enlarged again by the
    filter's transpose, so that the whole is symmetric.
    """
    kernel = tf.constant(_kernel(picture.shape[3]), picture.dtype)
    smaller, levels = picture, []
    for _ in range(OCTAVES):
        levels.append(smaller)
        smaller = tf.nn.conv2d(smaller, kernel, 2, "SAME")
    total = 2.0 ** (OCTAVES - 1) * smaller
    for index, level in reversed(list(enumerate(levels))):
        # Four times, so that a flat picture stays as it is on its way down and up.
        up = 4.0 * tf.nn.conv2d_transpose(total, kernel, sizes(level), 2, "SAME")
        total = up + level * (2.0 ** (index - 1) if index else 1.0)
    return total


def _kernel(channels: int) -> NDArray[np.float64]:
    """[4, 4, C, C]: every channel for itself."""
    window = np.outer(_BINOMIAL, _BINOMIAL)
    return window[:, :, None, None] * np.eye(channels)
