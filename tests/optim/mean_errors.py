"""A loss whose gradient at every value is known, and the pictures of an optimiser on their way."""

import numpy as np
import reference
import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.optim.optimizer import Optimizer

# [1, 4, 5, 3], within 0..1.
START = 0.3 + 0.4 * reference.counting(4, 5)[None]
GOAL = reference.counting(4, 5, start=13)[None]
STEPS = 15
# Keras rounds the learning rate and the betas to float32 even where the image is float64; this
# number loses nothing by it.
RATE = 2.0**-8


def evaluation_of(value, slope) -> Evaluation:
    """Of a mean over values: its gradient is the slope at each value by their number."""
    return Evaluation(value, {"error": value}, slope / tf.cast(tf.size(slope[0]), slope.dtype))


def mean_error(image) -> Evaluation:
    """Mean over values of (x - goal)^2 + (x - goal)^4, and its gradient."""
    error = image - tf.constant(GOAL, image.dtype)
    value = tf.reduce_mean(error**2 + error**4, axis=[1, 2, 3])
    return evaluation_of(value, 2 * error + 4 * error**3)


def slope_per_mean_value(image: np.ndarray) -> np.ndarray:
    """The gradient as optimisers see it: times the number of values of a picture."""
    error = image - GOAL
    return 2 * error + 4 * error**3


def path(optimizer: Optimizer, start=START, steps=STEPS, evaluate=mean_error) -> list[np.ndarray]:
    """The picture after each step."""
    update = tf.function(optimizer.update, autograph=False)
    image = tf.constant(start)
    state, images = optimizer.init(image), []
    for _ in range(steps):
        image, state = update(evaluate(image), image, state)
        images.append(image.numpy())
    return images
