"""The only optimisation loop."""

import time
from collections.abc import Callable, Generator, Iterator

import numpy as np
import tensorflow as tf

from tf_nst.engine.evaluators import Evaluator, Run, Tiled, Whole
from tf_nst.engine.events import Event, Finished, Note, ScaleStarted, StepsDone
from tf_nst.engine.failures import LostWorkerError, NonFiniteLossError
from tf_nst.engine.job import Job
from tf_nst.engine.not_finite import non_finite, not_finite
from tf_nst.engine.pace import STOP_STEPS, CallLength, stands_still
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.steps import Progress, Report, begin
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.objective.terms import Term
from tf_nst.ops.color import as_float
from tf_nst.ops.resample import carried, resize
from tf_nst.planning.schedule import Scale, style_sides
from tf_nst.planning.tiles import next_core


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
      ValueError: a term's weights are not one for each picture, or several replicas share them.
    """
    _check_weights(job)
    run = None
    for index, scale in enumerate(job.scales):
        if not scale.steps:
            continue
        yield ScaleStarted(index, scale)
        run = _Scale(job, index, _start(job, scale, run), run)
        yield from run.events()
    picture = resize(run.picture, *job.scales[-1][:2])
    yield Finished(picture, _final_values(job, run, picture))


def _start(job: Job, scale: Scale, before: "_Scale | None") -> tf.Tensor:
    """The picture that a scale begins from; `before` is the one before it, or None."""
    if before and not job.detail:
        return resize(before.picture, *scale[:2])
    origin = as_float(_of_size(job.initial, *scale[:2]))
    return carried(before.picture, origin) if before else origin


def _check_weights(job: Job) -> None:
    pictures, replicas = len(job.initial), job.strategy.num_replicas_in_sync
    for term in job.terms:
        if isinstance(term.weight, tuple) and (len(term.weight) != pictures or replicas > 1):
            raise ValueError(
                f"{term.name}: expected one weight, or on one replica a weight for each of "
                f"{pictures} pictures, received {len(term.weight)} on {replicas}"
            )


def _final_values(job: Job, run: "_Scale", picture: tf.Tensor) -> dict[str, np.ndarray]:
    """{term: [B]} at the last scale; raises if the last step ruined the picture."""
    evaluator, measured = run.evaluator, run.measured
    if run.scale != job.scales[-1]:
        evaluator = _evaluator(job, job.tiling.cores[-1] if job.tiling else 0)
        measured = _measured(job, job.scales[-1], evaluator)
    values = {name: value.numpy() for name, value in evaluator.values(measured, picture).items()}
    if names := [name for name, value in values.items() if not np.isfinite(value).all()]:
        raise NonFiniteLossError(not_finite("loss", "the end", names), run.good)
    return values


def _measured(job: Job, scale: Scale, evaluator: Evaluator):
    """The style's targets and the content's references at a scale."""
    share = max(scale[:2]) / max(job.scales[-1][:2])
    sides = map(int, style_sides(*job.style.shape[1:3], share))
    return evaluator.measure(_of_size(job.content, *scale[:2]), _of_size(job.style, *sides))


def _of_size(picture: np.ndarray, height: int, width: int) -> tf.Tensor | np.ndarray:
    """[B, height, width, 3]: the picture itself, codes where it is codes, where it has that size;
    else in 0..1."""
    if picture.shape[1:3] == (height, width):
        return picture
    return resize(as_float(picture), height, width)


def _evaluator(job: Job, core: int) -> Evaluator:
    """By windows of `core` pixels, or of the whole picture where it is 0."""
    if not core:
        return Whole(job.extractor, job.terms, _home(job), job.decay, job.xla)
    objective = WindowObjective(job.extractor, job.tiling.network, job.terms, core)
    return Tiled(Windows(objective, Replicas(job.strategy, 1), job.xla), job.decay)


def _home(job: Job) -> Replicas:
    """Where the pictures and the optimiser's state lie."""
    strategy = tf.distribute.get_strategy() if job.tiling else job.strategy
    return Replicas(strategy, len(job.initial))


class _Scale:
    """The steps of one scale, from `picture`; `before` is the scale before it, or None."""

    def __init__(self, job: Job, index: int, picture: tf.Tensor, before: "_Scale | None"):
        self.job, self.scale, self.optimizer = job, job.scales[index], job.optimizers[index]
        self.replicas, self.core = _home(job), job.tiling.cores[index] if job.tiling else 0
        whole = before and not before.core and not self.core
        self.evaluator = before.evaluator if whole else _evaluator(job, self.core)
        self.measured = None
        self.made = before.made if before else 0
        self.good = before.good if before else None
        if before and before.optimizer is self.optimizer:
            self.progress = self._begun(picture, self.optimizer.resample, before.progress.state)
        else:
            self.progress = self._begun(picture, lambda _, image: self.optimizer.init(image))

    def _begun(self, picture: tf.Tensor, make_state, before=()) -> Progress:
        def start(image, before):
            return begin(image, make_state(before, image))

        begun = self.replicas.apart(start, self.replicas.spread(picture), before)
        return Replicas(self.job.strategy, 1).agreed(begun) if self.job.tiling else begun

    @property
    def picture(self) -> tf.Tensor:
        """[B, H, W, 3] the average of the optimiser's pictures, or the best of them."""
        return tf.convert_to_tensor(self.replicas.together(self.progress.track.picture))

    def events(self) -> Generator[Event, None, None]:
        """Makes the steps."""
        last, losses = self.made + self.scale.steps, []
        calls = CallLength(self.job.pause_every, self.job.stop)
        run = yield from self._ready()
        while self.made < last:
            count = calls.steps(self.made, len(losses), last - self.made)
            try:
                event, failed = self._call(run, count, calls)
            except tf.errors.ResourceExhaustedError as error:
                yield self._step_down(error)
                run = yield from self._ready()
                continue
            except tf.errors.UnavailableError as error:
                raise LostWorkerError(f"step {self.made}: {_LOST_WORKER}", self.picture) from error
            yield event
            losses.extend(_losses(self.job.terms, event))
            if failed:
                yield Note(f"step {self.made}: {_FAILED}")
                run = self._fall_back()
            elif self.made < last and stands_still(losses, self.job.stop):
                yield Note(f"step {self.made}: {_STANDS_STILL.format(self.job.stop)}")
                return

    def _ready(self) -> Generator[Note, None, Run]:
        """Measures the targets and compiles the steps."""
        while True:
            try:
                self.measured = _measured(self.job, self.scale, self.evaluator)
                return self._compiled()
            except tf.errors.ResourceExhaustedError as error:
                yield self._step_down(error)

    def _step_down(self, error: Exception) -> Note:
        """Takes the next smaller windows; raises `error` where there are none."""
        core = next_core(self.core or max(self.scale[:2]))
        if not self.job.tiling or not core:
            raise error
        self.core, self.evaluator = core, _evaluator(self.job, core)
        return Note(f"step {self.made}: {_OUT_OF_MEMORY.format(core)}")

    def _compiled(self) -> Run:
        self.progress = self.evaluator.held(self.optimizer, self.progress)
        return self.evaluator.steps(self.optimizer, self.progress, self.measured)

    def _call(self, run, count: int, calls: CallLength) -> tuple[StepsDone, bool]:
        """One call; whether the optimiser failed in it."""
        begun, start = time.perf_counter(), self.replicas.together(self.progress.image)
        progress, report, made = self._in_step(run, count)
        history = self.replicas.together(report.history, axis=2)[:made].numpy()
        calls.learn(made, seconds := time.perf_counter() - begun)
        if not all(self.replicas.each(report.finite)):
            raise non_finite(self.job.terms, history, self.made, start, self.good)
        self.good, self.progress = start, progress
        self.made += made
        values = {term.name: history[:, index] for index, term in enumerate(self.job.terms)}
        event = StepsDone(self.made, self.scale, values, seconds, self.picture)
        return event, any(self.replicas.each(report.failed))

    def _in_step(self, run, count: int) -> tuple[Progress, Report, int]:
        """What a call gives, and the steps that each replica made in it: of all the same.

        Where one ended early the others went too far: the call is made again, as far as that one
        came, so that pictures end together however they are spread.
        """
        while True:
            progress, report = run(self.progress, self.measured, tf.constant(count))
            made = [int(steps) for steps in self.replicas.each(report.steps)]
            if min(made) == max(made):
                return progress, report, min(made)
            count = min(made)

    def _fall_back(self):
        self.optimizer = self.job.fallback

        def restart(track):
            return Progress(track.picture, self.optimizer.init(track.picture), track)

        self.progress = self.replicas.apart(restart, self.progress.track)
        return self._compiled()


_FAILED = "the line search found no lower loss, Adam goes on"
_LOST_WORKER = (
    "another worker is gone, expected all of them to the end; --init goes on from the last picture"
)
_OUT_OF_MEMORY = "the memory does not suffice, this size goes on in windows of {} pixels"
_STANDS_STILL = (
    f"{STOP_STEPS} steps lowered the loss by less than {{:g}} of it, enough of this size"
)


def _losses(terms: tuple[Term, ...], event: StepsDone) -> list[np.ndarray]:
    """The loss [B] of each step."""
    return list(sum(np.multiply(term.weight, event.values[term.name]) for term in terms))
