"""When the frames of a file are shown, from its packets, without decoding them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

# Of a file that does not say when its frames are shown, nor how many a second there are.
USUAL_RATE = Fraction(25)


class Timing(NamedTuple):
    """Of all frames of a file.

    Attributes:
      frames: how many there are.
      start: seconds of the first, by the file's clock.
      duration: seconds from the first frame to the end of the last.
      rate: frames a second; None where they last differently long.
    """

    frames: int
    start: Fraction
    duration: Fraction
    rate: Fraction | None

    def time_of(self, ticks: int | None, time_base: Fraction, index: int) -> Fraction:
        """Seconds after the first frame, of one at `ticks` of the file's clock, or by its index.

        At a constant rate this is a whole number of frames, however coarse the clock is.
        """
        if ticks is None:
            return index / (self.rate or USUAL_RATE)
        time = ticks * time_base - self.start
        return time if self.rate is None else round(time * self.rate) / self.rate


def timing_of(
    packets: Iterable[tuple[int | None, int]], time_base: Fraction, rates: Sequence[Fraction]
) -> Timing:
    """The timing of packets, each a frame, as (ticks when it is shown, ticks that it lasts).

    Args:
      packets: in any order; read once, none is kept.
      time_base: seconds of a tick.
      rates: frames a second that the file may have, the likelier before.
    """
    grids = [_Grid(rate, time_base) for rate in rates]
    count, least, end = 0, None, 0
    is_timed = True
    for ticks, length in packets:
        count += 1
        if ticks is None:
            is_timed = False
            continue
        least = ticks if least is None else min(least, ticks)
        end = max(end, ticks + length) if count > 1 else ticks + length
        for grid in grids:
            grid.add(ticks)
    if least is None or not is_timed:
        rate = rates[0] if rates else USUAL_RATE
        return Timing(count, (least or 0) * time_base, count / rate, rate)
    constant = next((grid.rate for grid in grids if grid.is_filled()), None)
    duration = (end - least) * time_base if constant is None else count / constant
    return Timing(count, least * time_base, duration, constant)


class _Grid:
    """Whether times are those of a constant rate, each once, to within a tick of the clock."""

    def __init__(self, rate: Fraction, tick: Fraction):
        self.rate, self._tick = rate, tick
        self._first: int | None = None
        self._fits = True
        self._count = self._sum = self._least = self._most = 0

    def add(self, ticks: int) -> None:
        """Takes a frame's time."""
        if self._first is None:
            self._first = ticks
        time = (ticks - self._first) * self._tick
        position = round(time * self.rate)
        self._fits &= abs(time - position / self.rate) <= self._tick
        self._count, self._sum = self._count + 1, self._sum + position
        self._least, self._most = min(self._least, position), max(self._most, position)

    def is_filled(self) -> bool:
        """Whether no frame is missing and none is there twice."""
        whole = (self._least + self._most) * self._count
        return self._fits and self._most - self._least + 1 == self._count and 2 * self._sum == whole
