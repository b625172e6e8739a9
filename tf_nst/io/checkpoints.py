"""A listener that keeps NAME.state while a run paints."""

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from tf_nst.engine.arrays import to_arrays
from tf_nst.engine.events import Event, ScaleStarted, Snapshot, StepsDone
from tf_nst.engine.state import RunState
from tf_nst.errors import NstError
from tf_nst.io.listeners import Clock, History
from tf_nst.io.locking import claim
from tf_nst.io.state_file import remove_state, write_state

# Of the time of a run, what its states may take of the painting: the next one waits until the last
# was worth it.
MOST_SHARE = 0.02


class Checkpoints:
    """Keeps the latest state in a file: at every end of a scale and every `seconds`.

    The state is taken between two calls of the compiled steps and written by another thread.

    Attributes:
      path: of the file.
      writing: the state that another thread writes now; None where none is.
    """

    def __init__(
        self,
        path: Path,
        seconds: float,
        describe: Callable[[], dict[str, Any]],
        history: History,
        report: Callable[[str], None],
        *,
        background: bool = True,
        takes_over: bool = False,
        clock: Clock = time.perf_counter,
    ) -> None:
        """Takes where, how often, and what a file says besides the state and the history.

        Args:
          seconds: 0: never.
          report: called with a line where a state cannot be written; the run goes on.
          background: whether the next steps may begin before the file is written.
          takes_over: whether a state that is there, and no living run's, counts as this run's.
        """
        self.path, self._seconds, self._describe = path, seconds, describe
        self._history, self._report, self._background = history, report, background
        self._clock, self._next, self._due = clock, clock() + seconds, False
        self._taken = self._lost = 0.0
        self._pool = ThreadPoolExecutor(1)
        self.writing: Future[tuple[float, int | None]] | None = None
        self._snapshot: Snapshot | None = None
        self._scale: int | None = None
        self._file = claim(path) if takes_over else None
        self._reported = ""

    def __call__(self, event: Event) -> None:
        self._snapshot = event.snapshot
        if isinstance(event, ScaleStarted):
            self._due |= self._scale not in (None, event.index)
            self._scale = event.index
        if self.writing is not None and self.writing.done():
            self._wait()
        if self._seconds and isinstance(event, ScaleStarted | StepsDone):
            self._due |= self._clock() >= self._next
            if self._due and self.writing is None and self._snapshot:
                self._write(self._snapshot)

    def save(self) -> None:
        """Writes the state at the latest event; returns once it is on the disk."""
        if self._seconds and self._snapshot:
            self._write(self._snapshot)
            self._wait()

    def close(self) -> None:
        """Waits for what is being written; the state is no living run's any more."""
        self._wait()
        self._pool.shutdown()
        self._snapshot = None
        self._keep_locked(None)

    def remove(self) -> None:
        """The run is finished: its state is no longer needed; that of another run stays."""
        self._wait()
        remove_state(self.path, self._file)

    def _write(self, snapshot: Snapshot) -> None:
        self._wait()
        began = self._clock()
        try:
            taken = self._taken_now(snapshot())
            self.writing = self._pool.submit(_write_timed, self.path, *taken)
        except Exception as error:
            self._fail(error)
        if not self._background:
            self._wait()
        self._taken, self._due = self._clock(), False
        self._lost = self._taken - began
        self._plan_next(0.0)

    def _taken_now(self, state: RunState) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """The description and the arrays of a state at the latest event."""
        description = {**self._describe(), "scale": state.scale, "step": state.step}
        description["history"], losses = self._history.to_arrays()
        return description, to_arrays(state) | {"losses": losses}

    def _wait(self) -> None:
        """Returns once nothing is being written; reports what went wrong."""
        if self.writing is None:
            return
        try:
            seconds, descriptor = self.writing.result()
            self._keep_locked(descriptor)
            self._plan_next(seconds)
        except Exception as error:
            self._fail(error)
        finally:
            self.writing = None

    def _keep_locked(self, descriptor: int | None) -> None:
        """Keeps the state locked that is now this run's, and no earlier one."""
        if self._file is not None:
            os.close(self._file)
        self._file = descriptor

    def _fail(self, error: Exception) -> None:
        """Whatever kept a state from being written is a line, not said again next time."""
        line = str(error)
        if not isinstance(error, NstError):
            reason = " ".join([f"{type(error).__name__}:", *line.split()]).removesuffix(":")
            line = f"{self.path} cannot be written: {reason}"
        if line != self._reported:
            self._report(line)
        self._reported = line

    def _plan_next(self, seconds_of_writing: float) -> None:
        lost = self._lost + seconds_of_writing
        self._next = self._taken + max(self._seconds, lost / MOST_SHARE)


def _write_timed(
    path: Path, description: dict[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> tuple[float, int | None]:
    """Writes a state. Returns the seconds that the painting would have used of the processors, and
    what `write_state` does."""
    began = time.thread_time()
    descriptor = write_state(path, description, arrays)
    return (time.thread_time() - began) / (os.cpu_count() or 1), descriptor
