"""How many steps a call makes, and when a scale has had enough of them."""

import numpy as np
from numpy.typing import NDArray

from tf_nst.engine.steps import MOST_STEPS_PER_CALL

# A signal is heard between calls: so long may one call last, if a single step does not last longer.
SECONDS_PER_CALL = 0.5
# A stop compares the least loss with that of so many steps before.
STOP_STEPS = 10


def recent_least(
    least: NDArray[np.float32] | None, losses: NDArray[np.float32]
) -> NDArray[np.float32]:
    """[up to STOP_STEPS + 1, B]: the least loss so far at each of the last steps.

    Args:
      least: the same before these steps; None at the start of a scale.
      losses: [steps, B], of the new steps.
    """
    minima = np.minimum.accumulate(losses, axis=0)
    if least is not None:
        minima = np.concatenate([least, np.minimum(minima, least[-1])])
    return minima[-(STOP_STEPS + 1) :]


def stands_still(steps: int, least: NDArray[np.float32] | None, stop: float) -> bool:
    """Whether no picture's least loss fell by the share `stop` in the last steps.

    Only asked at multiples of STOP_STEPS, or the answer would depend on the machine's speed.

    Args:
      steps: of this scale so far.
      least: see `recent_least`.
    """
    # Where the objective changed on the way, fewer losses than steps are of this one.
    if least is None or not stop or steps % STOP_STEPS or len(least) <= STOP_STEPS:
        return False
    now, before = least[-1], least[-1 - STOP_STEPS]
    return bool(np.all(before - now < stop * np.abs(before)))


class CallLength:
    """How many steps the next call makes, from how long the last took."""

    def __init__(self, pause_every: int, stop: float) -> None:
        self.pause_every, self.stop_steps = pause_every, STOP_STEPS if stop else 0
        self.seconds: list[float] = []

    def learn(self, count: int, seconds: float) -> None:
        """The first call traces and compiles: its time says nothing."""
        self.seconds.append(seconds / count)

    def steps(self, step: int, step_of_scale: int, left: int) -> int:
        """Steps of the next call, at least 1, after so many steps in all and at this scale."""
        count = 1
        if len(self.seconds) > 1:
            count = int(SECONDS_PER_CALL / max(self.seconds[-1], 1e-6))
        if self.pause_every:
            left = min(left, self.pause_every - step % self.pause_every)
        if self.stop_steps:
            left = min(left, self.stop_steps - step_of_scale % self.stop_steps)
        return max(1, min(count, left, MOST_STEPS_PER_CALL))
