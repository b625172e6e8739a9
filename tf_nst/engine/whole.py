"""The evaluator of whole pictures."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import tensorflow as tf

from tf_nst.engine.evaluator import CallReport, Measured, Steps, TermWeights
from tf_nst.engine.replicas import Function, Programs, Replicas
from tf_nst.engine.state import Progress
from tf_nst.engine.steps import Report, paint_scale
from tf_nst.objective.objective import (
    NOTHING,
    Extractor,
    Objective,
    Pictures,
    Values,
    blend,
    measure_references,
    measure_targets,
)
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import Terms, reweighted
from tf_nst.ops.color import as_float
from tf_nst.optim.optimizer import Optimizer


class Whole:
    """The whole picture at once, a batch of them spread over the replicas.

    Where nothing is compiled by XLA its functions are traced once, for pictures of every size: a
    scale that is traced anew takes about a second.
    """

    def __init__(
        self, extractor: Extractor, terms: Terms, replicas: Replicas, decay: float, xla: bool
    ) -> None:
        self._extractor, self._terms, self._replicas = extractor, terms, replicas
        self._decay, self._xla = decay, xla and not replicas.compile_themselves
        self._programs = Programs(replicas, any_size=replicas.any_size and not xla)

    @property
    def traces(self) -> int:
        """See `Evaluator`."""
        return self._programs.traces

    def targets(
        self, pictures: Pictures, weights: Mapping[str, tf.Tensor] = NOTHING
    ) -> dict[str, Value]:
        """See `Evaluator`."""
        measure = partial(measure_targets, self._extractor, self._terms)
        pictures = {name: as_float(picture) for name, picture in pictures.items()}
        arguments = pictures, dict(weights)
        targets: dict[str, Value] = self._programs("targets", measure, *arguments)(*arguments)
        return targets

    def blend(
        self, targets: Sequence[dict[str, Value]], shares: Sequence[float], terms: Terms
    ) -> dict[str, Value]:
        """See `Evaluator`; each replica has targets of its own."""
        blended: dict[str, Value] = self._replicas.apart(
            lambda *each: blend(each, shares, terms), *targets
        )
        return blended

    def references(self, pictures: Pictures) -> Any:
        """See `Evaluator`."""
        measure = partial(measure_references, self._extractor, self._terms)
        pictures = {name: as_float(picture) for name, picture in pictures.items()}
        pictures = self._replicas.spread(pictures)
        return self._programs("references", measure, pictures)(pictures)

    def place(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """See `Evaluator`."""
        tensors = tf.nest.map_structure(tf.convert_to_tensor, progress)
        placed: Progress = self._replicas.spread(tensors)
        return placed

    def gather(self, progress: Progress) -> Progress:
        """See `Evaluator`."""
        gathered: Progress = tf.nest.map_structure(self.join, progress)
        return gathered

    def join(self, value: Any) -> tf.Tensor:
        """See `Evaluator`."""
        return self._replicas.together(value)

    def steps(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Steps:
        """See `Evaluator`."""

        def steps(
            progress: Progress,
            measured: Measured,
            weights: tuple[tf.Tensor, ...],
            count: tf.Tensor,
        ) -> tuple[Progress, Report]:
            objective = Objective(self._extractor, reweighted(self._terms, weights), *measured)
            return paint_scale(objective, optimizer, progress, count, decay=self._decay)

        compiled = tf.function(steps, autograph=False, jit_compile=self._xla)
        measured = measured._replace(kept=self._replicas.spread(measured.kept))
        scalars = tuple(tf.constant(weight, tf.float32) for weight in weights)
        arguments = progress, measured, scalars, tf.constant(1)
        program = self._programs(("steps", optimizer), compiled, *arguments)
        return lambda progress, count: self._in_step(program, progress, (measured, scalars), count)

    def _in_step(
        self,
        program: Function,
        progress: Progress,
        compared: tuple[Measured, tuple[tf.Tensor, ...]],
        count: int,
    ) -> tuple[Progress, CallReport]:
        """A call in which every replica makes as many steps.

        Where one ended early the others went too far: the call is made again, as far as that one
        came, so that pictures end together however they are spread.
        """
        while True:
            updated, report = program(progress, *compared, tf.constant(count))
            steps = [int(number) for number in self._replicas.each(report.steps)]
            if min(steps) == max(steps):
                break
            count = min(steps)
        history = self._replicas.together(report.history, axis=2)[: steps[0]].numpy()
        finite = all(bool(value) for value in self._replicas.each(report.finite))
        failed = self._replicas.together(report.failed).numpy()
        return updated, CallReport(finite, failed, history)

    def values(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Values:
        """See `Evaluator`: those that one more step evaluates, whose program is there already."""
        placed = self.place(optimizer, progress)
        _, report = self.steps(optimizer, placed, measured, weights)(placed, 1)
        return {term.name: report.history[0, index] for index, term in enumerate(self._terms)}
