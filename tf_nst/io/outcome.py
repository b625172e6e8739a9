"""What became of the loss: a listener that knows runs that went astray."""

from collections import deque

import numpy as np

from tf_nst.engine.events import Event, Finished, ScaleStarted, StepsDone
from tf_nst.objective.terms import Term

# A loss that stays above so many times the first one is lost; one that leaps up once is not.
DIVERGED, LATELY = 10.0, 10


class Outcome:
    """Compares the losses of each scale with its first one; losses of two sizes do not compare.

    Attributes:
      first: loss at the start of the latest scale; NaN before there is one.
      final: loss of the finished picture; NaN before.
    """

    def __init__(self, terms: tuple[Term, ...]):
        self.terms, self.first, self.final = terms, np.nan, np.nan
        self._latest: deque[float] = deque(maxlen=LATELY)

    def __call__(self, event: Event) -> None:
        if isinstance(event, ScaleStarted):
            self.first = np.nan
            self._latest.clear()
        elif isinstance(event, StepsDone):
            losses = self._losses(event.values)[:, 0]
            self.first = float(losses[0]) if np.isnan(self.first) else self.first
            self._latest.extend(map(float, losses))
        elif isinstance(event, Finished):
            self.final = float(self._losses(event.values)[0])

    def _losses(self, values: dict[str, np.ndarray]) -> np.ndarray:
        return sum(term.weight_of(0) * np.asarray(values[term.name]) for term in self.terms)

    @property
    def diverged(self) -> bool:
        """Whether the last ten losses are all more than ten times the first one."""
        return len(self._latest) == LATELY and min(self._latest) > DIVERGED * self.first > 0

    @property
    def divergence(self) -> str:
        """A line on a diverged loss."""
        return (
            f"the loss rose from {self.first:.4g} to {self._latest[-1]:.4g}: expected a smaller "
            "--learning_rate, or --optimizer=lbfgs"
        )

    @property
    def notes(self) -> list[str]:
        """A line where several steps left the loss no lower than they found it; or nothing."""
        if len(self._latest) < 2 or not self.final >= self.first:
            return []
        return [
            f"the loss is no lower than at the start of this size ({self.first:.4g} then, "
            f"{self.final:.4g} now): try a smaller --learning_rate, more --steps or another "
            "--optimizer"
        ]
