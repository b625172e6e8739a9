"""A loss that went up and stayed there: going on would lead nowhere."""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.failures import DivergedError
from tf_nst.objective.terms import Terms

# A loss that stays above so many times the first one is lost; one that leaps up once is not.
DIVERGED, LATELY = 10.0, 10


class Rise(NamedTuple):
    """How the losses of a scale compare with its first ones; those of two sizes do not compare.

    Attributes:
      first: [B], the losses of the scale's first step.
      last: [B], those of its latest.
      above: [B] int32, how many of the latest in a row are more than DIVERGED times the first.
    """

    first: NDArray[np.float32]
    last: NDArray[np.float32]
    above: NDArray[np.int32]


def losses_of(terms: Terms, history: NDArray[np.float32]) -> NDArray[np.float32]:
    """[steps, B]: the loss of each step, of the terms' values [steps, terms, B]."""
    losses: NDArray[np.float32] = reduce(
        np.add, (np.multiply(term.weight, history[:, index]) for index, term in enumerate(terms))
    )
    return losses


def follow(rise: Rise | None, losses: NDArray[np.float32]) -> Rise:
    """The rise after more steps.

    Args:
      rise: before them; None at the start of a scale.
      losses: [steps, B], 1 step or more.
    """
    first, before = (rise.first, rise.above) if rise else (losses[0], 0)
    high = (losses > DIVERGED * first) & (first > 0)
    row = np.minimum.accumulate(high[::-1]).sum(axis=0, dtype=np.int32)
    return Rise(first, losses[-1], np.where(row == len(losses), row + before, row))


def check_rise(step: int, rise: Rise | None, picture: Callable[[], tf.Tensor]) -> None:
    """Ends a run once the last LATELY losses of every picture are that high.

    Args:
      step: steps so far.
      rise: None before the first step of a scale.
      picture: gives the picture so far [B, H, W, 3].

    Raises:
      DivergedError: so it is.
    """
    if rise is not None and np.all(rise.above >= LATELY):
        first, last = rise.first[0], rise.last[0]
        raise DivergedError(
            f"step {step}: the loss rose from {first:.4g} to {last:.4g}: expected a smaller "
            "--learning_rate, or --optimizer=lbfgs",
            picture(),
        )
