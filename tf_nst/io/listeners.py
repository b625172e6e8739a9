"""Callables on the engine's events: history, progress, previews. To add a monitor, add one here."""

import shutil
import time
from collections.abc import Callable
from typing import Any, Protocol, TextIO

import numpy as np
from numpy.typing import NDArray

from tf_nst.engine.events import Event, Finished, Note, ScaleStarted, StepsDone
from tf_nst.io.durations import duration
from tf_nst.objective.terms import Term
from tf_nst.planning.schedule import Scale


def contributions(
    terms: tuple[Term, ...], values: dict[str, float], picture: int = 0
) -> dict[str, float]:
    """{role: sum of weight * value}: content, style and variation, which add up to the loss.

    Args:
      values: {term: unweighted value} of one picture.
      picture: its index in the batch.
    """
    shares: dict[str, float] = {}
    for term in terms:
        shares[term.role] = shares.get(term.role, 0.0) + term.weight_of(picture) * values[term.name]
    return shares


class History:
    """Keeps every term's value at every step, for the record: {term: [float]}, unweighted.

    `steps_of_scales` are the steps of each scale so far, in the order of the scales, and
    `cores_of_scales` the cores of the windows that each was painted by; None without steps.
    """

    def __init__(self, scales: tuple[Scale, ...]) -> None:
        self.steps_of_scales = [0] * len(scales)
        self.cores_of_scales: list[int | None] = [None] * len(scales)
        self.values: dict[str, list[float]] = {}
        self.final: dict[str, float] = {}
        self.seconds = 0.0

    def __call__(self, event: Event) -> None:
        if isinstance(event, ScaleStarted):
            self.index = event.index
        elif isinstance(event, StepsDone):
            self.seconds += event.seconds
            self.cores_of_scales[self.index] = event.core
            self.steps_of_scales[self.index] += event.step - self.steps
            for name, values in event.values.items():
                self.values.setdefault(name, []).extend(float(value) for value in values[:, 0])
        elif isinstance(event, Finished):
            self.final = {name: float(value[0]) for name, value in event.values.items()}

    @property
    def steps(self) -> int:
        """Steps so far."""
        return len(next(iter(self.values.values()), []))

    def to_arrays(self) -> tuple[dict[str, Any], NDArray[np.float32]]:
        """What `restore` takes: what JSON can hold, and the values [terms, steps] float32."""
        description = {
            "steps_of_scales": list(self.steps_of_scales),
            "cores_of_scales": list(self.cores_of_scales),
            "seconds": self.seconds,
            "terms": list(self.values),
        }
        return description, np.array(list(self.values.values()), np.float32)

    def restore(self, description: dict[str, Any], values: NDArray[np.float32]) -> None:
        """The history of a run that goes on, as `to_arrays` gave it.

        Raises:
          KeyError, TypeError, ValueError: it did not.
        """
        names, steps = description["terms"], list(description["steps_of_scales"])
        cores = list(description["cores_of_scales"])
        if values.shape != ((len(names), sum(steps)) if names else (0,)):
            raise ValueError(f"losses: expected [terms, steps], received {list(values.shape)}")
        if not len(cores) == len(steps) == len(self.steps_of_scales):
            raise ValueError(f"expected {len(self.steps_of_scales)} scales, received {len(steps)}")
        self.steps_of_scales, self.cores_of_scales = steps, cores
        self.seconds = float(description["seconds"])
        self.values = {name: row.tolist() for name, row in zip(names, values, strict=True)}


class Clock(Protocol):
    """Seconds from any start, as time.perf_counter gives them."""

    def __call__(self) -> float: ...


class Progress:
    """One line that is overwritten; where the stream is no terminal, a line for each tenth.

    A line for each report, if `verbose`; one at each scale, before its steps are prepared.

    Shows the step, the size, steps per second at this size, time left, and the weighted loss by
    role.
    """

    def __init__(
        self,
        terms: tuple[Term, ...],
        scales: tuple[Scale, ...],
        stream: TextIO,
        clock: Clock = time.perf_counter,
        *,
        verbose: bool = False,
    ) -> None:
        self.terms, self.scales, self.stream, self.clock = terms, scales, stream, clock
        self.total = sum(scale.steps for scale in scales)
        self.verbose, self.live = verbose, stream.isatty() and not verbose
        self.last_report = self.index = self.first = self.width = 0
        self.started: tuple[int, float] | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, ScaleStarted):
            self.index, self.first, self.started = event.index, 0, None
            # Statistics, traces and compilers take seconds, up to minutes with XLA.
            size = f"{event.scale.width}×{event.scale.height}"
            self._write(f"{size}: preparing the steps", last=False)
        elif isinstance(event, Note):
            self.close()
            self.stream.write(f"note: {event.line}\n")
            self.stream.flush()
        elif isinstance(event, StepsDone):
            self._steps_done(event)

    def _steps_done(self, event: StepsDone) -> None:
        if self.started is None:
            # The first call traces and compiles; the rate is that of the steps after it.
            count = len(next(iter(event.values.values())))
            self.first, self.started = event.step - count, (event.step, self.clock())
        tenth = max(1, self.total // 10)
        last = event.step == self.total
        if self.live or self.verbose or last or event.step // tenth > self.last_report // tenth:
            self.last_report = event.step
            self._write(self._line(event, *self.started), last=last)

    def _line(self, event: StepsDone, step: int, began: float) -> str:
        seconds = self.clock() - began
        rate = (event.step - step) / seconds if seconds > 0 else 0.0
        values = {name: float(value[-1, 0]) for name, value in event.values.items()}
        shares = contributions(self.terms, values)
        scale = event.scale
        parts = [f"step {event.step}/{self.total}", f"{scale.width}×{scale.height}"]
        if rate > 0:
            left = self._left(event) / rate
            parts += [f"{rate:.2f} steps/s", f"{duration(left)} left"]
        loss = f"loss {sum(shares.values()):.4g}"
        roles = [f"{role} {share:.4g}" for role, share in shares.items()]
        # A terminal may have no room for all of a line.
        return "  ".join([*parts, *([loss, *roles] if self.live else [*roles, loss])])

    def _left(self, event: StepsDone) -> float:
        """Steps left in units of this scale's: a step counts in proportion to its pixels."""
        pixels = event.scale.height * event.scale.width
        here = event.scale.steps - (event.step - self.first)
        later = self.scales[self.index + 1 :]
        return here + sum(scale.steps * scale.height * scale.width for scale in later) / pixels

    def _write(self, line: str, *, last: bool) -> None:
        if not self.live:
            self.stream.write(line + "\n")
        else:
            line = line[: shutil.get_terminal_size().columns - 1]  # one that wraps stays on screen
            self.stream.write("\r" + line.ljust(self.width) + ("\n" if last else ""))
            self.width = 0 if last else len(line)
        self.stream.flush()

    def close(self) -> None:
        """Ends a line that is still being overwritten."""
        if self.live and self.width:
            self.stream.write("\n")
            self.stream.flush()
            self.width = 0


class Previews:
    """Hands the picture so far, [1, h, w, 3] float32 in 0..1, to `write` every `every` steps."""

    def __init__(self, every: int, write: Callable[[NDArray[np.float32]], None]) -> None:
        self.every, self.write = every, write

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepsDone) and event.step % self.every == 0:
            self.write(event.image.numpy())
