"""OUTPUT.frames: the frames of a film while it is painted, from which a killed run goes on."""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.errors import RunError, UserError
from tf_nst.io.images import Image, read_image
from tf_nst.io.writing import Files, write_atomically, write_together
from tf_nst.video.tasks import Shot, Task

_FILM, _FIRST, _JOURNAL, _WRITTEN = "film.json", "first.json", "journal.jsonl", "written"
_PARTS = ("paint", "preview", "frames")
# Frames and paint that a task reads: its own, and those of its sources.
_MOST_CACHED = 16


class NotSavedError(RunError):
    """A frame was painted, and the disk does not take it."""


class Film(NamedTuple):
    """What a folder holds, as film.json has it.

    Attributes:
      identity: a sha256 of the film's file, the styles and all flags that decide the pixels.
      content: path of the film.
      style: as --style has it; empty with a fade.
      fade: as --style_fade has it, or None.
      keep: as --keep has it, or None.
      flags: {flag: text} of the painting command's flags.
      film: the options of FilmConfig.
      times: of the frames, in seconds, as fractions: "1/25".
      positions: of the frames in the file, where some cannot be read.
      shots: frames between cuts.
      notes: lines that came while the film was read.
    """

    identity: str
    content: str
    style: str
    fade: str | None
    keep: str | None
    flags: dict[str, str]
    film: dict[str, Any]
    times: tuple[str, ...]
    positions: tuple[int, ...]
    shots: tuple[Shot, ...]
    notes: tuple[str, ...] = ()


def folder_of(output: str | os.PathLike[str]) -> Path:
    """out.mp4.frames beside out.mp4."""
    return Path(f"{os.fspath(output).rstrip('/' + os.sep)}.frames")


class WorkFolder:
    """Frames, paint and pictures as files, each written whole or not at all."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._cached: dict[Path, Image] = {}

    @property
    def output(self) -> Path:
        """The film beside it."""
        return self.path.with_suffix("")

    def check(self) -> None:
        """Refuses a folder that is not of a film.

        Raises:
          UserError: there is such a file, or a folder with other files in it.
        """
        if self.path.is_dir():
            names = {path.name for path in self.path.iterdir()}
            if not names or _JOURNAL in names:
                return
        elif not os.path.lexists(self.path):
            return
        raise UserError(
            f"--output: {self.path} is needed for the frames, but exists and is not from tf_nst; "
            "expected another name for the film"
        )

    def make(self) -> None:
        """Makes the folder, for a journal. Raises UserError where it cannot."""
        self._make(self.path)

    def make_parts(self) -> None:
        """Makes the folders in it. Raises UserError where it cannot."""
        for name in _PARTS:
            self._make(self.path / name)

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise UserError(
                f"--output: the folder {folder} cannot be made ({error.strerror})"
            ) from error

    def clear(self) -> None:
        """Removes all but the journal: what was painted before film.json, so that of a removal
        that is killed no paint is left for another film's frames."""
        self._cached.clear()
        pictures = [path for path in self.path.glob("*.*") if path.stem.isdigit()]
        for path in (self.path / "paint", self.path / "preview", *pictures):
            _remove(path)
        for name in (_WRITTEN, _FIRST, _FILM, "frames"):
            _remove(self.path / name)

    def remove(self) -> None:
        """Removes the folder and all that is in it, the journal that it is known by last."""
        self.clear()
        _remove(self.path / _JOURNAL)
        shutil.rmtree(self.path, ignore_errors=True)

    def film(self) -> Film | None:
        """What the folder holds; None: not all frames are there yet."""
        try:
            film = Film(**json.loads((self.path / _FILM).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return film._replace(
            times=tuple(film.times),
            positions=tuple(film.positions),
            shots=tuple(Shot(*shot) for shot in film.shots),
            notes=tuple(film.notes),
        )

    def has_paint(self) -> bool:
        """Whether a frame was painted, of whichever film."""
        return any((self.path / "paint").glob("*"))

    def begin(self, film: Film) -> None:
        """Says what the folder holds, once all frames are there."""
        write_atomically(self.path / _FILM, json.dumps(film._asdict()).encode())

    def mark_written(self, output: str) -> None:
        """Says that the film has its name, by an empty file that is as old: on a full disk too."""
        with suppress(OSError):
            time = os.stat(output).st_mtime_ns
            (self.path / _WRITTEN).touch()
            os.utime(self.path / _WRITTEN, ns=(time, time))

    def is_written(self, output: str) -> bool:
        """Whether the film has its name, and nobody has changed it since."""
        try:
            times = [os.stat(path).st_mtime_ns for path in (output, self.path / _WRITTEN)]
        except OSError:
            return False
        return times[0] == times[1]

    def add_frame(self, index: int, frame: Image) -> None:
        """A frame of the film, at the size at which it is painted."""
        path = self._frame_path(index)
        write_atomically(path, frame.encode(path)[0])

    def frame(self, index: int) -> Image:
        """See `Paints`."""
        return self._read(self._frame_path(index))

    def paint(self, sweep: int, index: int) -> Image | None:
        """See `Paints`."""
        path = self._paint_path(sweep, index)
        return self._read(path) if path.exists() else None

    def picture(self, index: int) -> Image | None:
        """See `Paints`."""
        path = self.path / f"{index:06d}.png"
        return read_image(path) if path.exists() else None

    def is_done(self, task: Task) -> bool:
        """Whether a task was painted, or its frame with a later sweep."""
        if task.between or not task.sweep:
            return self.picture_path(task).exists()
        if self._paint_path(task.sweep, task.frame).exists():
            return True
        record = self.record(task.frame)
        return record.get("sweep", 0) > task.sweep and "failed" not in record

    def picture_path(self, task: Task) -> Path:
        """Where the picture of a task is."""
        return self.path / task.output

    def save(
        self, task: Task, picture: Image, record: dict[str, Any], paint: Image | None = None
    ) -> None:
        """What a task painted, all of it or nothing. Raises NotSavedError on a full disk."""
        path = self.picture_path(task)
        data = (json.dumps(record) + "\n").encode()
        # The last one to take its name is that by which the task is known to be done.
        files: Files = {path.with_suffix(".json"): data, path: picture.encode(path)[0]}
        if paint is not None:
            paint_path = self._paint_path(task.sweep, task.frame)
            files[paint_path] = paint.encode(paint_path)[0]
        _save(files)

    def record(self, index: int) -> dict[str, Any]:
        """What was saved with a frame's picture; empty where there is none."""
        return self._json(f"{index:06d}.json")

    def save_first(self, about: dict[str, Any]) -> None:
        """What is said of the first frame as of a picture. Raises NotSavedError as `save`."""
        _save({self.path / _FIRST: json.dumps(about).encode()})

    def first(self) -> dict[str, Any]:
        """What `save_first` was given; empty where the first frame was not painted."""
        return self._json(_FIRST)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            known: dict[str, Any] = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return known

    def _frame_path(self, index: int) -> Path:
        return self.path / "frames" / f"{index:06d}.png"

    def _paint_path(self, sweep: int, index: int) -> Path:
        return self.path / "paint" / f"{index:06d}.{sweep}.png"

    def _read(self, path: Path) -> Image:
        """A file, of the latest ones from memory: they never change."""
        image = self._cached.pop(path, None) or read_image(path)
        self._cached[path] = image
        if len(self._cached) > _MOST_CACHED:
            del self._cached[next(iter(self._cached))]
        return image


def _save(files: Files) -> None:
    try:
        write_together(files)
    except RunError as error:
        raise NotSavedError(str(error)) from error


def _remove(path: Path) -> None:
    """A file or a folder, where it is there and the system lets it go."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
