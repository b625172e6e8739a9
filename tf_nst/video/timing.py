"""When the frames of a file are shown, from its packets, without decoding them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple

# Of a file that does not say when its frames are shown, nor how many a second there are.
USUAL_RATE = Fraction(25)
# Seconds: a clock that falls back further begins anew, as where files were joined.
JUMP = Fraction(1, 2)
# Seconds: MPEG's clock that goes further ahead from a packet to the next is another one, which may
# be an earlier one too: FFmpeg takes it for the same one that has begun anew after 2**33 ticks.
LEAP = 10
# Seconds by which sound may begin before the pictures of its file, or end after them.
SLACK = 4


class Jump(NamedTuple):
    """Where the clock of a file jumps.

    Attributes:
      packet: index of the first packet by the new clock, among those of the pictures.
      seconds: that are to be added to the clock from there on, more than before.
    """

    packet: int
    seconds: Fraction


class Timing(NamedTuple):
    """Of all frames of a file.

    Attributes:
      frames: how many there are.
      start: seconds of the first, by the file's clock.
      duration: seconds from the first frame to the end of the last.
      rate: frames a second; None where they last differently long.
      jumps: of the file's clock; `start` is by the clock before the first.
      is_by_index: whether frames are shown at a constant rate whatever their ticks are.
    """

    frames: int
    start: Fraction
    duration: Fraction
    rate: Fraction | None
    jumps: tuple[Jump, ...] = ()
    is_by_index: bool = False

    def time_of(self, ticks: int | None, time_base: Fraction, index: int) -> Fraction:
        """Seconds after the first frame, of one at `ticks` of the file's clock, or by its index.

        At a constant rate this is a whole number of frames, however coarse the clock is.
        """
        if ticks is None or self.is_by_index:
            return index / (self.rate or USUAL_RATE)
        time = ticks * time_base - self.start
        return time if self.rate is None else round(time * self.rate) / self.rate


class JumpFinder:
    """Finds where the clock of a file jumps, from its packets in the order of the file.

    Attributes:
      jumps: as `Timing` has them.
    """

    def __init__(self, time_base: Fraction, is_mpeg: bool = False) -> None:
        """`is_mpeg`: whether files of this kind are joined by their bytes."""
        self.jumps: list[Jump] = []
        self._time_base, self._is_mpeg = time_base, is_mpeg
        self._index = -1
        self._shift = self._end = 0
        self._before: int | None = None
        self._heard: list[int] = []

    def hear(self, ticks: int) -> None:
        """Takes the time of a packet of sound: where there is one, pictures are only far apart."""
        heappush(self._heard, ticks)

    def steady(
        self, ticks: int | None, decoded: int | None, length: int, is_key: bool = False
    ) -> int | None:
        """The ticks at which a frame is shown by a clock that goes on.

        Args:
          ticks: when it is shown.
          decoded: when it is decoded; never before the packet before it, but for a jump.
          length: ticks that it lasts.
          is_key: whether it is decoded without others, as the first frame of a file.
        """
        self._index += 1
        if ticks is None:
            return None
        if decoded is not None:
            if self._before is not None:
                self._follow(ticks, decoded, self._before, is_key)
            self._before = decoded + self._shift
            while self._heard and self._heard[0] + self._shift <= self._before:
                heappop(self._heard)
        self._end = max(self._end, ticks + self._shift + length)
        return ticks + self._shift

    def _follow(self, ticks: int, decoded: int, before: int, is_key: bool) -> None:
        """Sets what is added to the ticks, and notes where it changes."""
        if self._is_jump(decoded + self._shift - before, before, is_key):
            shift = self._end - ticks
            self.jumps.append(Jump(self._index, (shift - self._shift) * self._time_base))
            self._shift = shift
            self._heard.clear()

    def _is_jump(self, step: int, before: int, is_key: bool) -> bool:
        """Whether ticks from a packet to the next are not those of one clock."""
        if step * self._time_base < -JUMP or not self._is_mpeg:
            return step * self._time_base < -JUMP
        if step * self._time_base > LEAP:
            slack = SLACK / self._time_base
            sounds = (ticks + self._shift - before for ticks in self._heard)
            return not any(slack < ticks < step - slack for ticks in sounds)
        return is_key and step < 0


class Clock:
    """The clock of a stream of sound, which goes on where that of the pictures jumps."""

    def __init__(self, jumps: Sequence[Jump], time_base: Fraction) -> None:
        """`jumps`: as `Timing` has them."""
        self._jumps = [round(jump.seconds / time_base) for jump in jumps]
        self._least = round(JUMP / time_base)
        self._before: int | None = None
        self._shift = 0

    def steady(self, ticks: int) -> int:
        """Ticks in the order of their time, each after those before it but for the jumps."""
        step = 0 if self._before is None else ticks - self._before
        if self._jumps and self._is_jump(step, self._jumps[0]):
            self._shift += self._jumps.pop(0)
        self._before = ticks
        return ticks + self._shift

    def _is_jump(self, step: int, jump: int) -> bool:
        """Whether a step is that jump; sound begins and ends a little before or after pictures."""
        return -step > min(self._least, jump / 2) if jump > 0 else step > -jump / 2


def timing_of(
    packets: Iterable[tuple[int | None, int]], time_base: Fraction, rates: Sequence[Fraction]
) -> Timing:
    """The timing of packets, each a frame, as (ticks when it is shown, ticks that it lasts).

    Where each frame is two packets, of a field each, only the first has ticks.

    Args:
      packets: in any order; read once, none is kept.
      time_base: seconds of a tick.
      rates: frames a second that the file may have, the likelier before.
    """
    grids = [_Grid(rate, time_base) for rate in rates]
    count, untimed, least, end = 0, 0, None, 0
    for ticks, length in packets:
        if ticks is None:
            untimed += 1
            continue
        count += 1
        least = ticks if least is None else min(least, ticks)
        end = max(end, ticks + length) if count > 1 else ticks + length
        for grid in grids:
            grid.add(ticks)
    constant = next((grid.rate for grid in grids if grid.is_filled()), None)
    rate = constant or (rates[0] if rates else USUAL_RATE)
    seconds = (end - (least or 0)) * time_base
    if least is None or not _are_fields(untimed, count, seconds * rate):
        rate, count = rates[0] if rates else USUAL_RATE, count + untimed
        return Timing(count, (least or 0) * time_base, count / rate, rate)
    duration = seconds if constant is None else count / constant
    return Timing(count, least * time_base, duration, constant)


def _are_fields(untimed: int, timed: int, frames: Fraction) -> bool:
    """Whether packets without a time are no frames, in a time of about so many frames."""
    return untimed <= timed and abs(frames - timed) <= abs(frames - timed - untimed)


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
