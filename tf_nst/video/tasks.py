"""What is painted in which order, and what each frame is held to. Plain data, no pictures."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tf_nst.video.settings import FilmConfig

# So many painted frames back; Ruder et al. 2016, section 5.2, has 1, 2 and 4 among others.
LAGS = (1, 2, 4)


class Shot(NamedTuple):
    """Frames between two cuts: the indices of its first frame, and of the one after its last."""

    start: int
    stop: int


class Source(NamedTuple):
    """A frame that is painted before another one.

    Attributes:
      lag: painted frames between both, 1 for neighbours.
      sweep: the painting of it that is meant.
      index: of the frame in the film.
    """

    lag: int
    sweep: int
    index: int


class Task(NamedTuple):
    """One painting of a frame; JSON can hold it.

    Attributes:
      index: of the frame in the film.
      sweep: how often it is painted with this time.
      sources: what it is held to and begins with.
      between: whether it is not painted, but made of its sources.
      shot: the index of its shot.
    """

    index: int
    sweep: int
    sources: tuple[Source, ...]
    between: bool
    shot: int

    @property
    def output(self) -> str:
        """The name of its picture."""
        return f"{self.index:06d}.png"


def tasks_of(shot: Shot, number: int, film: FilmConfig) -> Iterator[Task]:
    """All tasks of a shot, in an order in which each finds its sources painted.

    Args:
      number: of the shot.
    """
    painted = list(range(shot.start, shot.stop, film.every))
    if painted[-1] != shot.stop - 1:
        painted.append(shot.stop - 1)
    for sweep in range(1, film.sweeps + 1):
        order = painted if sweep % 2 else painted[::-1]
        for place, index in enumerate(order):
            sources = _sources(order, place, sweep, loop=film.loop and sweep > 1)
            yield Task(index, sweep, sources, between=False, shot=number)
    for left, right in zip(painted, painted[1:], strict=False):
        ends = Source(1, film.sweeps, left), Source(1, film.sweeps, right)
        for index in range(left + 1, right):
            yield Task(index, film.sweeps, ends, between=True, shot=number)


def _sources(order: Sequence[int], place: int, sweep: int, *, loop: bool) -> tuple[Source, ...]:
    """Those before it in this sweep; of a loop those before its start in the sweep before, too."""
    sources = [Source(lag, sweep, order[place - lag]) for lag in LAGS if lag <= place]
    if loop:
        sources += [
            Source(lag, sweep - 1, order[place - lag]) for lag in LAGS if place < lag < len(order)
        ]
    return tuple(sources)
