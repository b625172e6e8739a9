"""How long a run takes, before it starts: its operations by the device's own speed."""

import statistics
import time
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.replicas import Replicas
from tf_nst.engine.schedule import Scale, style_sides
from tf_nst.engine.windows import plan_windows
from tf_nst.model.networks import Network
from tf_nst.model.operations import passes
from tf_nst.objective.terms import IMAGE, Term

Size = tuple[int, int]

# Channels of the convolution that is timed: about the mean of a VGG's.
_CHANNELS = 256
# Its picture starts with so many pixels a side, 1.2 GFLOP, and doubles until a call takes so many
# seconds: below, a fast device is busier with being called.
_LEAST_SIDE, _LEAST_SECONDS = 32, 0.005
_CALLS = 3
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

    The median of a few calls: other work on the machine slows the run as it slows them.
    """
    side, seconds = _LEAST_SIDE, 0.0
    while seconds < _LEAST_SECONDS:
        seconds = _convolution_seconds(Replicas(strategy, 1), side, dtype)
        made = 2 * 9 * side**2 * _CHANNELS**2
        side *= 2
    return made / seconds


def _convolution_seconds(replicas: Replicas, side: int, dtype: str) -> float:
    picture = tf.ones([1, side, side, _CHANNELS], dtype)
    kernel = tf.ones([3, 3, _CHANNELS, _CHANNELS], dtype)

    def convolved(picture, kernel):
        # One number, so that no time goes into handing the features over.
        return tf.reduce_max(tf.nn.conv2d(picture, kernel, 1, "SAME"))

    run = replicas.compiled(convolved, picture, kernel)

    def timed() -> float:
        began = time.perf_counter()
        [value.numpy() for value in replicas.each(run(picture, kernel))]
        return time.perf_counter() - began

    timed()  # the first call prepares the kernel
    return statistics.median(timed() for _ in range(_CALLS))
