"""What an optimiser is: pure functions on plain tensors.

The gradient of a loss that does not depend on the picture's size shrinks with the number of pixel
values. Every optimiser sees it times that number: the loss per unit of the mean pixel value. So
learning rate and epsilon mean the same at every size.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation


def _never(state: Any) -> tf.Tensor:
    return tf.constant(False)


class Optimizer(NamedTuple):
    """Pure functions. The pictures of a batch do not see each other.

    Attributes:
      init: image [B, H, W, 3] -> state, a (nested) tuple of tensors, the batch as their first axis.
      update: evaluation of the image, image, state -> image to evaluate next, in 0..1, and state.
      resample: state, image of another size -> the state, carried over to that size.
      failed: state -> [B] bool, or [] for all, whether the optimiser sees no way on.
      pointwise: whether every pixel is updated from its own gradient and state alone, so that parts
        of a picture may be updated one after the other.
    """

    init: Callable[[tf.Tensor], Any]
    update: Callable[[Evaluation, tf.Tensor, Any], tuple[tf.Tensor, Any]]
    resample: Callable[[Any, tf.Tensor], Any]
    failed: Callable[[Any], tf.Tensor] = _never
    pointwise: bool = False


def per_mean_value(gradient: tf.Tensor) -> tf.Tensor:
    """The gradient [B, H, W, 3] times the number of values of one picture."""
    return gradient * tf.cast(tf.size(gradient[0]), gradient.dtype)


def in_range(image: tf.Tensor) -> tf.Tensor:
    """Departure from the papers: pixels stay in 0..1 in every step, or they turn into specks."""
    return tf.clip_by_value(image, 0.0, 1.0)


def per_picture(value: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """[B] -> [B, 1, ...] with as many axes as `like` [B, ...]."""
    return tf.reshape(value, [-1] + [1] * (like.shape.rank - 1))


def choose(which: tf.Tensor, one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """Of two [B, ...] the first for the pictures of `which` [B], the other for the rest."""
    return tf.where(per_picture(which, one), one, other)
