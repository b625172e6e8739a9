"""The loss and its gradient to the image."""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.objective.objective import Objective, Values, term_values, total


class Evaluation(NamedTuple):
    """The result of one evaluation.

    Attributes:
      loss: [B], the weighted sum of the terms.
      values: {name of a term: [B]}, unweighted.
      gradient: [B, H, W, 3], of the loss per unit of pixel value.
    """

    loss: tf.Tensor
    values: Values
    gradient: tf.Tensor


def value_and_grad(objective: Objective, image: tf.Tensor) -> Evaluation:
    """Evaluates the loss, each term's distance and the gradient to the image.

    Args:
      image: [B, H, W, 3] float32 in 0..1. The pictures of a batch do not see each other.
    """
    with tf.GradientTape() as tape:
        tape.watch(image)
        values = term_values(objective, image)
        losses = total(objective.terms, values)
        loss = tf.reduce_sum(losses)
    return Evaluation(losses, values, tape.gradient(loss, image))
