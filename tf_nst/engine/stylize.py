"""The only optimisation loop."""

import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.engine.events import Event, Finished, Note, ScaleStarted, StepsDone
from tf_nst.engine.optimizers import Optimizer
from tf_nst.engine.schedule import Scale, style_sides
from tf_nst.engine.steps import MOST_STEPS_PER_CALL, Progress, begin, compile_steps
from tf_nst.errors import RunError
from tf_nst.objective.objective import Extractor, Objective, build_objective, term_values
from tf_nst.objective.terms import Term
from tf_nst.ops.resample import resize

# A signal is heard between calls: so long may one call last, if a single step does not last longer.
SECONDS_PER_CALL = 0.5
# `Job.stop` compares the least loss with that of so many steps before.
STOP_STEPS = 10


class Job(NamedTuple):
    """All that a run needs.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      scales: sizes and steps, in their order; the last is the picture's. One of them has steps, a
        scale without steps is left out.
      optimizers: one for each scale; its state is carried on where the next has the same one.
      fallback: goes on where an optimiser fails.
      content: [B or 1, H, W, 3] float32 in 0..1.
      style: [1, h, w, 3] float32 in 0..1, of the size at which the last scale measures it.
      initial: [B, H, W, 3] float32 in 0..1.
      decay: of the average of the optimiser's pictures; 0: they are not averaged.
      stop: a scale ends when STOP_STEPS steps lowered the loss by less than this share of it.
      xla: whether XLA compiles the step.
      pause_every: a call never goes past a multiple of so many steps; 0: no such multiple.
    """

    extractor: Extractor
    terms: tuple[Term, ...]
    scales: tuple[Scale, ...]
    optimizers: tuple[Optimizer, ...]
    fallback: Optimizer
    content: np.ndarray
    style: np.ndarray
    initial: np.ndarray
    decay: float = 0.0
    stop: float = 0.0
    xla: bool = False
    pause_every: int = 0


class NonFiniteLossError(RunError):
    """A loss is NaN or infinite. `image` is the last picture known to be good, or None."""

    def __init__(self, message: str, image: tf.Tensor | None):
        super().__init__(message)
        self.image = image


def stylize(job: Job, listeners: tuple[Callable[[Event], None], ...] = ()) -> tf.Tensor:
    """Runs a job to its end, every event shown to every listener.

    Returns:
      The picture [B, H, W, 3] float32 in 0..1.
    """
    for event in iterate(job):
        for listener in listeners:
            listener(event)
    return event.image


def iterate(job: Job) -> Iterator[Event]:
    """Runs a job: its events, one after the other. Leaving the iterator ends the run.

    Raises:
      NonFiniteLossError: a loss is NaN or infinite.
    """
    picture, run = tf.constant(job.initial, tf.float32), None
    for index, scale in enumerate(job.scales):
        if not scale.steps:
            continue
        picture = resize(picture, scale.height, scale.width)
        yield ScaleStarted(index, scale)
        run = _Scale(job, index, picture, run)
        yield from run.events()
        picture = run.picture
    last = job.scales[-1]
    objective = run.objective if run.scale == last else _objective_at(job, last)
    picture = resize(picture, last.height, last.width)
    yield Finished(picture, _final_values(objective, picture, run.good))


def _final_values(objective: Objective, picture: tf.Tensor, good) -> dict[str, np.ndarray]:
    """{term: [B]}; raises if the last step ruined the picture."""
    evaluate = tf.function(partial(term_values, objective), autograph=False)
    values = evaluate.get_concrete_function(picture)(picture)
    values = {name: value.numpy() for name, value in values.items()}
    if names := [name for name, value in values.items() if not np.isfinite(value).all()]:
        raise NonFiniteLossError(_not_finite("loss", "the end", names), good)
    return values


def _objective_at(job: Job, scale: Scale) -> Objective:
    content = resize(tf.constant(job.content, tf.float32), scale.height, scale.width)
    share = max(scale[:2]) / max(job.scales[-1][:2])
    style = resize(tf.constant(job.style, tf.float32), *style_sides(*job.style.shape[1:3], share))
    return build_objective(job.extractor, job.terms, content, style)


class _Scale:
    """The steps of one scale, from `picture`; `before` is the scale before it, or None."""

    def __init__(self, job: Job, index: int, picture: tf.Tensor, before: "_Scale | None"):
        self.job, self.scale, self.optimizer = job, job.scales[index], job.optimizers[index]
        self.objective = _objective_at(job, self.scale)
        self.made = before.made if before else 0
        self.good = before.good if before else None
        if before and before.optimizer is self.optimizer:
            state = self.optimizer.resample(before.progress.state, picture)
        else:
            state = self.optimizer.init(picture)
        self.progress = begin(picture, state)

    @property
    def picture(self) -> tf.Tensor:
        """[B, H, W, 3] the average of the optimiser's pictures, or the best of them."""
        track = self.progress.track
        return track.mean if self.job.decay else track.best

    def events(self) -> Generator[Event, None, None]:
        """Makes the steps."""
        last, calls, losses = self.made + self.scale.steps, _CallLength(self.job), []
        run = self._compiled()
        while self.made < last:
            count = calls.steps(self.made, len(losses), last - self.made)
            event, failed = self._call(run, count, calls)
            yield event
            losses.extend(_losses(self.objective, event))
            if failed:
                yield Note(f"step {self.made}: {_FAILED}")
                run = self._fall_back()
            elif self.made < last and _stands_still(losses, self.job.stop):
                yield Note(f"step {self.made}: {_STANDS_STILL.format(self.job.stop)}")
                return

    def _compiled(self):
        run = compile_steps(self.objective, self.optimizer, decay=self.job.decay, xla=self.job.xla)
        return run.get_concrete_function(self.progress, tf.constant(1))

    def _call(self, run, count: int, calls: "_CallLength") -> tuple[StepsDone, bool]:
        """One call; whether the optimiser failed in it."""
        begun, start = time.perf_counter(), self.progress.image
        progress, report = run(self.progress, tf.constant(count))
        history = report.history[: int(report.steps)].numpy()
        calls.learn(len(history), seconds := time.perf_counter() - begun)
        if not report.finite:
            raise _non_finite(self.objective.terms, history, self.made, start, self.good)
        self.good, self.progress = start, progress
        self.made += len(history)
        values = _by_term(self.objective, history)
        return StepsDone(self.made, self.scale, values, seconds, self.picture), bool(report.failed)

    def _fall_back(self):
        self.optimizer = self.job.fallback
        track = self.progress.track
        best = track.best
        self.progress = Progress(best, self.optimizer.init(best), track)
        return self._compiled()


_FAILED = "the line search found no lower loss, Adam goes on"
_STANDS_STILL = (
    f"{STOP_STEPS} steps lowered the loss by less than {{:g}} of it, enough of this size"
)


def _losses(objective: Objective, event: StepsDone) -> list[np.ndarray]:
    """The loss [B] of each step."""
    return list(sum(term.weight * event.values[term.name] for term in objective.terms))


def _stands_still(losses: list[np.ndarray], stop: float) -> bool:
    """Whether no picture's least loss fell by the share `stop` in the last steps.

    Only asked at multiples of STOP_STEPS, or the answer would depend on the machine's speed.
    """
    if not stop or len(losses) % STOP_STEPS or len(losses) <= STOP_STEPS:
        return False
    now, before = np.min(losses, axis=0), np.min(losses[:-STOP_STEPS], axis=0)
    return bool(np.all(before - now < stop * np.abs(before)))


class _CallLength:
    """How many steps the next call makes, from how long the last took."""

    def __init__(self, job: Job):
        self.pause_every, self.stop_steps = job.pause_every, STOP_STEPS if job.stop else 0
        self.seconds = []

    def learn(self, count: int, seconds: float) -> None:
        """The first call traces and compiles: its time says nothing."""
        self.seconds.append(seconds / count)

    def steps(self, made: int, made_here: int, left: int) -> int:
        """Steps of the next call, at least 1; some are made, in all and at this scale."""
        count = 1
        if len(self.seconds) > 1:
            count = int(SECONDS_PER_CALL / max(self.seconds[-1], 1e-6))
        if self.pause_every:
            left = min(left, self.pause_every - made % self.pause_every)
        if self.stop_steps:
            left = min(left, self.stop_steps - made_here % self.stop_steps)
        return max(1, min(count, left, MOST_STEPS_PER_CALL))


def _non_finite(terms, history, step, start, good) -> NonFiniteLossError:
    """The error of a call whose last step went wrong, from the values [steps, terms, B] it made.

    The culprits are the terms that are not finite; where only the gradient is not, the heaviest.
    `start` is good if a step came after it or its own losses are finite; else `good` is.
    """
    last = {term: values for term, values in zip(terms, history[-1], strict=True)}
    names = [term.name for term, values in last.items() if not np.isfinite(values).all()]
    what, picture = "loss", start if len(history) > 1 else good
    if not names:
        what, picture = "gradient", start
        names = [max(last, key=lambda term: term.weight * last[term].max()).name]
    where = f"step {step + len(history)}"
    return NonFiniteLossError(_not_finite(what, where, names), picture)


def _not_finite(what: str, where: str, names: list[str]) -> str:
    return (
        f"the {what} is not finite at {where}: {', '.join(names)}; expected finite terms, "
        "try a smaller --learning_rate or smaller weights"
    )


def _by_term(objective: Objective, history: np.ndarray) -> dict[str, np.ndarray]:
    return {term.name: history[:, index] for index, term in enumerate(objective.terms)}
