"""How a scale is evaluated: the whole picture at once, or window by window. Both give the same."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from tf_nst.engine.replicas import Replicas
from tf_nst.engine.steps import Progress, Report, compile_steps, moved, recorded, told
from tf_nst.engine.windows import Windows
from tf_nst.objective.evaluation import Evaluation
from tf_nst.objective.objective import (
    Extractor,
    Objective,
    Values,
    references,
    style_targets,
    term_values,
)
from tf_nst.objective.terms import Term
from tf_nst.ops.bands import bands
from tf_nst.ops.color import as_float
from tf_nst.optim.optimizers import Optimizer

# progress, what was measured, count of steps -> progress, report; each a value of the replicas. It
# may make fewer steps than that, which the report tells.
Run = Callable[[Progress, Any, tf.Tensor], tuple[Progress, Report]]


# Float32 in 0..1, or the uint8 or uint16 codes of a file.
Picture = tf.Tensor | np.ndarray


class Evaluator(Protocol):
    """What the loop asks of one."""

    def measure(self, content: Picture, style: Picture) -> Any:
        """The targets of a style [1, h, w, 3] and the references of a content [B or 1, H, W, 3]."""

    def held(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """Where a scale stands, as the steps are given it."""

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """Several steps as one call; `progress` and `measured` are examples of what it is given."""

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """{term: [B]}, unweighted, of a picture [B, H, W, 3]."""


class Whole:
    """The whole picture at once, a batch of them spread over the replicas.

    Where nothing is compiled by XLA its functions are traced once, for pictures of every size: a
    scale that is traced anew takes about a second.
    """

    def __init__(
        self,
        extractor: Extractor,
        terms: tuple[Term, ...],
        replicas: Replicas,
        decay: float,
        xla: bool,
    ):
        self._extractor, self._terms, self._replicas = extractor, terms, replicas
        self._decay, self._xla = decay, xla and not replicas.compile_themselves
        self._any_size = replicas.any_size and not xla
        self._traced: dict[Any, Callable] = {}

    def measure(self, content: Picture, style: Picture) -> Any:
        """See `Evaluator`."""

        def measured(content, style):
            targets = style_targets(self._extractor, self._terms, style)
            return targets, references(self._extractor, self._terms, content)

        given = self._replicas.spread(as_float(content)), as_float(style)
        return self._compiled("measure", measured, *given)(*given)

    def held(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """See `Evaluator`."""
        return progress

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """See `Evaluator`."""

        def steps(progress, measured, count):
            objective = Objective(self._extractor, self._terms, *measured)
            run = compile_steps(objective, optimizer, decay=self._decay, xla=self._xla)
            return run(progress, count)

        return self._compiled(optimizer, steps, progress, measured, tf.constant(1))

    def _compiled(self, key: Any, function: Callable, *arguments: Any) -> Callable:
        """`function` compiled; what was compiled under this key before, where that will do."""
        if not self._any_size:
            return self._replicas.compiled(function, *arguments)
        if key not in self._traced:
            self._traced[key] = self._replicas.compiled(function, *arguments, any_size=True)
        return self._traced[key]

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """See `Evaluator`."""

        def evaluate(image, measured):
            return term_values(Objective(self._extractor, self._terms, *measured), image)

        values = self._replicas.call(evaluate, self._replicas.spread(picture), measured)
        return {name: self._replicas.together(value) for name, value in values.items()}


class Tiled:
    """Window by window, in the memory of one window besides what is as large as the picture.

    What is as large lies on the host, where the optimiser moves it: in place and in bands where
    it moves every pixel for itself, so that each array is there once.
    """

    def __init__(self, windows: Windows, decay: float):
        self._windows, self._decay = windows, decay

    def measure(self, content: Picture, style: Picture) -> Any:
        """See `Evaluator`."""
        return self._windows.style_targets(style), self._windows.references(content)

    def held(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """See `Evaluator`."""
        return tf.nest.map_structure(np.array, progress) if optimizer.pointwise else progress

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """See `Evaluator`; a call is one step, in which Python goes from window to window."""
        terms = self._windows.objective.terms
        move = tf.function(partial(moved, optimizer, self._decay), autograph=False)
        if optimizer.pointwise:
            move = partial(_move_in_bands, move)

        def run(progress, measured, count):
            with tf.device("CPU:0"):
                found = self._windows.value_and_grad(*measured, progress.image)
                # Not moved by it, the picture stays the last good one.
                if finite := _all_finite(found.gradient):
                    progress = move(found, progress)
                report, failed = told(terms, progress.image, 1), optimizer.failed(progress.state)
                return progress, recorded(terms, report, found, tf.constant(finite), failed)

        return run

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """See `Evaluator`."""
        return self._windows.values(*measured, picture)


def _move_in_bands(move: Callable, found: Evaluation, progress: Progress) -> Progress:
    """`move` of some rows after the other, in place; all else than pictures is moved once."""
    height, width = progress.image.shape[1:3]
    for rows in bands(height, width):
        # Optimisers see the loss per unit of the mean value of what they are given: of all rows.
        whole = height / (rows.stop - rows.start)
        old = tf.nest.map_structure(
            lambda array, rows=rows: array[:, rows] if array.ndim == 4 else array, progress
        )
        band = found._replace(gradient=found.gradient[:, rows] * whole)
        new = move(band, old)
        tf.nest.map_structure(_put_picture, old, new)
    tf.nest.map_structure(_put_number, progress, new)
    return progress


def _put_picture(place: np.ndarray, value: tf.Tensor) -> None:
    if place.ndim == 4:
        place[...] = value


def _put_number(place: np.ndarray, value: tf.Tensor) -> None:
    if place.ndim != 4:
        place[...] = value


def _all_finite(picture: np.ndarray) -> bool:
    return all(np.isfinite(picture[:, rows]).all() for rows in bands(*picture.shape[1:3]))
