"""What a statistic is: sums over positions, and a distance of what the sums come to."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

Sums = dict[str, tf.Tensor]
Value = dict[str, tf.Tensor]


def means(sums: Sums) -> Value:
    """Each sum [B, ...] divided by the number of positions [B]; 0 where no position counts."""
    return {
        name: tf.math.divide_no_nan(
            value, tf.reshape(sums["positions"], [-1] + [1] * (value.shape.rank - 1))
        )
        for name, value in sums.items()
        if name != "positions"
    }


def mean_target(targets: Sequence[Value], shares: Sequence[float]) -> Value:
    """The weighted mean of targets, as if each picture had its share of the positions.

    Args:
      targets: values of one statistic.
      shares: add up to 1.
    """

    def mean(*values: tf.Tensor) -> tf.Tensor:
        return tf.add_n([share * value for share, value in zip(shares, values, strict=True)])

    blended: Value = tf.nest.map_structure(mean, *targets)
    return blended


def as_it_is(value: Value) -> Value:
    """The same."""
    return value


def _nothing(positions: int, *channels: int) -> int:
    return 0


class Statistic(NamedTuple):
    """What is summed over positions, and how far it is from a target.

    Attributes:
      measure: features [B, h, w, C], for a paired statistic the reference's features at the same
        positions [B or 1, h, w, C], for a chained one the finer layer's [B, h, w, D], and weights
        [h, w] or None -> sums, with "positions" [B]; of one that is not additive what its value is
        made of.
      distance: value, target -> [B]; the target is None where nothing is compared with.
      additive: whether sums over windows add up to the picture's.
      blend: targets and their shares, which add up to 1 -> one target.
      value: sums -> what is compared.
      target: a value -> that with what distances from it need, made once.
      paired: whether features are compared position by position with those of another picture.
      chained: whether features are compared with those of the finer layer before.
      reach: positions to the right and below that the sum of a position looks at.
      operations: positions, channels, and for a chained statistic the finer layer's channels ->
        floating-point operations of its matrix products, and again of their gradient's.
      bytes: positions, channels -> memory that it takes until its gradient is made, beside the
        features.
    """

    measure: Callable[..., Sums]
    distance: Callable[..., tf.Tensor]
    additive: bool = True
    blend: Callable[[Sequence[Value], Sequence[float]], Value] = mean_target
    value: Callable[[Sums], Value] = means
    target: Callable[[Value], Value] = as_it_is
    paired: bool = False
    chained: bool = False
    reach: int = 0
    operations: Callable[..., int] = _nothing
    bytes: Callable[[int, int], int] = _nothing

    def target_of(self, sums: Sums) -> Value:
        """What is compared with, from its own sums."""
        return self.target(self.value(sums))
