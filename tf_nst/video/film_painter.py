"""Paints the tasks of a film in a process of their own, from and to its work folder."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tf_nst.batch.report import FAILED, LEFT, PAINTED, SKIPPED, Result
from tf_nst.cli.command import reason
from tf_nst.cli.flags import config_from_flags
from tf_nst.cli.records import digests, flags_of, record_of
from tf_nst.config import StylizeConfig
from tf_nst.engine.engine import Engine
from tf_nst.errors import NothingToPaintError, RunError
from tf_nst.io.images import Image
from tf_nst.video.flow import kept
from tf_nst.video.frames import FramePainter, Painted
from tf_nst.video.look import frame_values, look_of
from tf_nst.video.painter import between, paint_task
from tf_nst.video.settings import FilmConfig
from tf_nst.video.stand_ins import stand_in
from tf_nst.video.tasks import Task, task_of
from tf_nst.video.work_folder import NotSavedError, WorkFolder

PREVIEW_SIZE, PREVIEW_STEPS = 192, 50


def make_painter(out: str) -> Callable[[list[Any]], Result]:
    """What paints the tasks, given by their fields, of a work folder; see tf_nst/batch/worker.py.

    Raises:
      RunError: the folder is not there any more.
    """
    painter = FilmPainter(WorkFolder(out))
    return lambda fields: painter.paint(task_of(fields))


class FilmPainter:
    """Paints a film's tasks one by one."""

    def __init__(self, folder: WorkFolder) -> None:
        film = folder.film()
        if film is None:
            raise RunError(f"{folder.path} has no film any more")
        self._folder, self._film = folder, film
        self._notes: list[str] = []
        self.engine = Engine()
        self._values = frame_values(film)
        self._config = config_from_flags(self._values)
        self._look = look_of(film)
        self._painter = self._painter_of(self._config)
        self._small: FramePainter | None = None

    def paint(self, task: Task) -> Result:
        """Paints a task and saves what it painted. What fails is the result's reason: the frame
        before is kept, moved along; nothing is raised. A task that cannot be saved is LEFT."""
        began = time.perf_counter()
        self._notes.clear()
        if self._folder.is_done(task):
            return Result(task.output, SKIPPED)
        try:
            why = self._paint_or_keep(task)
        except NotSavedError as error:
            return Result(task.output, LEFT, reason(error))
        seconds = round(time.perf_counter() - began, 3)
        if why:
            return Result(task.output, FAILED, why, seconds)
        return Result(task.output, PAINTED, "", seconds, tuple(self._notes))

    def _paint_or_keep(self, task: Task) -> str:
        """Why something else is in the place of what the task was to paint; empty: nothing is."""
        try:
            self._paint(task)
        except NotSavedError:
            raise
        except Exception as error:
            self._keep_before(task, reason(error))
            return reason(error)
        return ""

    def _paint(self, task: Task) -> None:
        if not task.sweep:
            self._folder.save(task, self._preview(task), {})
            return
        try:
            self._paint_frame(task)
        except NothingToPaintError:
            # A mask that keeps this frame: nothing of it is seen, so that none is held to it.
            kept_frame = self._folder.frame(task.frame)
            self._folder.save(task, kept_frame, {"sweep": task.sweep, "kept": True})

    def _paint_frame(self, task: Task) -> None:
        if task.between:
            picture = between(task, self._painter, self._folder, self._look)
            self._folder.save(task, picture, {"between": True})
            return
        painted = paint_task(task, self._painter, self._folder, self._look)
        if task.frame == 0 and task.sweep == 1:
            self._folder.save_first(self._about_first(painted))
        self._folder.save(task, painted.picture, self._record(task, painted), painted.paint)

    def _preview(self, task: Task) -> Image:
        """A frame alone, small."""
        if self._small is None:
            size = min(PREVIEW_SIZE, self._config.size)
            small = replace(self._config, size=size, steps=(PREVIEW_STEPS,), scales=0, tile="auto")
            self._small = self._painter_of(small)
        frame = self._small.fitted(self._folder.frame(task.frame).pixels)
        styles, places = self._look.styles(task.frame), self._look.places(task.frame)
        try:
            return self._small.paint(frame, styles, places, {}).picture
        except NothingToPaintError:
            return frame

    def _painter_of(self, config: StylizeConfig) -> FramePainter:
        return FramePainter(config, FilmConfig(**self._film.film), self._notes.append, self.engine)

    def _record(self, task: Task, painted: Painted) -> dict[str, Any]:
        history = painted.history
        return {
            "sweep": task.sweep,
            "steps": history.steps,
            "seconds": round(painted.seconds, 3),
            "final": history.final,
        }

    def _about_first(self, painted: Painted) -> dict[str, Any]:
        """What is said of a picture."""
        painting, path = painted.painting, self._folder.output
        run = self._values, painting, painted.history
        record = record_of(*run, painted.picture, painted.seconds, path)
        return {"record": record, "flags": flags_of(*run, path), "digests": digests(painting)}

    def _keep_before(self, task: Task, why: str) -> None:
        """Something in the place of a frame that failed, so that those after it go on: its own
        painting of the sweep before, else the frame before it, else the film's."""
        if not task.sweep:
            return
        paint = self._folder.paint(task.sweep - 1, task.frame)
        picture = self._folder.picture(task.frame) if paint else None
        frame = self._folder.frame(task.frame)
        for _, sweep, index in () if paint else task.sources[:1]:
            other = self._folder.frame(index)
            if before := self._folder.paint(sweep, index):
                paint = kept(frame, other, before)
            if shown := self._folder.picture(index):
                places = self._look.places(task.frame)
                picture = stand_in(shown, other, frame, self._config, places)
        record = {"sweep": task.sweep, "failed": why}
        # The film itself is no paint: none is held to it.
        self._folder.save(task, picture or frame, record, None if task.between else paint)
