"""Paints one job after the other with one engine."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import tensorflow as tf

from tf_nst.batch.done import JOB, is_done, job_digest
from tf_nst.batch.flags import painting_values
from tf_nst.batch.plan import Job
from tf_nst.batch.report import FAILED, PAINTED, SKIPPED, Result
from tf_nst.cli.command import reason
from tf_nst.cli.flags import config_from_flags, places_from_flags, styles_from_flags
from tf_nst.cli.output_flags import check_encoding
from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests, flags_of, record_of
from tf_nst.config import StylizeConfig
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Finished, Note
from tf_nst.engine.loop import iterate
from tf_nst.errors import UserError
from tf_nst.io.areas import Places
from tf_nst.io.flag_file import settings_bytes
from tf_nst.io.inputs import Inputs, read_inputs
from tf_nst.io.listeners import History
from tf_nst.io.manifest import check_sidecars, record_bytes, sidecar_files
from tf_nst.io.outcome import notes_on_loss
from tf_nst.io.writing import check_output, check_size, write_together
from tf_nst.painting import Painting, finished, prepare


class _Run(NamedTuple):
    """A job while it is painted.

    Attributes:
      values: of the painting command's flags.
      digest: of what its files held when it began: with others it is painted again.
      notes: for the user.
      began: the time.perf_counter() when it began.
    """

    values: Values
    digest: str
    notes: list[str]
    began: float

    @property
    def path(self) -> Path:
        """Of the picture."""
        return Path(self.values.output)


def make_painter(out: str) -> Callable[[list[Any]], Result]:
    """What paints jobs, given by their fields, to a folder; see tf_nst/batch/worker.py."""
    engine = Engine()
    return lambda fields: paint(Job(*fields), out, engine)


def paint(job: Job, out: str, engine: Engine) -> Result:
    """Paints a job and writes its picture, record and flag file, all or none of them.

    What is there already is skipped; what fails is the result's reason: nothing is raised.
    """
    began = time.perf_counter()
    try:
        if is_done(job, out):
            return Result(job.output, SKIPPED)
        output = str(Path(out, job.output))
        values = painting_values(job.content, job.style, output, job.flags)
        run = _Run(values, job_digest(job), [], began)
        _paint(run, engine)
    except Exception as error:
        seconds = time.perf_counter() - began
        return Result(job.output, FAILED, reason(error), round(seconds, 3))
    seconds = time.perf_counter() - began
    return Result(job.output, PAINTED, "", round(seconds, 3), tuple(run.notes))


def _paint(run: _Run, engine: Engine) -> None:
    config = config_from_flags(run.values)
    check_encoding(run.values)
    inputs = _read(run, config)
    painting = prepare(config, inputs, run.notes.append, began=run.began, engine=engine)
    history = History(painting.job.scales)
    for event in iterate(painting.job, None, engine):
        history(event)
        _listen(run, event)
    _write(run, painting, history, cast(Finished, event).image)


def _read(run: _Run, config: StylizeConfig) -> Inputs:
    """The pictures, where the output can be written."""
    values = run.values
    try:
        run.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"cannot be made ({error.strerror})"
        raise UserError(f"--out: the folder {run.path.parent} {reason}") from error
    check_output(values.output, "--out")
    check_sidecars(values.output, "--out")
    places: dict[str, Any] = places_from_flags(values)
    styles = styles_from_flags(values)
    inputs = read_inputs(
        config, values.content, styles, Places(**places), keep_metadata=values.keep_metadata
    )
    check_size(values.output, inputs.content.height, inputs.content.width, "--out")
    run.notes.extend(inputs.notes)
    return inputs


def _listen(run: _Run, event: Event) -> None:
    if isinstance(event, Note):
        run.notes.append(event.line)


def _write(run: _Run, painting: Painting, history: History, image: tf.Tensor) -> None:
    values, path = run.values, run.path
    picture = finished(painting, image, int(values.bits) if values.bits else None)
    exif = painting.inputs.content.exif
    data, notes = picture.encode(path, values.output_profile, exif, values.quality)
    seconds = time.perf_counter() - run.began
    record = record_of(values, painting, history, picture, seconds, path)
    record = {JOB: run.digest, **record}
    flags = settings_bytes(path, flags_of(values, painting, history, path), digests(painting))
    files = {path: data, **sidecar_files(path, record_bytes(path, record), flags, "all")}
    write_together(files, partial(check_sidecars, values.output, "--out"))
    run.notes.extend([*notes, *notes_on_loss(painting.job.terms, history)])
