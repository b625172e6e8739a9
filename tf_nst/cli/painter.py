"""One run of the painting command, from the pictures read to the one written."""

import time
from collections.abc import Callable
from typing import NamedTuple, cast

from tf_nst.cli.first_lines import first_lines
from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests
from tf_nst.cli.results import Picture, Results
from tf_nst.cli.states import make_checkpoints, read_state
from tf_nst.cli.stop import Stop
from tf_nst.cli.terminal import say
from tf_nst.config import StylizeConfig, options_from_config
from tf_nst.engine.events import Event, Finished, StepsDone
from tf_nst.engine.failures import (
    DivergedError,
    NonFiniteLossError,
    OutOfMemoryError,
    UnfinishedError,
)
from tf_nst.engine.loop import iterate
from tf_nst.engine.state import RunState
from tf_nst.engine.strategy import worker_place
from tf_nst.errors import RunError, UserError
from tf_nst.io.checkpoints import Checkpoints
from tf_nst.io.durations import counted
from tf_nst.io.inputs import Inputs
from tf_nst.io.resume import Resumed, check_digests
from tf_nst.io.state_file import is_state
from tf_nst.io.tensorboard import TensorBoard
from tf_nst.painting import Painting, prepare


class _Run(NamedTuple):
    """A run of the command.

    Attributes:
      values: of the flags.
      began: the time.perf_counter() when it began, earlier by the time of the runs before it.
    """

    values: Values
    painting: Painting
    results: Results
    checkpoints: Checkpoints
    resumed: Resumed | None
    began: float

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def is_first_worker(self) -> bool:
        return not worker_place(self.painting.job.strategy)[0]

    @property
    def has_state(self) -> bool:
        """Whether NAME.state, where it exists, is of this run and not of an earlier one."""
        return bool(self.values.checkpoint_seconds or self.resumed)


def paint_picture(
    values: Values,
    config: StylizeConfig,
    inputs: Inputs,
    began: float,
    command: str,
    resumed: Resumed | None,
    check_names: Callable[[], None],
) -> int:
    """Paints, shows progress; the first worker writes the picture, its record and its flag file.

    Args:
      values: of the flags.
      began: the command's time.perf_counter().
      command: a line that goes on where this run ends early.
      resumed: what the run goes on from; None: it begins.
      check_names: raises UserError where files that are there by now are not to be written over.

    Returns:
      0, or 128 and the number of the signal that ended the run early, such as 130 after Ctrl-C: the
      picture so far is written.

    Raises:
      RunError: a loss is not finite or diverged, or another worker is gone (the last good picture,
        or that so far, is written), or a file cannot be.
    """
    run = _begin(values, config, inputs, began, resumed, check_names)
    with Stop() as stop:
        try:
            stopped = _paint(run, stop)
            _end(run, stopped, command)
        except RunError as error:
            explained = _explained(run, error, command)
            run.results.print_record()
            raise explained from error
        finally:
            run.checkpoints.close()
    run.results.print_record()
    return stop.exit_code if stop.signum else 0


def _begin(
    values: Values,
    config: StylizeConfig,
    inputs: Inputs,
    began: float,
    resumed: Resumed | None,
    check_names: Callable[[], None],
) -> _Run:
    """All that is there before the first step, and its lines."""
    options = {"pause_every": values.preview_every, "states": values.checkpoint_seconds > 0}
    painting = prepare(resumed.config if resumed else config, inputs, say, began=began, **options)
    if resumed:
        painting = painting._replace(config=resumed.recorded)
        check_digests(resumed, digests(painting))
        began -= resumed.description["seconds"]
    for line in first_lines(values, painting, resumed):
        say(line)
    for name, value in options_from_config(painting.config).items() if values.verbose else ():
        say(f"option   --{name}={value}")
    results = Results(values, painting, check_names)
    checkpoints = make_checkpoints(values, config, results, began)
    return _Run(values, painting, results, checkpoints, resumed, began)


def _paint(run: _Run, stop: Stop) -> bool:
    """Paints and writes the picture, or the last good one where the run fails.

    Returns whether a signal ended the steps; one that comes while the picture is written does not.
    """
    try:
        image = _iterate(run, stop)
    except DivergedError as error:
        _write(run, error.image, stopped=True)
        raise
    except UnfinishedError as error:
        if error.image is not None and run.is_first_worker:
            run.results.write_last_good(error, run.seconds)
        raise
    stopped = bool(stop.signum)
    _write(run, image, stopped=stopped)
    return stopped


def _write(run: _Run, image: Picture | None, *, stopped: bool) -> None:
    """The picture of a run, whole or so far; of several workers the first one writes it."""
    worker, workers = worker_place(run.painting.job.strategy)
    if worker:
        say(f"worker {worker + 1} of {workers} is done, the first one writes the picture")
        return
    so_far = f"stopped after {counted(run.results.history.steps, 'step')}, the picture so far is"
    run.results.write(image, so_far if stopped else "painted", run.seconds)


def _end(run: _Run, stopped: bool, command: str) -> None:
    """After the picture: the state of a finished run goes, that of one that was stopped stays."""
    if stopped:
        run.checkpoints.save()
        if run.has_state and is_state(run.checkpoints.path):
            say(f"to continue: {command}")
    elif run.has_state and run.is_first_worker:
        run.checkpoints.remove()


def _explained(run: _Run, error: RunError, command: str) -> RunError:
    """The error, with the line that goes on where there is a state to go on from."""
    # The name is another program's by now, where going on would write: the picture is elsewhere.
    taken = isinstance(error.__cause__, UserError)
    finished = taken and run.results.history.final
    if finished or isinstance(error, NonFiniteLossError | DivergedError):
        if run.has_state and run.is_first_worker:
            run.checkpoints.remove()
        return error
    # Bands of the picture may have been updated, others not, when memory ran out.
    if not isinstance(error, OutOfMemoryError):
        run.checkpoints.save()
    if taken or not (run.has_state and is_state(run.checkpoints.path)):
        return error
    return RunError(f"{error}; to continue: {command}")


def _iterate(run: _Run, stop: Stop) -> Picture:
    """Runs the job to its end or to a signal; returns the picture [1, H, W, 3]."""
    job, results = run.painting.job, run.results
    # What a state goes on from is in the monitor's files before the state is written.
    monitors = _monitors(run)
    listeners: list[Callable[[Event], None]] = [results.history, results.progress, *monitors]
    listeners.append(run.checkpoints)
    if run.values.preview_every and run.is_first_worker:
        listeners.append(results.previews())
    try:
        # Nothing here keeps the state: its pictures go as the run goes on.
        for event in iterate(job, _first_state(run), run.painting.engine):
            for listener in listeners:
                listener(event)
            if isinstance(event, StepsDone) and stop.signum:
                break
    finally:
        results.progress.close()
        for monitor in monitors:
            monitor.close()
    return cast(StepsDone | Finished, event).image


def _monitors(run: _Run) -> list[TensorBoard]:
    """Of several workers the first one has them."""
    if not (run.values.monitor and run.is_first_worker):
        return []
    return [run.results.monitor(goes_on=run.resumed is not None)]


def _first_state(run: _Run) -> RunState | None:
    """Where the run goes on; None: it begins."""
    return read_state(run.values, run.painting.job, run.resumed, run.results.history)
