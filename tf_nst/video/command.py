"""`tf-nst video`: a film painted without flicker."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tf_nst.batch.pool import Pool
from tf_nst.batch.report import LEFT, Journal, Result
from tf_nst.cli.command import run_command
from tf_nst.cli.parsing import Values
from tf_nst.cli.stop import Stop
from tf_nst.cli.terminal import say
from tf_nst.errors import RunError, UserError
from tf_nst.io.durations import counted, duration
from tf_nst.io.manifest import names_of
from tf_nst.video.assembly import (
    failed_frames,
    kept_line,
    preview_path,
    write_film,
    write_preview,
    write_sidecars,
)
from tf_nst.video.extra import load_cv2
from tf_nst.video.flags import VIDEO_FLAGS, film_config
from tf_nst.video.ingest import check_first, check_flags, identity_of, ingest
from tf_nst.video.output_check import check_output
from tf_nst.video.progress import FilmProgress
from tf_nst.video.reader import ClipReader
from tf_nst.video.reading import open_clip
from tf_nst.video.tasks import FilmSchedule, Task, preview_tasks, tasks_of
from tf_nst.video.work_folder import Film, WorkFolder, folder_of

USAGE = """\
tf-nst video FILM PAINTING [-o FILM] [flags]
tf-nst video FILM --style_fade=A.jpg@0s,B.jpg@10s [-o FILM] [flags]

Paints a film in the manner of the painting, each frame held to those before it
along the movement, so that nothing flickers. Its sound is kept. While it is
painted its frames are in FILM.frames, from which the same command goes on
where it was stopped or killed; beside the film are its record, NAME.json, and a
flag file that paints it again, NAME.cfg."""

TABLES = {"": VIDEO_FLAGS}
PAINTER = "tf_nst.video.film_painter"
# How often it is looked whether a signal came.
_PAUSE = 0.2


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, VIDEO_FLAGS, USAGE, paint_film)


def paint_film(values: Values) -> int:
    """Paints the film of parsed flags.

    Returns:
      0, or 128 and the number of the signal that ended it early.

    Raises:
      UserError: flags, a film, styles or masks that are no good.
      RunError: frames failed, the film has others in their place; or it cannot be written.
    """
    began = time.perf_counter()
    check_flags(values)
    load_cv2()
    with open_clip(values.content, "--content") as clip:
        folder = WorkFolder(folder_of(values.output))
        check_names = None if _is_written(folder, values) else check_output(values, clip)
        check_first(values, clip)
        folder.check()
        folder.make()
        journal = Journal(folder.path, "--output")
        try:
            _prepare(folder, values)
            with Stop() as stop:
                return _paint(_Run(values, clip, folder, journal, stop, began, check_names))
        finally:
            journal.close()


class _Run(NamedTuple):
    """A run of the command.

    Attributes:
      began: the time.perf_counter() when it began.
      check_names: raises where files that are there by now are not to be written over; None: only
        the record is missing.
    """

    values: Values
    clip: ClipReader
    folder: WorkFolder
    journal: Journal
    stop: Stop
    began: float
    check_names: Callable[[], None] | None

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began


def _is_written(folder: WorkFolder, values: Values) -> bool:
    """Whether a run of the same command ended between the film and its record."""
    film = folder.film() if folder.is_written(values.output) else None
    return film is not None and film.identity == identity_of(values)


def _prepare(folder: WorkFolder, values: Values) -> None:
    """Makes the locked folder ready for the film; another film's frames go where that is wanted,
    and those of which nobody knows the film.

    Raises:
      UserError: it is of another film.
    """
    film = folder.film()
    if film is None:
        if folder.has_paint():
            say(f"note: {folder.path} does not say of which film its frames are: it begins again")
        folder.clear()
    elif film.identity != identity_of(values):
        if values.overwrite != "true":
            raise UserError(
                f"--output: {folder.path} has the frames of another film or of other flags; "
                "expected the same command, another --output, or --overwrite=true"
            )
        folder.clear()
    folder.make_parts()


def _paint(run: _Run) -> int:
    film = _ingest(run)
    if film is None:
        return _stopped(run)
    for line in _first_lines(run, film):
        say(line)
    notes = _paint_tasks(run, film)
    if run.stop.signum:
        return _stopped(run)
    notes += kept_line(film, run.folder)
    if run.check_names:
        notes += write_film(run.values, film, run.folder, run.clip.info, run.check_names)
        run.folder.mark_written(run.values.output)
    write_sidecars(run.values, film, run.folder, run.seconds)
    for note in dict.fromkeys(notes):
        say(f"note: {note}")
    return _end(run, film)


def _ingest(run: _Run) -> Film | None:
    """See `ingest`; of a film that is refused nothing is left."""
    try:
        return ingest(run.values, run.clip, run.folder, lambda: bool(run.stop.signum))
    except UserError:
        _remove_folder(run)
        raise


def _first_lines(run: _Run, film: Film) -> list[str]:
    height, width = run.folder.frame(0).size
    seconds, shots = float(run.clip.info.duration), counted(len(film.shots), "shot")
    return [
        f"film     {len(film.times)} frames of {width}×{height}, {seconds:.1f} s, {shots}",
        *(f"note: {note}" for note in film.notes),
    ]


def _paint_tasks(run: _Run, film: Film) -> list[str]:
    """Paints what is left; returns notes.

    Raises:
      RunError: a process does not start, or the disk takes no more frames.
    """
    small = preview_tasks(len(film.times)) if run.values.preview else []
    config = film_config(run.values)
    shots = enumerate(film.shots)
    tasks = [task for number, shot in shots for task in tasks_of(shot, number, config)]
    left = [task for task in (*small, *tasks) if not run.folder.is_done(task)]
    missing = {task.output for task in small if task in left}
    if small and not missing and not preview_path(run.values.output).exists():
        _write_preview(run, small)
    if not left:
        return []
    total = len(small) + len(tasks)
    progress = FilmProgress(total, total - len(left), say, time.monotonic)

    def listen(result: Result) -> None:
        if result.status == LEFT:
            raise RunError(
                f"{result.reason}; the same command goes on with the frames in {run.folder.path}"
            )
        progress(result)
        if result.picture in missing:
            missing.remove(result.picture)
            if not missing:
                _write_preview(run, small)

    _run_pool(run, film, FilmSchedule(left), listen)
    return list(progress.notes)


def _write_preview(run: _Run, small: Sequence[Task]) -> None:
    path = write_preview(run.values.output, run.folder, small)
    say(f"preview  {path}" if path else "note: no preview: all its frames failed")


def _run_pool(
    run: _Run, film: Film, schedule: FilmSchedule, listen: Callable[[Result], None]
) -> None:
    def stopped() -> bool:
        return bool(run.stop.signum)

    pool = Pool(schedule, str(run.folder.path), run.journal, listen, stopped, PAINTER)
    largest = {"flags": film.flags, "shape": run.folder.frame(0).size}
    # By all shots, not by those that are left: a film that goes on has the processes, and with them
    # the threads and the rounding, with which it began.
    course = pool.start(largest, run.values.processes, len(film.shots))
    say(f"         processes: {course.processes}, threads of each: {course.threads or 'all'}")
    while not pool.wait(_PAUSE):
        pass  # where the signals are heard
    if pool.failure:
        raise pool.failure


def _stopped(run: _Run) -> int:
    say(f"stopped: the same command goes on with the frames in {run.folder.path}")
    return run.stop.exit_code


def _end(run: _Run, film: Film) -> int:
    """The last line, and the exit code."""
    output, failed = run.values.output, failed_frames(film, run.folder)
    _remove_folder(run)
    _, record, flag_file = names_of(output)
    about = f"{output} ({len(film.times)} frames, {duration(run.seconds)}; "
    if failed:
        first, why = next(iter(failed.items()))
        raise RunError(
            f"{about}{record.name} lists them): {len(failed)} frames failed and show others, moved "
            f"along, the first being frame {first}: {why}"
        )
    say(f"painted  {about}{record.name}, {flag_file.name})")
    return 0


def _remove_folder(run: _Run) -> None:
    run.journal.close()
    run.folder.remove()
