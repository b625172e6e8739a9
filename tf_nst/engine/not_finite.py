"""A loss that is not finite: whose, and which picture was still good."""

import numpy as np

from tf_nst.engine.failures import NonFiniteLossError


def non_finite(terms, history, step, start, good) -> NonFiniteLossError:
    """The error of a call whose last step went wrong, from the values [steps, terms, B] it made.

    The culprits are the terms that are not finite; where only the gradient is not, the heaviest.
    `start` is good if a step came after it or its own losses are finite; else `good` is.
    """
    last = {term: values for term, values in zip(terms, history[-1], strict=True)}
    names = [term.name for term, values in last.items() if not np.isfinite(values).all()]
    what, picture = "loss", start if len(history) > 1 else good
    if not names:
        what, picture = "gradient", start
        names = [max(last, key=lambda term: np.max(np.multiply(term.weight, last[term]))).name]
    where = f"step {step + len(history)}"
    return NonFiniteLossError(not_finite(what, where, names), picture)


def not_finite(what: str, where: str, names: list[str]) -> str:
    return (
        f"the {what} is not finite at {where}: {', '.join(names)}; expected finite terms, "
        "try a smaller --learning_rate or smaller weights"
    )
