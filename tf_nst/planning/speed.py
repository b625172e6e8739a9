"""How fast the devices at hand are, by trying them."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as tf

from tf_nst.model.hdf5 import convolutions, kernel_shape
from tf_nst.model.networks import Layer
from tf_nst.model.operations import operations

# Channels of the convolution that is timed: about the mean of a VGG's.
_CHANNELS = 256
# Its picture starts with so many pixels a side, 1.2 GFLOP, and doubles until a call takes so many
# seconds: below, a fast device is busier with being called.
_LEAST_SIDE, _LEAST_SECONDS = 32, 0.005
_CALLS = 3
# Pixels a side of the picture for which all layers are timed, 24 GFLOP of VGG19's.
_NETWORK_SIDE = 128


def convolution_speed(strategy: tf.distribute.Strategy, dtype: str) -> float:
    """Operations a second of a 3x3 convolution on a replica while all of them make it.

    It takes about a tenth of a second.
    """
    side, seconds = _LEAST_SIDE, 0.0
    kernel = tf.ones([3, 3, _CHANNELS, _CHANNELS], dtype)
    while seconds < _LEAST_SECONDS:
        picture = tf.ones([1, side, side, _CHANNELS], dtype)
        seconds = call_seconds(strategy, _convolved, picture, kernel)
        counted = 2 * 9 * side**2 * _CHANNELS**2
        side *= 2
    return counted / seconds


def network_speed(layers: tuple[Layer, ...], strategy: tf.distribute.Strategy, dtype: str) -> float:
    """Operations a second of all layers, forward and their gradient, on a replica as above.

    It takes a second or two, and is nearer to a step's speed than one convolution's.
    """
    kernels = [tf.fill(kernel_shape(layer), 1e-3) for layer in convolutions(layers)]
    kernels = [tf.cast(kernel, dtype) for kernel in kernels]
    picture = tf.ones([1, _NETWORK_SIDE, _NETWORK_SIDE, 3], dtype)
    seconds = call_seconds(strategy, partial(_slope, layers), picture, kernels)
    return 2 * operations(layers, _NETWORK_SIDE, _NETWORK_SIDE) / seconds


def _convolved(picture: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """One number, so that no time goes into handing the features over."""
    return tf.reduce_max(tf.nn.conv2d(picture, kernel, 1, "SAME"))


def _slope(layers: tuple[Layer, ...], picture: tf.Tensor, kernels: list[tf.Tensor]) -> tf.Tensor:
    """The largest gradient of the layers' sum."""
    remaining = iter(kernels)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        features = picture
        for layer in layers:
            if layer.kind == "pooling":
                features = tf.nn.max_pool2d(features, 2, 2, "VALID")
            else:
                features = tf.nn.relu(tf.nn.conv2d(features, next(remaining), 1, "SAME"))
        total = tf.reduce_sum(features)
    return tf.reduce_max(tape.gradient(total, picture))


def call_seconds(
    strategy: tf.distribute.Strategy, function: Callable[..., tf.Tensor], *arguments: Any
) -> float:
    """Of a call on all replicas: the median of a few, since other work slows the run as it slows
    them."""

    def run(*arguments: Any) -> Any:
        return strategy.run(function, arguments)

    compiled = tf.function(run, autograph=False).get_concrete_function(*arguments)

    def timed() -> float:
        start = time.perf_counter()
        results = strategy.experimental_local_results(compiled(*arguments))
        [result.numpy() for result in results]
        return time.perf_counter() - start

    timed()  # the first call prepares the kernels
    return statistics.median(timed() for _ in range(_CALLS))
