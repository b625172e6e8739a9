"""How many steps a call makes, and when a scale has had enough of them."""

import numpy as np

from tf_nst.engine.steps import MOST_STEPS_PER_CALL

# A signal is heard between calls: so long may one call last, if a single step does not last longer.
SECONDS_PER_CALL = 0.5
# A stop compares the least loss with that of so many steps before.
STOP_STEPS = 10


def stands_still(losses: list[np.ndarray], stop: float) -> bool:
    """Whether no picture's least loss fell by the share `stop` in the last steps.

    Only asked at multiples of STOP_STEPS, or the answer would depend on the machine's speed.
    """
    if not stop or len(losses) % STOP_STEPS or len(losses) <= STOP_STEPS:
        return False
    now, before = np.min(losses, axis=0), np.min(losses[:-STOP_STEPS], axis=0)
    return bool(np.all(before - now < stop * np.abs(before)))


class CallLength:
    """How many steps the next call makes, from how long the last took."""

    def __init__(self, pause_every: int, stop: float):
        self.pause_every, self.stop_steps = pause_every, STOP_STEPS if stop else 0
        self.seconds = []

    def learn(self, count: int, seconds: float) -> None:
        """The first call traces and compiles: its time says nothing."""
        self.seconds.append(seconds / count)

    def steps(self, made: int, made_here: int, left: int) -> int:
        """Steps of the next call, at least 1; some are made, in all and at this scale."""
        count = 1
        if len(self.seconds) > 1:
            count = int(SECONDS_PER_CALL / max(self.seconds[-1], 1e-6))
        if self.pause_every:
            left = min(left, self.pause_every - made % self.pause_every)
        if self.stop_steps:
            left = min(left, self.stop_steps - made_here % self.stop_steps)
        return max(1, min(count, left, MOST_STEPS_PER_CALL))
