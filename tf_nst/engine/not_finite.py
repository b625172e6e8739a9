"""A loss that is not finite: whose, and which picture was still good."""

from typing import TypeAlias

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.messages import not_finite
from tf_nst.objective.terms import Terms

Picture: TypeAlias = tf.Tensor | NDArray[np.float32]


def non_finite(
    terms: Terms,
    history: NDArray[np.float32],
    step: int,
    start: Picture,
    last_good: Picture | None,
) -> NonFiniteLossError:
    """The error of a call whose last step went wrong.

    The culprits are the terms that are not finite; where only the gradient is not, the heaviest.

    Args:
      history: [steps, terms, B], the values of the call.
      step: steps before it.
      start: the picture before it: good if a step came after it, or its losses are finite.
      last_good: else this picture is, or None.
    """
    last = {term: values for term, values in zip(terms, history[-1], strict=True)}
    names = [term.name for term, values in last.items() if not np.isfinite(values).all()]
    what, picture = "loss", start if len(history) > 1 else last_good
    if not names:
        what, picture = "gradient", start
        names = [max(last, key=lambda term: np.max(np.multiply(term.weight, last[term]))).name]
    where = f"step {step + len(history)}"
    return NonFiniteLossError(not_finite(what, where, names), picture)
