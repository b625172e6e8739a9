"""How long a run takes, before it starts: its operations by the device's own speed."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import plan_windows
from tf_nst.model.hdf5 import convolutions, kernel_shape
from tf_nst.model.networks import Layer, Network
from tf_nst.model.operations import operations, passes
from tf_nst.objective.terms import IMAGE, Term
from tf_nst.planning.schedule import Scale, style_sides

Size = tuple[int, int]

# Channels of the convolution that is timed: about the mean of a VGG's.
_CHANNELS = 256
# Its picture starts with so many pixels a side, 1.2 GFLOP, and doubles until a call takes so many
# seconds: below, a fast device is busier with being called.
_LEAST_SIDE, _LEAST_SECONDS = 32, 0.005
_CALLS = 3
# Pixels a side of the picture for which all layers are timed, 24 GFLOP of VGG19's.
_NETWORK_SIDE = 128
# Seconds that it takes to trace a scale's measuring and its steps. Measured.
_TRACING = 2.0


class Work(NamedTuple):
    """What a run computes.

    Attributes:
      network: the layer table.
      terms: of the loss.
      picture, style: heights and widths in pixels at the last scale.
      replicas: that share the windows of a picture.
    """

    network: Network
    terms: tuple[Term, ...]
    picture: Size
    style: Size
    replicas: int = 1

    def operations(self, scales: tuple[Scale, ...], cores: tuple[int, ...]) -> int:
        """Floating-point operations of convolutions and statistics in a run, of one replica.

        Args:
          scales: with their steps.
          cores: of each scale's windows in pixels a side; 0: the whole picture at once.
        """
        each = (
            scale.steps * self.step(scale[:2], core) + self.measuring(scale[:2], core)
            for scale, core in zip(scales, cores, strict=True)
            if scale.steps
        )
        return sum(each) + self._forward(self.terms, scales[-1][:2], cores[-1])

    def step(self, size: Size, core: int) -> int:
        """Forward and the gradient, which takes as many; by windows the network forward twice."""
        again = self._forward(self.terms, size, core, network_only=True) if core else 0
        return 2 * self._forward(self.terms, size, core) + again

    def measuring(self, size: Size, core: int) -> int:
        """The content of this size and its style, each forward once."""
        style = tuple(map(int, style_sides(*self.style, max(size) / max(self.picture))))
        return sum(
            self._forward(tuple(term for term in self.terms if term.role == role), seen, core)
            for role, seen in (("content", size), ("style", style))
        )

    def _forward(
        self, terms: tuple[Term, ...], size: Size, core: int, network_only: bool = False
    ) -> int:
        """Of the network up to the deepest layer of `terms`, and of their statistics."""
        layers = self.network.up_to(tuple(term.layer for term in terms if term.layer != IMAGE))
        seen, rounds = self._seen(size, core)
        through = {each.layer.name: each for each in passes(layers, *seen)}
        found = sum(each.operations for each in through.values())
        if not network_only:
            at = ((term, through[term.layer]) for term in terms if term.layer != IMAGE)
            found += sum(term.operations(each.positions, each.layer.channels) for term, each in at)
        return rounds * found

    def _seen(self, size: Size, core: int) -> tuple[Size, int]:
        """What is evaluated at once, and how often a replica does it."""
        if not core:
            return size, 1
        windows = plan_windows(self.network, self.terms, core, *size)
        rows, columns = windows[0]
        return (rows.length, columns.length), -(-len(windows) // self.replicas)


class Forecast(NamedTuple):
    """What a run takes on devices whose speed was tried.

    Attributes:
      work: what it computes.
      speed: floating-point operations a second of a replica.
      any_size: whether one trace serves the scales that are painted whole.
    """

    work: Work
    speed: float
    any_size: bool

    def seconds(self, scales: tuple[Scale, ...], cores: tuple[int, ...]) -> float:
        """Seconds, where other work leaves the device as free as it was; see `Work.operations`."""
        traced = _TRACING * _traces(scales, cores, self.any_size)
        return traced + self.work.operations(scales, cores) / self.speed


def _traces(scales: tuple[Scale, ...], cores: tuple[int, ...], any_size: bool) -> int:
    """How often a scale is traced; those that are painted whole only once, if for any size."""
    traced = [core for scale, core in zip(scales, cores, strict=True) if scale.steps]
    whole = traced.count(0)
    return len(traced) - whole + (min(whole, 1) if any_size else whole)


def convolution_speed(strategy: tf.distribute.Strategy, dtype: str) -> float:
    """Operations a second of a 3x3 convolution on a replica while all of them make it.

    It takes about a tenth of a second.
    """
    replicas, side, seconds = Replicas(strategy, 1), _LEAST_SIDE, 0.0
    kernel = tf.ones([3, 3, _CHANNELS, _CHANNELS], dtype)
    while seconds < _LEAST_SECONDS:
        picture = tf.ones([1, side, side, _CHANNELS], dtype)
        seconds = _seconds(replicas, _convolved, picture, kernel)
        made = 2 * 9 * side**2 * _CHANNELS**2
        side *= 2
    return made / seconds


def network_speed(layers: tuple[Layer, ...], strategy: tf.distribute.Strategy, dtype: str) -> float:
    """Operations a second of all layers, forward and their gradient, on a replica as above.

    It takes a second or two, and is nearer to a step's speed than one convolution's.
    """
    kernels = [tf.fill(kernel_shape(layer), 1e-3) for layer in convolutions(layers)]
    kernels = [tf.cast(kernel, dtype) for kernel in kernels]
    picture = tf.ones([1, _NETWORK_SIDE, _NETWORK_SIDE, 3], dtype)
    seconds = _seconds(Replicas(strategy, 1), partial(_slope, layers), picture, kernels)
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


def _seconds(replicas: Replicas, function: Callable, *arguments: Any) -> float:
    """Of a call on all replicas: the median of a few, since other work slows the run as it slows
    them."""
    run = replicas.compiled(function, *arguments)

    def timed() -> float:
        began = time.perf_counter()
        [value.numpy() for value in replicas.each(run(*arguments))]
        return time.perf_counter() - began

    timed()  # the first call prepares the kernels
    return statistics.median(timed() for _ in range(_CALLS))
