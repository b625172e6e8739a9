"""Optimisers as pure functions on plain tensors. To add one: a maker, a row of OPTIMIZERS.

The gradient of a loss that does not depend on the picture's size shrinks with the number of pixel
values. Every optimiser sees it times that number: the loss per unit of the mean pixel value. So
learning rate and epsilon mean the same at every size.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.ops.resample import resize, sides
from tf_nst.optim.lbfgs import MEMORY, empty_pairs, lbfgs_init, lbfgs_move
from tf_nst.optim.line_search import LineSearch, strong_wolfe, tolerant
from tf_nst.optim.precondition import Precondition, preconditioner

ValueAndGrad = Callable[[tf.Tensor], Evaluation]

# Adam's epsilon, in the loss per unit of the mean pixel value; half of the pixels see 50 to 300 of
# it. With 1e-8 pixels of hardly any gradient move as fast as all others, which lays a grey haze and
# specks over flat areas; with 200 they hardly move at all.
ADAM_EPSILON = 20.0


class Optimizer(NamedTuple):
    """Pure functions.

    Attributes:
      init: image [B, H, W, 3] -> state, a (nested) tuple of tensors.
      step: value_and_grad, image, state -> image to evaluate next, in 0..1, new state, and the
        evaluation of the old image.
      resample: state, image of another size -> the state, carried over to that size.
      failed: state -> [] bool, whether the optimiser sees no way on.
      pointwise: whether every pixel is moved by its own gradient and state alone, so that parts of
        a picture may be moved one after the other.
    """

    init: Callable[[tf.Tensor], Any]
    step: Callable[[ValueAndGrad, tf.Tensor, Any], tuple[tf.Tensor, Any, Evaluation]]
    resample: Callable[[Any, tf.Tensor], Any]
    failed: Callable[[Any], tf.Tensor] = lambda state: tf.constant(False)
    pointwise: bool = False


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
        found = value_and_grad(image)
        gradient = _per_mean_value(found.gradient)
        count = state.count + 1
        time = tf.cast(count, image.dtype)
        mean = beta_1 * state.mean + (1 - beta_1) * gradient
        mean_square = beta_2 * state.mean_square + (1 - beta_2) * tf.square(gradient)
        rate = learning_rate * tf.sqrt(1 - beta_2**time) / (1 - beta_1**time)
        moved = image - rate * mean / (tf.sqrt(mean_square) + epsilon)
        return _in_range(moved), AdamState(count, mean, mean_square), found

    def resample(state, image):
        size = sides(image)
        # Cubics stay between the least and the largest of what they resize: squares stay above 0.
        return AdamState(state.count, resize(state.mean, *size), resize(state.mean_square, *size))

    return Optimizer(init, step, resample, pointwise=True)


def sgd(learning_rate: float) -> Optimizer:
    """Plain gradient descent; `learning_rate` in pixel values per unit of gradient."""

    def step(value_and_grad, image, state):
        found = value_and_grad(image)
        return _in_range(image - learning_rate * _per_mean_value(found.gradient)), state, found

    return Optimizer(lambda image: (), step, lambda state, image: state, pointwise=True)


def lbfgs(
    learning_rate: float,
    memory: int = MEMORY,
    line_search: LineSearch | None = None,
    precondition: Callable[[tf.Tensor], Precondition] | None = None,
) -> Optimizer:
    """L-BFGS with one evaluation a step (tf_nst/optim/lbfgs.py).

    Args:
      learning_rate: the share of the quadratic model's move that is tried first.
      memory: pairs kept, 1 or more: 2 x memory pictures in float32.
      line_search: see tf_nst/optim/line_search.py; without one `tolerant()`.
      precondition: see tf_nst/optim/precondition.py; without one the textbook's L-BFGS.
    """
    line_search = line_search or tolerant()

    def init(image):
        return lbfgs_init(image, empty_pairs(image, memory))

    def step(value_and_grad, image, state):
        found = value_and_grad(image)
        gradient = _per_mean_value(found.gradient)
        searched = line_search, learning_rate, precondition
        image, state = lbfgs_move(state, image, found.loss, gradient, *searched)
        return image, state, found

    # Begun anew at another size: pairs that were resized gave no lower loss (docs/performance.md).
    # After the second failure in a row even the gradient itself leads nowhere.
    return Optimizer(
        init,
        step,
        lambda state, image: init(image),
        lambda state: tf.reduce_any(state.failures > 1),
    )


def _per_mean_value(gradient: tf.Tensor) -> tf.Tensor:
    """The gradient times the number of values of one picture."""
    return gradient * tf.cast(tf.size(gradient[0]), gradient.dtype)


def _in_range(image: tf.Tensor) -> tf.Tensor:
    """Departure from the papers: pixels stay in 0..1 in every step, or they turn into specks."""
    return tf.clip_by_value(image, 0.0, 1.0)


class Settings(NamedTuple):
    """Of an optimiser; each takes what concerns it.

    Attributes:
      learning_rate: see its maker.
      pairs: of L-BFGS.
      exact: whether the loss is evaluated without much rounding, in float32 or better.
    """

    learning_rate: float
    pairs: int = MEMORY
    exact: bool = True


class OptimizerRow(NamedTuple):
    """How an optimiser is made, and what it takes by itself.

    Attributes:
      make: Settings -> Optimizer.
      learning_rate: the one it takes by itself.
      decay: of the average of its pictures; 0: the best of them is the picture.
      pictures: pairs -> float32 arrays of the picture's size that it keeps.
      times_by_windows: how often they are there at once by windows: once where it moves in place;
        else before, after, and as much again that the move itself needs, for which there is no
        room of features gone as there is in a whole picture's step. Measured.
    """

    make: Callable[[Settings], Optimizer]
    learning_rate: float
    decay: float
    pictures: Callable[[int], int]
    times_by_windows: int


def _lbfgs(settings: Settings) -> Optimizer:
    search = strong_wolfe() if settings.exact else tolerant()
    return lbfgs(settings.learning_rate, settings.pairs, search, preconditioner)


OPTIMIZERS = {
    "lbfgs": OptimizerRow(_lbfgs, 1.0, 0.0, lambda pairs: 3 + 2 * pairs, 3),
    "adam": OptimizerRow(lambda settings: adam(settings.learning_rate), 0.05, 0.9, lambda _: 2, 1),
    "sgd": OptimizerRow(lambda settings: sgd(settings.learning_rate), 1e-4, 0.0, lambda _: 0, 1),
}
