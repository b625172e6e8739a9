"""Functions to minimise, of vectors of pixel values in 0..1, in float64 NumPy; and how they are."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from scipy.optimize import rosen, rosen_der

from tf_nst.objective.evaluation import Evaluation
from tf_nst.optim.optimizer import Optimizer

# [n] -> the value and its gradient [n].
Function = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Run(NamedTuple):
    """What an optimiser did on several functions, each row of the batch its own.

    Attributes:
      images: [steps + 1, B, n], the pictures evaluated, and one more.
      losses: [steps, B].
      states: after each step.
    """

    images: np.ndarray
    losses: np.ndarray
    states: list


def quadratic(condition: float, seed: int, *, inside: bool, size: int = 60) -> Function:
    """A convex quadratic of this condition number in random directions, 0 at its minimiser.

    The minimiser lies inside 0..1, or about half of its values beyond.
    """
    generator = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(generator.standard_normal((size, size)))
    hessian = (directions * np.geomspace(1, 1 / condition, size)) @ directions.T
    goal = generator.uniform(0.2, 0.8, size) if inside else generator.uniform(-0.5, 1.5, size)
    return lambda image: (0.5 * (image - goal) @ hessian @ (image - goal), hessian @ (image - goal))


def bowl(goal: np.ndarray, curvature: float = 2.0) -> Function:
    """curvature / 2 |x - goal|^2: as steep in every direction."""
    return lambda image: (curvature / 2 * np.sum((image - goal) ** 2), curvature * (image - goal))


def rosenbrock(image: np.ndarray) -> tuple[float, np.ndarray]:
    """Rosenbrock's valley on -2..2, brought to 0..1."""
    return float(rosen(4 * image - 2)), 4 * rosen_der(4 * image - 2)


def run(optimizer: Optimizer, functions: list[Function], starts: np.ndarray, steps: int) -> Run:
    """Steps of an optimiser from `starts` [B, n], as pictures [B, 1, n / 3, 3]."""
    batch, size = starts.shape

    # One trace for all steps.
    @tf.function(autograph=False)
    def step(image, state, loss, gradient):
        evaluation = Evaluation(loss, {}, gradient)
        return optimizer.update(evaluation, image, state)

    image = tf.constant(starts.reshape(batch, 1, size // 3, 3))
    state, images, losses, states = optimizer.init(image), [starts], [], []
    for _ in range(steps):
        rows = images[-1]
        both = [function(row) for function, row in zip(functions, rows, strict=True)]
        losses.append([loss for loss, _ in both])
        gradient = np.stack([gradient for _, gradient in both]).reshape(image.shape)
        image, state = step(
            image, state, tf.constant(losses[-1], tf.float64), tf.constant(gradient)
        )
        images.append(image.numpy().reshape(batch, size))
        states.append(state)
    return Run(np.stack(images), np.array(losses), states)
