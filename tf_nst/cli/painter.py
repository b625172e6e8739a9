"""One run of the painting command, from the pictures read to the one written."""

import sys
import time
from typing import Any, NamedTuple

from tf_nst.cli.first_lines import first_lines
from tf_nst.cli.record import run_digests, run_flags, run_record
from tf_nst.cli.states import make_checkpoints, read_state
from tf_nst.cli.stop import Stop
from tf_nst.config import StylizeConfig
from tf_nst.engine.events import StepsDone
from tf_nst.engine.failures import NonFiniteLossError, OutOfMemoryError, UnfinishedError
from tf_nst.engine.loop import iterate
from tf_nst.engine.state import RunState
from tf_nst.engine.strategy import worker_place
from tf_nst.errors import RunError
from tf_nst.io.checkpoints import Checkpoints
from tf_nst.io.encoding import Encoded
from tf_nst.io.flag_file import settings_bytes, settings_path
from tf_nst.io.inputs import Inputs
from tf_nst.io.listeners import History, Previews, Progress, contributions, duration
from tf_nst.io.manifest import preview_path, record_bytes, record_path
from tf_nst.io.resume import Resumed, check_digests
from tf_nst.io.writing import write_together
from tf_nst.painting import Painting, finished, prepare


class _Run(NamedTuple):
    """A run of the command.

    Attributes:
      values: of the flags.
      began: the time.perf_counter() when it began, earlier by the time of the runs before it.
    """

    values: Any
    painting: Painting
    history: History
    progress: Progress
    checkpoints: Checkpoints
    resumed: Resumed | None
    began: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def is_first_worker(self) -> bool:
        return not worker_place(self.painting.job.strategy)[0]


def paint_picture(
    values,
    config: StylizeConfig,
    inputs: Inputs,
    began: float,
    command: str,
    resumed: Resumed | None,
) -> int:
    """Paints, shows progress, writes the picture, its record and its flag file.

    Of several workers the first one writes.

    Args:
      values: of the flags.
      began: the command's time.perf_counter().
      command: a line that goes on where this run ends early.
      resumed: what the run goes on from; None: it begins.

    Returns:
      0, or 130 and 143 where Ctrl-C or SIGTERM ended the run early: the picture so far is written.

    Raises:
      RunError: a loss is not finite or another worker is gone (the last good picture is written),
        or a file cannot be.
    """
    run = _begin(values, config, inputs, began, resumed)
    with Stop() as stop:
        try:
            stopped = _paint(run, stop)
            _end(run, stopped, command)
        except RunError as error:
            raise _explained(run, error, command) from error
        finally:
            run.checkpoints.close()
    return stop.exit_code if stop.signum else 0


def _begin(values, config: StylizeConfig, inputs: Inputs, began: float, resumed) -> _Run:
    """All that is there before the first step, and its lines."""
    options = {"pause_every": values.preview_every, "states": values.checkpoint_seconds > 0}
    painting = prepare(resumed.config if resumed else config, inputs, _say, began=began, **options)
    if resumed:
        painting = painting._replace(config=resumed.recorded)
        check_digests(resumed, run_digests(painting))
        began -= resumed.description["seconds"]
    for line in first_lines(values, painting, resumed):
        _say(line)
    history = History(painting.job.scales)
    progress = Progress(painting.job.terms, painting.job.scales, sys.stdout)
    checkpoints = make_checkpoints(values, config, painting, history, progress, began)
    return _Run(values, painting, history, progress, checkpoints, resumed, began)


def _paint(run: _Run, stop: Stop) -> bool:
    """Paints and writes the picture, or the last good one where the run fails.

    Returns whether a signal ended the steps; one that comes while the picture is written does not.
    """
    worker, workers = worker_place(run.painting.job.strategy)
    try:
        image = _iterate(run, stop)
    except UnfinishedError as error:
        if error.image is not None and not worker:
            _write_last_good(run, error.image)
        raise
    stopped, ending = bool(stop.signum), "painted"
    if stopped:
        ending = f"stopped after {_steps(run.history.steps)}, the picture so far is"
    if worker:
        _say(f"worker {worker + 1} of {workers} is done, the first one writes the picture")
    else:
        _write(run, image, ending)
    return stopped


def _end(run: _Run, stopped: bool, command: str) -> None:
    """After the picture: the state of a finished run goes, that of one that was stopped stays."""
    if stopped:
        run.checkpoints.save()
        if run.checkpoints.path.exists():
            _say(f"to go on: {command}")
    elif run.is_first_worker:
        run.checkpoints.remove()


def _explained(run: _Run, error: RunError, command: str) -> RunError:
    """The error, with the line that goes on where there is a state to go on from."""
    if isinstance(error, NonFiniteLossError):
        if run.is_first_worker:
            run.checkpoints.remove()
        return error
    # Bands of the picture may have been updated, others not, when memory ran out.
    if not isinstance(error, OutOfMemoryError):
        run.checkpoints.save()
    if not run.checkpoints.path.exists():
        return error
    return RunError(f"{error}; to go on: {command}")


def _say(line: str) -> None:
    print(line, flush=True)


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count} steps"


def _iterate(run: _Run, stop: Stop):
    """Runs the job to its end or to a signal; returns the picture [1, H, W, 3]."""
    job, listeners = run.painting.job, [run.history, run.progress, run.checkpoints]
    if run.values.preview_every and run.is_first_worker:
        listeners.append(_previews(run))
    try:
        # Nothing here keeps the state: its pictures go as the run goes on.
        for event in iterate(job, _first_state(run), run.painting.engine):
            for listener in listeners:
                listener(event)
            if stop.signum and isinstance(event, StepsDone):
                break
    finally:
        run.progress.close()
    return event.image


def _first_state(run: _Run) -> RunState | None:
    """Where the run goes on; None: it begins."""
    return read_state(run.values, run.painting.job, run.resumed, run.history)


def _previews(run: _Run) -> Previews:
    path = preview_path(run.values.output)
    return Previews(
        run.values.preview_every,
        lambda image: finished(run.painting, image).save(path, run.values.output_profile),
    )


def _write(run: _Run, image, ending: str) -> None:
    """The picture, its record and its flag file, all of them or none; then the last line."""
    painting, history, output = run.painting, run.history, run.values.output
    data, notes = _encoded(run, image)
    record, settings = record_path(output), settings_path(output)
    flags = run_flags(run.values, painting, history)
    files = {
        output: data,
        record: record_bytes(run_record(painting, history, run.seconds)),
        settings: settings_bytes(output, flags, run_digests(painting)),
    }
    write_together(files)
    for note in notes:
        _say(f"note: {note}")
    loss = f"loss {_loss(painting, history.final):.4g}, " if history.final else ""
    beside = f"{record.name}, {settings.name}"
    _say(f"{ending} {output} ({loss}{duration(run.seconds)}; {beside})")


def _write_last_good(run: _Run, image) -> None:
    """The picture and the record of a run that failed; its flags would only fail again."""
    data, _ = _encoded(run, image)
    record = record_path(run.values.output)
    record_data = record_bytes(run_record(run.painting, run.history, run.seconds))
    write_together({run.values.output: data, record: record_data})
    _say(f"the last good picture is {run.values.output} ({record.name})")


def _encoded(run: _Run, image) -> Encoded:
    return finished(run.painting, image).encode(run.values.output, run.values.output_profile)


def _loss(painting: Painting, final: dict[str, float]) -> float:
    return sum(contributions(painting.job.terms, final).values())
