"""Several steps of an optimiser as one compiled function, and one step after an evaluation."""

from functools import partial
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.engine.state import Progress, Track
from tf_nst.objective.evaluation import Evaluation, value_and_grad
from tf_nst.objective.objective import Objective
from tf_nst.objective.terms import Terms
from tf_nst.ops.resample import carried, resize
from tf_nst.ops.shapes import sizes
from tf_nst.optim.optimizer import Optimizer, choose, per_picture

# The most steps that one call from Python makes.
MOST_STEPS_PER_CALL = 64


class Report(NamedTuple):
    """What one call did.

    Attributes:
      steps: [] int32, how many steps.
      finite: [] whether all losses and the new image are finite; a step where they are not is the
        last.
      failed: [B] whether the optimiser itself saw no way on; see `Optimizer.failed`.
      history: [most steps of a call, terms, B], the values that each step evaluated, unweighted.
    """

    steps: tf.Tensor
    finite: tf.Tensor
    failed: tf.Tensor
    history: tf.Tensor


def begin_scale(optimizer: Optimizer, image: tf.Tensor, state: Any = None) -> Progress:
    """The start of a scale from `image` [B, H, W, 3].

    Args:
      state: of the same optimiser at another size, which is carried over; None: it begins.
    """
    state = optimizer.init(image) if state is None else optimizer.resample(state, image)
    zeros = tf.zeros(sizes(image)[:1], image.dtype)
    return Progress(image, state, Track(image, zeros + float("inf"), zeros))


def next_start(
    picture: tf.Tensor, start: tf.Tensor, height: int | tf.Tensor, width: int | tf.Tensor
) -> tf.Tensor:
    """The picture with which a scale begins: the last scale's, with the start's detail.

    Args:
      picture: [B, h, w, 3] in 0..1.
      start: [B or 1, H, W, 3] in 0..1, the run's own start at its full size.
      height, width: of the scale.
    """
    return carried(picture, resize(start, height, width))


def paint_scale(
    objective: Objective,
    optimizer: Optimizer,
    progress: Progress,
    count: tf.Tensor,
    *,
    decay: float = 0.0,
    most: int = MOST_STEPS_PER_CALL,
) -> tuple[Progress, Report]:
    """Steps of one scale, inside a traced function.

    Args:
      count: [] int32, how many, up to `most`.
      decay: of the average of the pictures; 0: the best is kept.
      most: the length of the report.
    """
    # Not inlined: inside a loop TensorFlow leaves out the fusions of its graph optimiser, which
    # makes a step a fifth slower in bfloat16 (0.69 against 0.57 s at 512 pixels on two cores).
    evaluate = tf.function(
        partial(value_and_grad, objective),
        autograph=False,
        experimental_attributes={"_noinline": True},
    )

    def step(progress: Progress, report: Report) -> tuple[Progress, Report]:
        evaluation = evaluate(progress.image)
        progress = advance(optimizer, decay, evaluation, progress)
        # The image too: ReLU and pooling may turn a NaN picture into finite features.
        return progress, _record(objective.terms, report, evaluation, progress.image)

    progress, report = tf.while_loop(
        lambda _, report: (report.steps < count) & report.finite,
        step,
        (progress, _empty_report(objective.terms, progress.image, most)),
        parallel_iterations=1,
    )
    failed = tf.broadcast_to(optimizer.failed(progress.state), sizes(report.failed))
    return progress, report._replace(failed=failed)


def _empty_report(terms: Terms, image: tf.Tensor, most: int) -> Report:
    batch = image.shape[0]
    history = tf.zeros([most, len(terms), batch], image.dtype)
    return Report(tf.constant(0), tf.constant(True), tf.zeros([batch], tf.bool), history)


def advance(
    optimizer: Optimizer, decay: float, evaluation: Evaluation, progress: Progress
) -> Progress:
    """Where a scale stands one step after its picture was evaluated."""
    image, state = optimizer.update(evaluation, progress.image, progress.state)
    track = _tracked(progress.track, progress.image, evaluation.loss, image, decay)
    return Progress(image, state, track)


def _record(terms: Terms, report: Report, evaluation: Evaluation, image: tf.Tensor) -> Report:
    """The report with one more step, which ended in `image`."""
    values = tf.stack([evaluation.values[term.name] for term in terms])
    history = tf.tensor_scatter_nd_update(report.history, [[report.steps]], values[None])
    finite = all_finite(image) & all_finite(values)
    return report._replace(steps=report.steps + 1, finite=finite, history=history)


def all_finite(tensor: tf.Tensor) -> tf.Tensor:
    """[] whether a tensor holds neither NaN nor infinity."""
    return tf.reduce_all(tf.math.is_finite(tensor))


def _tracked(
    track: Track, evaluated: tf.Tensor, loss: tf.Tensor, image: tf.Tensor, decay: float
) -> Track:
    better = loss < track.least
    least = tf.where(better, loss, track.least)
    if not decay:
        return Track(choose(better, evaluated, track.picture), least, track.weight)
    # Divided by its weight, as Kingma and Ba 2015, section 7.2, correct theirs for its start at 0.
    weight = decay * track.weight + (1 - decay)
    newest = per_picture((1 - decay) / weight, image)
    return Track((1 - newest) * track.picture + newest * image, least, weight)
