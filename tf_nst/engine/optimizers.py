"""Optimisers as pairs of pure functions on plain tensors. To add one: a maker, a row of OPTIMIZERS.

The gradient of a loss that does not depend on the picture's size shrinks with the number of pixel
values. Both optimisers see it times that number: the loss per unit of the mean pixel value. So
learning rate and epsilon mean the same at every size.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.objective import Values

ValueAndGrad = Callable[[tf.Tensor], tuple[Values, tf.Tensor]]

# Adam's epsilon, in the loss per unit of the mean pixel value; half of the pixels see 50 to 300 of
# it. With 1e-8 pixels of hardly any gradient move as fast as all others, which lays a grey haze and
# specks over flat areas; with 200 they hardly move at all.
ADAM_EPSILON = 20.0


class Optimizer(NamedTuple):
    """A pair of pure functions.

    Attributes:
      init: image [B, H, W, 3] -> state, a (nested) tuple of tensors.
      step: value_and_grad, image, state -> new image in 0..1, new state, values at the old image.
    """

    init: Callable[[tf.Tensor], Any]
    step: Callable[[ValueAndGrad, tf.Tensor, Any], tuple[tf.Tensor, Any, Values]]


class AdamState(NamedTuple):
    """Steps taken [] and the running means of the gradient and its square [B, H, W, 3]."""

    count: tf.Tensor
    mean: tf.Tensor
    mean_square: tf.Tensor


def adam(
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
    epsilon: float = ADAM_EPSILON,
) -> Optimizer:
    """Adam (Kingma and Ba 2015, algorithm 1 in the form of its section 2's last paragraph).

    There epsilon stands beside the uncorrected root ("epsilon hat"), as in Keras.

    Args:
      learning_rate: pixel values of 0..1 per step.
      epsilon: in the gradient's units, see the top of this file.
    """

    def init(image):
        return AdamState(tf.zeros([], tf.int64), tf.zeros_like(image), tf.zeros_like(image))

    def step(value_and_grad, image, state):
        values, gradient = value_and_grad(image)
        gradient = _per_mean_value(gradient)
        count = state.count + 1
        time = tf.cast(count, image.dtype)
        mean = beta_1 * state.mean + (1 - beta_1) * gradient
        mean_square = beta_2 * state.mean_square + (1 - beta_2) * tf.square(gradient)
        rate = learning_rate * tf.sqrt(1 - beta_2**time) / (1 - beta_1**time)
        moved = image - rate * mean / (tf.sqrt(mean_square) + epsilon)
        return _in_range(moved), AdamState(count, mean, mean_square), values

    return Optimizer(init, step)


def sgd(learning_rate: float) -> Optimizer:
    """Plain gradient descent; `learning_rate` in pixel values per unit of gradient."""

    def step(value_and_grad, image, state):
        values, gradient = value_and_grad(image)
        return _in_range(image - learning_rate * _per_mean_value(gradient)), state, values

    return Optimizer(lambda image: (), step)


def _per_mean_value(gradient: tf.Tensor) -> tf.Tensor:
    """The gradient times the number of values of one picture."""
    return gradient * tf.cast(tf.size(gradient[0]), gradient.dtype)


def _in_range(image: tf.Tensor) -> tf.Tensor:
    """Departure from the papers: pixels stay in 0..1 in every step, or they turn into specks."""
    return tf.clip_by_value(image, 0.0, 1.0)


class OptimizerRow(NamedTuple):
    """How an optimiser is made from its learning rate, and the learning rate it takes by itself."""

    make: Callable[[float], Optimizer]
    learning_rate: float


OPTIMIZERS = {"adam": OptimizerRow(adam, 0.05), "sgd": OptimizerRow(sgd, 1e-4)}
