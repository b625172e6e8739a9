"""The optimisers by name. To add one: a maker, a row of OPTIMIZERS."""

import functools
from collections.abc import Callable
from typing import NamedTuple

from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import MEMORY, lbfgs
from tf_nst.optim.line_search import strong_wolfe, tolerant
from tf_nst.optim.optimizer import Optimizer
from tf_nst.optim.precondition import preconditioner
from tf_nst.optim.sgd import sgd

# Needs little memory, and has no line search that could fail.
FALLBACK = "adam"


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
    """How an optimiser is made, and its defaults.

    Attributes:
      make: Settings -> Optimizer.
      learning_rate: its default.
      decay: default of the average of its pictures; 0: the best of them is the picture.
      pictures: pairs -> float32 arrays of the picture's size that it keeps.
      times_by_windows: how often they are there at once by windows: once where they are updated in
        place; else before, after, and as much again that the update itself needs, for which there
        is no room of features gone as there is in a whole picture's step. Measured.
    """

    make: Callable[[Settings], Optimizer]
    learning_rate: float
    decay: float
    pictures: Callable[[int], int]
    times_by_windows: int


def _lbfgs(settings: Settings) -> Optimizer:
    search = strong_wolfe() if settings.exact else tolerant()
    first = lbfgs(settings.learning_rate, settings.pairs, search, preconditioner)
    return with_fallback(first, make_fallback())


def _adam(settings: Settings) -> Optimizer:
    return adam(settings.learning_rate)


def _sgd(settings: Settings) -> Optimizer:
    return sgd(settings.learning_rate)


OPTIMIZERS = {
    "lbfgs": OptimizerRow(_lbfgs, 1.0, 0.0, lambda pairs: 5 + 2 * pairs, 3),
    "adam": OptimizerRow(_adam, 0.05, 0.9, lambda pairs: 2, 1),
    "sgd": OptimizerRow(_sgd, 1e-5, 0.0, lambda pairs: 0, 1),
}


def rate_and_decay(
    name: str, learning_rate: float | None, decay: float | None
) -> tuple[float, float]:
    """An optimiser's learning rate and decay; None stands for its default."""
    row = OPTIMIZERS[name]
    return learning_rate or row.learning_rate, row.decay if decay is None else decay


@functools.cache
def make_optimizer(name: str, settings: Settings) -> Optimizer:
    """The optimiser of a row; the same one for the same settings, so that traces serve again."""
    return OPTIMIZERS[name].make(settings)


def make_fallback() -> Optimizer:
    """What goes on where an optimiser cannot."""
    return make_optimizer(FALLBACK, Settings(OPTIMIZERS[FALLBACK].learning_rate))
