"""Paints a film frame by frame, each held to those before it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tf_nst.config import config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.errors import NothingToPaintError, RunError
from tf_nst.io.images import Image
from tf_nst.io.inputs import NOWHERE
from tf_nst.io.styles import Styles
from tf_nst.video.flow import flow_between, moved, visible
from tf_nst.video.frames import FramePainter, Painted
from tf_nst.video.look import Look
from tf_nst.video.settings import FilmConfig
from tf_nst.video.stand_ins import shown
from tf_nst.video.tasks import Shot, Source, Task, tasks_of
from tf_nst.video.temporal import Warped, led_over, longer_where_no_shorter, nearer_more

Pixels = NDArray[np.uint8]
_LOGGER = logging.getLogger("tf_nst")


class Paints(Protocol):
    """The frames of a film at the size at which they are painted, and what is painted of them."""

    def frame(self, index: int) -> Image:
        """A frame of the film."""

    def paint(self, sweep: int, index: int) -> Image | None:
        """The paint of a frame, see `Painted`; None: it was not painted."""

    def picture(self, index: int) -> Image | None:
        """A painted frame as it is shown; None: there is none."""


def paint_task(task: Task, painter: FramePainter, paints: Paints, look: Look) -> Painted:
    """A frame as a task says, see `FramePainter.paint`."""
    before = paints.paint(task.sweep - 1, task.frame)
    return painter.paint(
        paints.frame(task.frame),
        look.styles(task.frame),
        look.places(task.frame),
        warped_sources(task, paints),
        None if before is None else before.to_float(),
    )


def warped_sources(task: Task, paints: Paints) -> dict[int, Warped]:
    """The paint that a task is held to, moved to its frame, by lag; masks that do not overlap."""
    frame = paints.frame(task.frame)
    earlier: dict[int, Warped] = {}
    later: dict[int, Warped] = {}
    for lag, sweep, index in task.sources:
        paint = paints.paint(sweep, index)
        if paint is not None:
            side = earlier if lag > 0 else later
            side[abs(lag)] = warped_to(frame, paints.frame(index), paint)
    warped = longer_where_no_shorter(earlier)
    for distance, ahead in later.items():
        warped = led_over(warped, ahead, distance)
    return warped


def warped_to(frame: Image, other: Image, paint: Image) -> Warped:
    """The paint of another frame where this one shows the same things and the other is painted.

    Args:
      paint: its alpha is how much of each pixel is painted; None: all of it.
    """
    there = flow_between(frame.pixels, other.pixels)
    back = flow_between(other.pixels, frame.pixels)
    mask = visible(there, back)
    if paint.mask is not None:
        mask *= moved(paint.mask[..., None], there)[..., 0]
    return Warped(moved(paint.to_float(), there), mask)


def between(task: Task, painter: FramePainter, paints: Paints, look: Look) -> Image:
    """A frame that is not painted: its neighbours' pictures moved there, the nearer one counting
    more, and each only where it shows the same things; what a mask keeps is the frame. Between two
    that masks keep as a whole it is painted, as a picture alone.

    Raises:
      NothingToPaintError: masks keep all of it.
      RunError: neither was painted.
    """
    frame = paints.frame(task.frame)
    share = painter.painted_share(frame, look.places(task.frame))
    warped = [
        (abs(task.frame - source.frame), warped_to(frame, paints.frame(source.frame), picture))
        for source in task.sources
        if (picture := _painted_picture(source, paints)) is not None
    ]
    if not warped:
        if not all(_is_kept(source, painter, paints, look) for source in task.sources):
            raise RunError("the painted frames before and after it are missing")
        return painter.paint(frame, look.styles(task.frame), look.places(task.frame), {}).picture
    return shown(nearer_more(warped), frame, share)


def _is_kept(source: Source, painter: FramePainter, paints: Paints, look: Look) -> bool:
    """Whether masks keep all of a frame."""
    try:
        painter.painted_share(paints.frame(source.frame), look.places(source.frame))
    except NothingToPaintError:
        return True
    return False


def _painted_picture(source: Source, paints: Paints) -> Image | None:
    """A frame as it is shown, its alpha how much of each pixel is painted; None: nothing is."""
    paint, picture = paints.paint(source.sweep, source.frame), paints.picture(source.frame)
    if paint is None or picture is None:
        return None
    return Image.from_float(picture.to_float(), picture.depth, paint.alpha)


class _Memory:
    """Frames and paint in main memory."""

    def __init__(self, frames: Sequence[Image]) -> None:
        self.frames = frames
        self.paints: dict[tuple[int, int], Image] = {}
        self.pictures: dict[int, Image] = {}

    def frame(self, index: int) -> Image:
        return self.frames[index]

    def paint(self, sweep: int, index: int) -> Image | None:
        return self.paints.get((sweep, index))

    def picture(self, index: int) -> Image | None:
        return self.pictures.get(index)


def paint_clip(
    frames: Sequence[Pixels],
    style: Styles,
    *,
    film: FilmConfig | None = None,
    shots: Sequence[Shot] = (),
    report: Callable[[str], None] = _LOGGER.warning,
    engine: Engine | None = None,
    **options: Any,
) -> Iterator[Pixels]:
    """Paints frames that follow each other.

    Args:
      frames: [H, W, 3] uint8 each, all of one size.
      style: as `tf_nst.stylize` takes it.
      film: how frames hang together; by default that of the command.
      shots: frames between cuts; by default all are one.
      report: called with plain lines.
      engine: of earlier pictures; by default a new one.
      **options: as of `tf_nst.stylize`.

    Yields:
      [h, w, 3] uint8, the painted frames in their order, each as soon as it is painted.

    Raises as `tf_nst.stylize`.
    """
    film = film or FilmConfig()
    painter = FramePainter(config_from_options(options), film, report, engine)
    memory = _Memory([painter.fitted(pixels) for pixels in frames])
    look = Look(lambda index: style, lambda index: NOWHERE)
    for number, shot in enumerate(shots or [Shot(0, len(frames))]):
        following, done = shot.start, set()
        for task in tasks_of(shot, number, film):
            _paint_in_memory(task, painter, memory, look)
            done |= {task.frame} if task.sweep == film.sweeps else set()
            while following in done:
                yield memory.pictures[following].pixels
                following += 1


def _paint_in_memory(task: Task, painter: FramePainter, memory: _Memory, look: Look) -> None:
    if task.between:
        memory.pictures[task.frame] = between(task, painter, memory, look)
        return
    painted = paint_task(task, painter, memory, look)
    memory.paints[task.sweep, task.frame] = painted.paint
    memory.pictures[task.frame] = painted.picture
