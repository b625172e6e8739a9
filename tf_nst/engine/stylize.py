"""The only optimisation loop."""

import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.engine.events import Event, Finished, ScaleStarted, StepsDone
from tf_nst.engine.gradients import value_and_grad
from tf_nst.engine.optimizers import Optimizer
from tf_nst.engine.schedule import Scale
from tf_nst.errors import RunError
from tf_nst.objective.objective import Extractor, Objective, build_objective, term_values
from tf_nst.objective.terms import Term
from tf_nst.ops.resample import resize

# The most steps that one call of the compiled function makes: the length of its record.
MOST_STEPS_PER_CALL = 64
# A signal is heard between calls: so long may one call last, if a single step does not last longer.
SECONDS_PER_CALL = 0.5


class Job(NamedTuple):
    """All that a run needs.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      optimizer: see engine/optimizers.py.
      scales: sizes and steps, in their order.
      content: [B or 1, H, W, 3] float32 in 0..1.
      style: [1, h, w, 3] float32 in 0..1.
      initial: [B, H, W, 3] float32 in 0..1.
      xla: whether XLA compiles the step.
      pause_every: a call never goes past a multiple of so many steps; 0: no such multiple.
    """

    extractor: Extractor
    terms: tuple[Term, ...]
    optimizer: Optimizer
    scales: tuple[Scale, ...]
    content: np.ndarray
    style: np.ndarray
    initial: np.ndarray
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
    image = tf.Variable(tf.constant(job.initial, tf.float32))
    for index, scale in enumerate(job.scales):
        image = tf.Variable(resize(image.value(), scale.height, scale.width))
        objective = _objective_at(job, scale)
        yield ScaleStarted(index, scale)
        good = yield from _run_scale(job, objective, scale, image)
    yield _finished(objective, image.value(), good)


def _finished(objective: Objective, picture: tf.Tensor, good: tf.Tensor) -> Finished:
    """The last record; raises if the last step ruined the picture."""
    evaluate = tf.function(partial(term_values, objective), autograph=False)
    values = evaluate.get_concrete_function(picture)(picture)
    values = {name: value.numpy() for name, value in values.items()}
    if names := [name for name, value in values.items() if not np.isfinite(value).all()]:
        raise NonFiniteLossError(_not_finite("loss", "the end", names), good)
    return Finished(picture, values)


def _objective_at(job: Job, scale: Scale) -> Objective:
    content = resize(tf.constant(job.content, tf.float32), scale.height, scale.width)
    return build_objective(job.extractor, job.terms, content, tf.constant(job.style, tf.float32))


def _run_scale(
    job: Job, objective: Objective, scale: Scale, image: tf.Variable
) -> Generator[Event, None, tf.Tensor]:
    """Makes the steps of one scale, the picture being assigned to `image` after each call.

    Returns the last picture whose losses are known to be finite.
    """
    state, good, step, calls = job.optimizer.init(image.value()), None, 0, _CallLength(job)
    run = compile_steps(objective, job.optimizer, xla=job.xla)
    run = run.get_concrete_function(image.value(), state, tf.constant(1))
    while step < scale.steps:
        count = calls.steps(step, scale.steps - step)
        start, begun = image.value(), time.perf_counter()
        picture, state, done, finite, history = run(start, state, tf.constant(count))
        history = history[: int(done)].numpy()
        calls.learn(count, seconds := time.perf_counter() - begun)
        if not finite:
            raise _non_finite(objective.terms, history, step, start, good)
        good = start
        image.assign(picture)
        step += count
        yield StepsDone(step, scale, _by_term(objective, history), seconds, picture)
    return good


class _CallLength:
    """How many steps the next call makes, from how long the last took."""

    def __init__(self, job: Job):
        self.pause_every = job.pause_every
        self.seconds = []

    def learn(self, count: int, seconds: float) -> None:
        """The first call traces and compiles: its time says nothing."""
        self.seconds.append(seconds / count)

    def steps(self, step: int, left: int) -> int:
        """Steps of the next call, at least 1; `step` are made, `left` are to make."""
        count = 1
        if len(self.seconds) > 1:
            count = int(SECONDS_PER_CALL / max(self.seconds[-1], 1e-6))
        if self.pause_every:
            left = min(left, self.pause_every - step % self.pause_every)
        return max(1, min(count, left, MOST_STEPS_PER_CALL))


def compile_steps(objective: Objective, optimizer: Optimizer, *, xla: bool) -> Callable:
    """Several steps as one compiled function, traced once for each size of image.

    Returns:
      image [B, H, W, 3], the optimiser's state, count [] int32 up to MOST_STEPS_PER_CALL ->
      new image, new state, steps made, whether all losses and the new image are finite (the first
      step where they are not is the last), and the terms' values before each step
      [MOST_STEPS_PER_CALL, terms, B], unweighted.
    """

    # Not inlined: inside a loop TensorFlow leaves out the fusions of its graph optimiser, which
    # makes a step a fifth slower in bfloat16 (0.69 against 0.57 s at 512 pixels on two cores).
    @tf.function(autograph=False, experimental_attributes={"_noinline": True})
    def step(image, state):
        image, state, values = optimizer.step(partial(value_and_grad, objective), image, state)
        return image, state, tf.stack([values[term.name] for term in objective.terms])

    @tf.function(autograph=False, jit_compile=xla)
    def run(image, state, count):
        def body(index, _, image, state, history):
            image, state, values = step(image, state)
            history = tf.tensor_scatter_nd_update(history, [[index]], values[None])
            # The image too: ReLU and pooling may turn a NaN picture into finite features.
            return index + 1, _all_finite(values) & _all_finite(image), image, state, history

        shape = [MOST_STEPS_PER_CALL, len(objective.terms), image.shape[0]]
        start = (tf.constant(0), tf.constant(True), image, state, tf.zeros(shape, image.dtype))
        done, finite, image, state, history = tf.while_loop(
            lambda index, finite, *_: (index < count) & finite, body, start, parallel_iterations=1
        )
        return image, state, done, finite, history

    return run


def _all_finite(tensor: tf.Tensor) -> tf.Tensor:
    return tf.reduce_all(tf.math.is_finite(tensor))


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
