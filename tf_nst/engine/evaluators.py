"""How a scale is evaluated: the whole picture at once, or window by window. Both give the same."""

from collections.abc import Callable
from typing import Any, Protocol

import tensorflow as tf

from tf_nst.engine.optimizers import Optimizer
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.steps import MOST_STEPS_PER_CALL, Progress, Report, advance, compile_steps, told
from tf_nst.engine.windows import Windows
from tf_nst.objective.objective import (
    Extractor,
    Objective,
    Values,
    references,
    style_targets,
    term_values,
)
from tf_nst.objective.terms import Term

# progress, what was measured, count of steps -> progress, report; each a value of the replicas.
Run = Callable[[Progress, Any, tf.Tensor], tuple[Progress, Report]]


class Evaluator(Protocol):
    """What the loop asks of one."""

    def measure(self, content: tf.Tensor, style: tf.Tensor) -> Any:
        """The targets of a style [1, h, w, 3] and the references of a content [B or 1, H, W, 3]."""

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """Several steps as one call; `progress` and `measured` are examples of what it is given."""

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """{term: [B]}, unweighted, of a picture [B, H, W, 3]."""


class Whole:
    """The whole picture at once, a batch of them spread over the replicas."""

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

    def measure(self, content: tf.Tensor, style: tf.Tensor) -> Any:
        """See `Evaluator`."""

        def measured(content, style):
            targets = style_targets(self._extractor, self._terms, style)
            return targets, references(self._extractor, self._terms, content)

        return self._replicas.call(measured, self._replicas.spread(content), style)

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """See `Evaluator`."""

        def steps(progress, measured, count):
            objective = Objective(self._extractor, self._terms, *measured)
            run = compile_steps(objective, optimizer, decay=self._decay, xla=self._xla)
            return run(progress, count)

        return self._replicas.compiled(steps, progress, measured, tf.constant(1))

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """See `Evaluator`."""

        def evaluate(image, measured):
            return term_values(Objective(self._extractor, self._terms, *measured), image)

        values = self._replicas.call(evaluate, self._replicas.spread(picture), measured)
        return {name: self._replicas.together(value) for name, value in values.items()}


class Tiled:
    """Window by window, in the memory of one window besides what is as large as the picture.

    What is as large lies on the host, where the optimiser moves it.
    """

    def __init__(self, windows: Windows, decay: float):
        self._windows, self._decay = windows, decay

    def measure(self, content: tf.Tensor, style: tf.Tensor) -> Any:
        """See `Evaluator`."""
        return self._windows.style_targets(style), self._windows.references(content)

    def steps(self, optimizer: Optimizer, progress: Progress, measured: Any) -> Run:
        """See `Evaluator`; Python goes from window to window, and ends the call."""
        terms = self._windows.objective.terms

        @tf.function(autograph=False)
        def move(progress, report, found):
            return advance(terms, optimizer, self._decay, lambda _: found, progress, report)

        def run(progress, measured, count):
            with tf.device("CPU:0"):
                report = told(terms, progress.image, MOST_STEPS_PER_CALL)
                while report.steps < count and report.finite and not report.failed:
                    found = self._windows.value_and_grad(*measured, progress.image)
                    progress, report = move(progress, report, found)
                return progress, report

        return run

    def values(self, measured: Any, picture: tf.Tensor) -> Values:
        """See `Evaluator`."""
        return self._windows.values(*measured, picture)
