"""The evaluator by windows."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine import messages
from tf_nst.engine.evaluator import CallReport, Measured, Steps, TermWeights
from tf_nst.engine.failures import OutOfMemoryError
from tf_nst.engine.replicas import Programs, Replicas
from tf_nst.engine.state import Progress
from tf_nst.engine.steps import advance, all_finite
from tf_nst.engine.windows import Windows
from tf_nst.objective.evaluation import Evaluation
from tf_nst.objective.objective import NOTHING, Pictures, Values, blend
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import Terms
from tf_nst.ops.bands import bands
from tf_nst.optim.optimizer import Optimizer


class Tiled:
    """Window by window, in the memory of one window besides what is as large as the picture.

    What is as large lies on the host, where the optimiser updates it: in bands where it updates
    every pixel for itself, and then its state and the track in place, so that they are there once.
    The picture itself is a new array each time, so that the one before stays as it was.
    """

    def __init__(self, windows: Windows, decay: float) -> None:
        self._windows, self._decay = windows, decay
        self._updates = Programs(Replicas(tf.distribute.get_strategy(), 1))

    @property
    def traces(self) -> int:
        """See `Evaluator`."""
        return self._windows.programs.traces + self._updates.traces

    def targets(
        self, pictures: Pictures, weights: Mapping[str, tf.Tensor] = NOTHING
    ) -> dict[str, Value]:
        """See `Evaluator`."""
        with tf.device("CPU:0"):
            return self._windows.targets(pictures, weights)

    def blend(
        self, targets: Sequence[dict[str, Value]], shares: Sequence[float], terms: Terms
    ) -> dict[str, Value]:
        """See `Evaluator`."""
        return blend(targets, shares, terms)

    def references(self, pictures: Pictures) -> Any:
        """See `Evaluator`."""
        with tf.device("CPU:0"):
            return self._windows.references(pictures)

    def place(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """See `Evaluator`."""
        convert = np.array if optimizer.pointwise else tf.convert_to_tensor
        placed: Progress = tf.nest.map_structure(convert, progress)
        return placed

    def gather(self, progress: Progress) -> Progress:
        """See `Evaluator`."""
        state, track = tf.nest.map_structure(_unchanging, progress[1:])
        return Progress(progress.image, state, track)

    def join(self, value: Any) -> tf.Tensor | NDArray[Any]:
        """See `Evaluator`."""
        return value

    def steps(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Steps:
        """See `Evaluator`; a call is one step, in which Python goes from window to window."""
        update = self._update_in_bands if optimizer.pointwise else self.update

        def run(progress: Progress, count: int) -> tuple[Progress, CallReport]:
            with tf.device("CPU:0"):
                evaluation = self._windows.value_and_grad(measured, progress.image, weights)
                finite = _is_finite(evaluation)
                # Not updated by it, the picture stays the last good one.
                if finite:
                    progress = update(optimizer, evaluation, progress)
                    finite = _picture_is_finite(np.asarray(progress.image))
                failed = np.broadcast_to(optimizer.failed(progress.state), evaluation.loss.shape)
                return progress, CallReport(finite, failed, _history(evaluation))

        return run

    def values(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Values:
        """See `Evaluator`; without the gradient, which takes twice as long again."""
        with tf.device("CPU:0"):
            return self._windows.values(measured, progress.image)

    def update(self, optimizer: Optimizer, evaluation: Evaluation, progress: Progress) -> Progress:
        """What the optimiser makes of a picture, or of some rows of it."""
        arguments = evaluation._replace(values={}), progress
        program = tf.function(partial(advance, optimizer, self._decay), autograph=False)
        updated: Progress = self._updates(optimizer, program, *arguments)(*arguments)
        return updated

    def _update_in_bands(
        self, optimizer: Optimizer, evaluation: Evaluation, progress: Progress
    ) -> Progress:
        """The update of some rows after the other; what is no picture is updated once."""
        height, width = progress.image.shape[1:3]
        result = progress._replace(image=np.empty_like(progress.image))
        for rows in bands(height, width):
            # Optimisers see the loss per unit of the mean value of what they are given: all rows.
            whole = height / (rows.stop - rows.start)
            band = evaluation._replace(gradient=evaluation.gradient[:, rows] * whole)
            updated = self._update_band(optimizer, band, _rows(progress, rows), progress.image)
            tf.nest.map_structure(partial(_put_picture, rows), result, updated)
        tf.nest.map_structure(_put_number, result, updated)
        return result

    def _update_band(
        self, optimizer: Optimizer, band: Evaluation, rows: Progress, image: tf.Tensor
    ) -> Progress:
        """An update that ends the run where there is no memory: bands before are updated already.

        Raises:
          OutOfMemoryError: with the picture before the update.
        """
        try:
            return self.update(optimizer, band, rows)
        except tf.errors.ResourceExhaustedError as error:
            raise OutOfMemoryError(messages.OUT_OF_MEMORY, image) from error


def _rows(progress: Progress, rows: slice) -> Progress:
    part: Progress = tf.nest.map_structure(
        lambda array: array[:, rows] if array.ndim == 4 else array, progress
    )
    return part


def _put_picture(rows: slice, place: NDArray[Any], value: tf.Tensor) -> None:
    if place.ndim == 4:
        place[:, rows] = value


def _put_number(place: NDArray[Any], value: tf.Tensor) -> None:
    if place.ndim != 4:
        place[...] = value


def _unchanging(value: tf.Tensor | NDArray[Any]) -> tf.Tensor | NDArray[Any]:
    """A tensor, or a copy of an array that will be updated in place."""
    return np.array(value) if isinstance(value, np.ndarray) else value


def _history(evaluation: Evaluation) -> NDArray[Any]:
    """[1, terms, B]."""
    return np.stack([value.numpy() for value in evaluation.values.values()])[None]


def _is_finite(evaluation: Evaluation) -> bool:
    """Whether losses and gradient are."""
    losses = tf.stack(list(evaluation.values.values()))
    return _picture_is_finite(evaluation.gradient) and bool(all_finite(losses))


def _picture_is_finite(picture: NDArray[Any]) -> bool:
    rows = bands(*picture.shape[1:3])
    return all(np.isfinite(picture[:, band]).all() for band in rows)
