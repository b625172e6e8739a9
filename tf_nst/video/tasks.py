"""What is painted in which order, and what each frame is held to. Plain data, no pictures."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from typing import Any, NamedTuple

from tf_nst.video.settings import FilmConfig

# So many painted frames back; Ruder et al. 2016, section 5.2, has 1, 2 and 4 among others.
LAGS = (1, 2, 4)
# So many frames at the end of a loop's last sweep lead over to those at its start.
BRIDGE = 8
# Which frames a preview shows.
PREVIEW_EVERY = 10
# In the place of a shot.
PREVIEW = -1


class Shot(NamedTuple):
    """Frames between two cuts: the indices of its first frame, and of the one after its last."""

    start: int
    stop: int


class Source(NamedTuple):
    """A frame that is painted before another one.

    Attributes:
      lag: painted frames between both, 1 for neighbours; negative of one that follows in a loop.
      sweep: the painting of it that is meant.
      frame: its index in the film.
    """

    lag: int
    sweep: int
    frame: int


class Task(NamedTuple):
    """One painting of a frame; JSON can hold it.

    Attributes:
      frame: its index in the film.
      sweep: how often it is painted with this time; 0: small, for a preview.
      sources: what it is held to and begins with.
      between: whether it is not painted, but made of its sources.
      shot: the index of its shot; PREVIEW of a preview.
    """

    frame: int
    sweep: int
    sources: tuple[Source, ...]
    between: bool
    shot: int

    @property
    def output(self) -> str:
        """The name of its picture in the work folder."""
        name = f"{self.frame:06d}.png"
        return name if self.sweep else f"preview/{name}"


def task_of(fields: Sequence[Any]) -> Task:
    """A task from what JSON made of it."""
    task = Task(*fields)
    return task._replace(sources=tuple(Source(*source) for source in task.sources))


def preview_tasks(count: int) -> list[Task]:
    """Every tenth frame of a film of so many."""
    return [Task(index, 0, (), False, PREVIEW) for index in range(0, count, PREVIEW_EVERY)]


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
            if film.loop and sweep == film.sweeps:
                sources += _bridge(order, place, sweep)
            yield Task(index, sweep, sources, between=False, shot=number)
    for left, right in pairwise(painted):
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


def _bridge(order: Sequence[int], place: int, sweep: int) -> tuple[Source, ...]:
    """The first one of this sweep, where it follows soon in the loop."""
    distance = len(order) - place
    is_near = distance <= min(BRIDGE, len(order) // 2)
    return (Source(-distance, sweep, order[0]),) if is_near else ()


class FilmSchedule:
    """Hands out tasks in the order of their shots; those of a shot to one who asks at a time."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._shots: dict[int, deque[Task]] = {}
        for task in tasks:
            self._shots.setdefault(task.shot, deque()).append(task)
        self._free = deque(sorted(self._shots))
        self._at: dict[int, int] = {}
        self._numbers = count()

    def enter(self) -> int:
        """A number for who asks."""
        return next(self._numbers)

    def next(self, number: int) -> Task | None:
        """The next task; None: there is none that another one is not at."""
        tasks = self._shots.get(self._at.get(number, -2))
        if not tasks:
            if not self._free:
                return None
            self._at[number] = self._free.popleft()
            tasks = self._shots[self._at[number]]
        return tasks.popleft()
