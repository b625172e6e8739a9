"""What a run does: begins scales, makes their steps, steps down where memory is short, ends."""

import time
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, TypeVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine import messages
from tf_nst.engine.divergence import check_rise, follow, losses_of
from tf_nst.engine.engine import Engine
from tf_nst.engine.evaluator import Evaluator, Measured, Steps
from tf_nst.engine.events import Event, Finished, Note, ScaleStarted, Snapshot, StepsDone
from tf_nst.engine.failures import LostWorkerError, NonFiniteLossError, OutOfMemoryError
from tf_nst.engine.job import Job
from tf_nst.engine.not_finite import Picture, non_finite
from tf_nst.engine.pace import CallLength, recent_least, stands_still
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.scales import measure, start_of_scale
from tf_nst.engine.state import Progress, RunState
from tf_nst.engine.steps import begin_scale
from tf_nst.engine.strategy import worker_place
from tf_nst.ops.resample import resize
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import Scale
from tf_nst.planning.tiles import next_core

T = TypeVar("T")


class Run:
    """A run that goes on from a state.

    While the steps of a scale are made the state's progress is as its evaluator takes it.
    """

    def __init__(self, job: Job, state: RunState, engine: Engine) -> None:
        self.job, self.state, self.engine = job, state, engine
        self.evaluator: Evaluator | None = None
        self.measured: Measured | None = None
        self.emitted, self.failed = 0, 0

    def events(self) -> Generator[Event, None, None]:
        """Paints what is left of all scales."""
        try:
            yield from self.paint()
        except tf.errors.UnavailableError as error:
            picture = None if self.state.progress is None else self.picture
            raise LostWorkerError(messages.LOST_WORKER.format(self.state.step), picture) from error

    def paint(self) -> Generator[Event, None, None]:
        """The scales that are left, and the end."""
        for index in range(self.state.scale, len(self.job.scales)):
            if not self.job.scales[index].steps:
                continue
            if self.state.progress is None or index != self.state.scale:
                yield from self.begin(index)
            yield ScaleStarted(index, self.scale, self.next_snapshot())
            yield from self.make_steps()
            self.release()
        yield from self.finish()

    @property
    def scale(self) -> Scale:
        return self.job.scales[self.state.scale]

    @property
    def optimizer(self) -> Optimizer:
        return self.job.fallback if self.state.fallback else self.job.optimizers[self.state.scale]

    @property
    def picture(self) -> tf.Tensor:
        """[B, H, W, 3] the average of the optimiser's pictures, or the best of them."""
        return tf.convert_to_tensor(self.joined(self.state.begun.track.picture))

    def joined(self, value: Any) -> Picture:
        """A value of the progress, on the host."""
        return self.evaluator.join(value) if self.evaluator else value

    def gathered(self) -> Progress | None:
        """The progress, on the host."""
        progress = self.state.progress
        return self.evaluator.gather(progress) if self.evaluator and progress else progress

    def next_snapshot(self) -> Snapshot:
        """What gives the state at the event that is emitted next."""
        self.emitted += 1
        return partial(self.snapshot, self.emitted)

    def snapshot(self, event: int) -> RunState:
        """The state as plain arrays, where no other event was emitted since this one."""
        if event != self.emitted:
            raise ValueError("snapshot(): expected before the next event, the run has continued")
        state = self.state
        progress = tf.nest.map_structure(np.asarray, self.gathered())
        last_good = None if state.last_good is None else np.asarray(state.last_good)
        return state._replace(progress=progress, last_good=last_good)

    def release(self) -> None:
        """The scale is done: its progress lies on the host again."""
        self.state, self.evaluator = self.state._replace(progress=self.gathered()), None

    def begin(self, index: int) -> Generator[Note, None, None]:
        """Begins a scale, by the fallback where there is no memory for its optimiser."""
        for fallback in (False, True):
            try:
                self.begin_with(index, fallback=fallback)
                break
            except tf.errors.ResourceExhaustedError as error:
                if fallback or self.job.optimizers[index] is self.job.fallback:
                    raise self.out_of_memory() from error
        if self.state.fallback:
            yield self.note(messages.LESS_STATE)

    def begin_with(self, index: int, *, fallback: bool) -> None:
        """Begins a scale from the picture of the one before."""
        before, core = self.state, self.job.cores[index] if self.job.cores else 0
        state = before._replace(
            scale=index, step_of_scale=0, core=core, fallback=fallback, least=None, rise=None
        )
        optimizer = self.job.fallback if fallback else self.job.optimizers[index]
        picture = optimizer_state = None
        if before.progress is not None:
            picture = before.progress.track.picture
            optimizer_state = before.progress.state if optimizer is self.optimizer else None
        with tf.device("CPU:0"):
            picture = start_of_scale(self.job, self.job.scales[index], picture)
            if self.job.cores:
                picture = Replicas(self.job.strategy, 1).agreed(picture)
            progress = begin_scale(optimizer, picture, optimizer_state)
        self.state, self.measured = state._replace(progress=progress), None

    def make_steps(self) -> Generator[Event, None, None]:
        """Makes the steps that are left of the scale."""
        calls = CallLength(self.job.pause_every, self.job.stop)
        run = yield from self.within_memory(self.prepare)
        while left := self.scale.steps - self.state.step_of_scale:
            if stands_still(self.state.step_of_scale, self.state.least, self.job.stop):
                yield self.note(messages.STANDS_STILL.format(self.job.stop))
                return
            count = calls.steps(self.state.step, self.state.step_of_scale, left)
            failed, note = self.failed, None
            try:
                yield self.call(run, count, calls)
                check_rise(self.state.step, self.state.rise, lambda: self.picture)
            except tf.errors.ResourceExhaustedError as error:
                note = self.step_down(error)
            if note:
                # What the refused steps hold is let go before others are prepared.
                del run
                yield note
                run = yield from self.within_memory(self.prepare)
            if self.failed > failed:
                yield self.note(messages.search_failed(self.failed, len(self.job.initial)))

    def within_memory(self, action: Callable[[], T]) -> Generator[Note, None, T]:
        """What an action returns, in less memory where it does not suffice."""
        while True:
            try:
                return action()
            except tf.errors.ResourceExhaustedError as error:
                note = self.step_down(error)
            yield note

    def step_down(self, error: Exception) -> Note:
        """Takes the next smaller windows, then the optimiser that needs least.

        Raises:
          OutOfMemoryError: both are taken already, or several workers would have to agree on it.
        """
        core = next_core(self.state.core or max(self.scale[:2])) if self.job.cores else 0
        several_workers = worker_place(self.job.strategy)[1] > 1
        if several_workers or (not core and self.optimizer is self.job.fallback):
            raise self.out_of_memory() from error
        if self.evaluator:
            self.release()
        self.measured = None
        if core:
            self.state = self.state._replace(core=core)
            return self.note(messages.SMALLER_WINDOWS.format(core))
        with tf.device("CPU:0"):
            progress = begin_scale(self.job.fallback, self.picture)
        self.state = self.state._replace(fallback=True, progress=progress)
        return self.note(messages.LESS_STATE)

    def out_of_memory(self) -> OutOfMemoryError:
        picture = None if self.state.progress is None else self.picture
        return OutOfMemoryError(f"step {self.state.step}: {messages.OUT_OF_MEMORY}", picture)

    def prepare(self) -> Steps:
        """Measures what the scale compares with, and compiles its steps."""
        evaluator = self.engine.evaluator(self.job, self.state.core)
        self.measured = measure(self.job, self.engine, self.scale, self.state.core)
        with tf.device("CPU:0"):
            placed = evaluator.place(self.optimizer, self.state.begun)
            self.failed = int(np.sum(self.optimizer.failed(self.state.begun.state)))
        run = evaluator.steps(self.optimizer, placed, self.measured, self.job.term_weights)
        self.state, self.evaluator = self.state._replace(progress=placed), evaluator
        return run

    def call(self, run: Steps, count: int, calls: CallLength) -> StepsDone:
        """One call of the compiled steps."""
        began, before = time.perf_counter(), self.state
        start = self.joined(before.begun.image)
        progress, report = run(before.begun, count)
        steps = len(report.history)
        calls.learn(steps, seconds := time.perf_counter() - began)
        if not report.finite:
            raise non_finite(self.job.terms, report.history, before.step, start, before.last_good)
        values = {it.name: report.history[:, index] for index, it in enumerate(self.job.terms)}
        losses = losses_of(self.job.terms, report.history)
        self.failed = int(report.failed.sum())
        self.state = before._replace(
            step=before.step + steps,
            step_of_scale=before.step_of_scale + steps,
            progress=progress,
            least=recent_least(before.least, losses),
            rise=follow(before.rise, losses),
            last_good=start,
        )
        core, picture, snapshot = self.state.core, self.picture, self.next_snapshot()
        return StepsDone(self.state.step, self.scale, values, seconds, picture, core, snapshot)

    def finish(self) -> Generator[Event, None, None]:
        """The last picture and its values; the state stays that of the last scale with steps."""
        last, painted = len(self.job.scales) - 1, self.state
        with tf.device("CPU:0"):
            picture = resize(self.picture, *self.job.size)
        if painted.scale != last:
            yield from self.begin(last)
        values = yield from self.within_memory(lambda: self.final_values(picture))
        if names := [name for name, value in values.items() if not np.isfinite(value).all()]:
            message = messages.not_finite("loss", "the end", names)
            raise NonFiniteLossError(message, painted.last_good)
        self.state = self.state if painted.scale == last else painted
        yield Finished(picture, values, self.next_snapshot())

    def final_values(self, picture: tf.Tensor) -> dict[str, NDArray[np.float32]]:
        """{term: [B]} at the last scale."""
        progress, weights = self.state.begun._replace(image=picture), self.job.term_weights
        self.measured = self.measured or measure(self.job, self.engine, self.scale, self.state.core)
        evaluator = self.engine.evaluator(self.job, self.state.core)
        values = evaluator.values(self.optimizer, progress, self.measured, weights)
        return {name: np.asarray(value) for name, value in values.items()}

    def note(self, line: str) -> Note:
        return Note(f"step {self.state.step}: {line}", self.next_snapshot())
