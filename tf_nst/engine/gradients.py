"""The loss and its gradient to the image."""

import tensorflow as tf

from tf_nst.objective.objective import Objective, Values, term_values, total


def value_and_grad(objective: Objective, image: tf.Tensor) -> tuple[Values, tf.Tensor]:
    """Each term's distance and the gradient of the total to the image.

    Args:
      image: [B, H, W, 3] float32 in 0..1. The pictures of a batch do not see each other.

    Returns:
      {name: [B]} unweighted, and [B, H, W, 3], the loss per unit of pixel value.
    """
    with tf.GradientTape() as tape:
        tape.watch(image)
        values = term_values(objective, image)
        loss = tf.reduce_sum(total(objective.terms, values))
    return values, tape.gradient(loss, image)
