"""How fast a painting goes, how long it takes still, and its losses by role."""

import time
from typing import Any

from tf_nst.engine.events import ScaleStarted, StepsDone
from tf_nst.io.listeners import Clock
from tf_nst.objective.terms import Terms
from tf_nst.planning.schedule import Scale


class Pace:
    """Steps a second and seconds left.

    Attributes:
      rate: steps a second at this scale; 0 before it is known: the first call traces.
      seconds_left: that are expected; at first the plan's.
    """

    def __init__(self, expected: float, clock: Clock = time.perf_counter) -> None:
        """Takes the seconds that the plan expects."""
        self.seconds_left, self._clock, self.rate = expected, clock, 0.0
        self._index, self._first, self._began = 0, 0, clock()
        self._started: tuple[int, float] | None = None
        self._expected = expected

    def begin(self, event: ScaleStarted) -> None:
        """A scale begins, whose steps take another time than those before."""
        self._index, self._started, self.rate = event.index, None, 0.0

    def steps(self, event: StepsDone, scales: tuple[Scale, ...]) -> None:
        """Steps were made, of a run of these scales."""
        now = self._clock()
        if self._started is None:
            self._started = event.step, now
            self.seconds_left = max(0.0, min(self.seconds_left, self._expected - now + self._began))
        elif now > self._started[1]:
            self.rate = (event.step - self._started[0]) / (now - self._started[1])
        if self.rate:
            self.seconds_left = self._left(event.step, scales) / self.rate

    def _left(self, step: int, scales: tuple[Scale, ...]) -> float:
        """Steps left in units of this scale's: a step counts in proportion to its pixels."""
        pixels = scales[self._index].height * scales[self._index].width
        here = sum(scale.steps for scale in scales[: self._index + 1]) - step
        later = scales[self._index + 1 :]
        return here + sum(scale.steps * scale.height * scale.width for scale in later) / pixels


def points_of(terms: Terms, event: StepsDone) -> dict[str, list[list[float]]]:
    """{role: [[step, weighted loss]]} of the steps of an event, for the first of its pictures."""
    points: dict[str, list[list[float]]] = {}
    count = len(next(iter(event.values.values())))
    for term in terms:
        losses = term.weight_of(0) * event.values[term.name][:, 0]
        steps = points.setdefault(
            term.role, [[event.step - count + 1 + number, 0.0] for number in range(count)]
        )
        for point, loss in zip(steps, losses, strict=True):
            point[1] += float(loss)
    return points


def scale_of(index: int, scale: Scale, count: int) -> dict[str, Any]:
    """A scale for the page."""
    return {"index": index, "count": count, "size": [scale.height, scale.width]}
