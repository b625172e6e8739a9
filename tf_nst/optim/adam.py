"""Adam on pictures."""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.ops.resample import resize
from tf_nst.ops.shapes import sides, sizes
from tf_nst.optim.optimizer import Optimizer, in_range, per_mean_value, per_picture

# In the loss per unit of the mean pixel value; half of the pixels see 50 to 300 of it. With 1e-8
# pixels of hardly any gradient move as fast as all others, which lays a grey haze and specks over
# flat areas; with 200 they hardly move at all.
EPSILON = 20.0


class AdamState(NamedTuple):
    """Steps taken [B], and the running means of the gradient and its square [B, H, W, 3]."""

    count: tf.Tensor
    mean: tf.Tensor
    mean_square: tf.Tensor


def adam(
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.99,
    epsilon: float = EPSILON,
) -> Optimizer:
    """Adam (Kingma and Ba 2015, algorithm 1 in the form of its section 2's last paragraph).

    There epsilon stands beside the uncorrected root ("epsilon hat"), as in Keras.

    Args:
      learning_rate: pixel values of 0..1 per step.
      epsilon: in the gradient's units, see `EPSILON`.
    """

    def init(image: tf.Tensor) -> AdamState:
        count = tf.zeros(sizes(image)[:1], tf.int32)
        return AdamState(count, tf.zeros_like(image), tf.zeros_like(image))

    def update(
        evaluation: Evaluation, image: tf.Tensor, state: AdamState
    ) -> tuple[tf.Tensor, AdamState]:
        gradient = per_mean_value(evaluation.gradient)
        count = state.count + 1
        time = tf.cast(count, image.dtype)
        mean = beta_1 * state.mean + (1 - beta_1) * gradient
        mean_square = beta_2 * state.mean_square + (1 - beta_2) * tf.square(gradient)
        rate = learning_rate * tf.sqrt(1 - beta_2**time) / (1 - beta_1**time)
        step = per_picture(rate, image) * mean / (tf.sqrt(mean_square) + epsilon)
        return in_range(image - step), AdamState(count, mean, mean_square)

    def resample(state: AdamState, image: tf.Tensor) -> AdamState:
        size = sides(image)
        # Cubics stay between the least and the largest of what they resize: squares stay above 0.
        return AdamState(state.count, resize(state.mean, *size), resize(state.mean_square, *size))

    return Optimizer(init, update, resample, pointwise=True)
