"""Several steps of an optimiser as one compiled function."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation, value_and_grad
from tf_nst.objective.objective import Objective
from tf_nst.objective.terms import Term
from tf_nst.optim.optimizers import Optimizer, ValueAndGrad

# The most steps that one call from Python makes.
MOST_STEPS_PER_CALL = 64


class Track(NamedTuple):
    """What is kept of the pictures on the way.

    Attributes:
      picture: [B, H, W, 3], the evaluated picture of the least loss; or, where an average is asked
        for, the mean of the pictures so far, later ones weighing more.
      least: [B], the least loss.
      weight: [], the sum of the mean's weights, 1 in the long run; 0 where none is asked for.
    """

    picture: tf.Tensor
    least: tf.Tensor
    weight: tf.Tensor


class Progress(NamedTuple):
    """Where a scale stands: the next picture to evaluate, the optimiser's state, the track."""

    image: tf.Tensor
    state: Any
    track: Track


class Report(NamedTuple):
    """What one call tells.

    Attributes:
      steps: [] int32, steps made.
      finite: [] whether all losses and the new image are finite; a step where they are not is the
        last.
      failed: [] whether the optimiser sees no way on; such a step is the last too.
      history: [most steps of a call, terms, B], the values that each step evaluated, unweighted.
    """

    steps: tf.Tensor
    finite: tf.Tensor
    failed: tf.Tensor
    history: tf.Tensor


def begin(image: tf.Tensor, state: Any) -> Progress:
    """The start of a scale from `image` [B, H, W, 3]."""
    least = tf.fill([tf.shape(image)[0]], tf.constant(float("inf"), image.dtype))
    return Progress(image, state, Track(image, least, tf.zeros([], image.dtype)))


def compile_steps(
    objective: Objective,
    optimizer: Optimizer,
    *,
    decay: float = 0.0,
    xla: bool = False,
    most: int = MOST_STEPS_PER_CALL,
) -> Callable[[Progress, tf.Tensor], tuple[Progress, Report]]:
    """The function: progress, count [] int32 up to `most` -> progress, report.

    It is traced once for each size of image; inside another traced function once, and the size may
    be known only when it runs.

    Args:
      decay: of the average of the pictures.
      xla: whether XLA compiles it.
      most: steps of one call, the length of its record.
    """
    # Not inlined: inside a loop TensorFlow leaves out the fusions of its graph optimiser, which
    # makes a step a fifth slower in bfloat16 (0.69 against 0.57 s at 512 pixels on two cores).
    evaluate = tf.function(
        partial(value_and_grad, objective),
        autograph=False,
        experimental_attributes={"_noinline": True},
    )

    @tf.function(autograph=False, jit_compile=xla)
    def run(progress, count):
        def body(progress, report):
            return advance(objective.terms, optimizer, decay, evaluate, progress, report)

        return tf.while_loop(
            lambda _, report: (report.steps < count) & report.finite & ~report.failed,
            body,
            (progress, told(objective.terms, progress.image, most)),
            parallel_iterations=1,
        )

    return run


def told(terms: tuple[Term, ...], image: tf.Tensor, most: int) -> Report:
    """The report of a call of up to `most` steps before its first, for images [B, H, W, 3]."""
    history = tf.zeros([most, len(terms), image.shape[0]], image.dtype)
    return Report(tf.constant(0), tf.constant(True), tf.constant(False), history)


def advance(
    terms: tuple[Term, ...],
    optimizer: Optimizer,
    decay: float,
    evaluate: ValueAndGrad,
    progress: Progress,
    report: Report,
) -> tuple[Progress, Report]:
    """One step, inside a traced function."""
    found = evaluate(progress.image)
    progress = moved(optimizer, decay, found, progress)
    # The image too: ReLU and pooling may turn a NaN picture into finite features.
    finite = all_finite(progress.image)
    return progress, recorded(terms, report, found, finite, optimizer.failed(progress.state))


def moved(optimizer: Optimizer, decay: float, found: Evaluation, progress: Progress) -> Progress:
    """Where a scale stands one step later, from what its picture's evaluation found."""
    image, state, _ = optimizer.step(lambda _: found, progress.image, progress.state)
    track = _tracked(progress.track, progress.image, found.loss, image, decay)
    return Progress(image, state, track)


def recorded(
    terms: tuple[Term, ...], report: Report, found: Evaluation, finite: tf.Tensor, failed: tf.Tensor
) -> Report:
    """The report with one more step; `finite`: whether all else than its values is."""
    values = tf.stack([found.values[term.name] for term in terms])
    history = tf.tensor_scatter_nd_update(report.history, [[report.steps]], values[None])
    return Report(report.steps + 1, finite & all_finite(values), failed, history)


def all_finite(tensor: tf.Tensor) -> tf.Tensor:
    """[] whether a tensor holds neither NaN nor infinity."""
    return tf.reduce_all(tf.math.is_finite(tensor))


def _tracked(track: Track, evaluated, loss, image, decay: float) -> Track:
    better = loss < track.least
    least = tf.where(better, loss, track.least)
    if not decay:
        best = tf.where(tf.reshape(better, [-1, 1, 1, 1]), evaluated, track.picture)
        return Track(best, least, track.weight)
    # Divided by its weight, as Kingma and Ba 2015, section 7.2, correct theirs for its start at 0.
    weight = decay * track.weight + (1 - decay)
    newest = (1 - decay) / weight
    return Track((1 - newest) * track.picture + newest * image, least, weight)
