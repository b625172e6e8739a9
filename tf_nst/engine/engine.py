"""What runs have in common is made once: networks, compiled functions, measured targets."""

import hashlib
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.cache import Cache
from tf_nst.engine.evaluator import Evaluator
from tf_nst.engine.job import Job
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.strategy import whole_picture_strategy
from tf_nst.engine.tiled import Tiled
from tf_nst.engine.whole import Whole
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.objective.objective import NOTHING
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import reweighted

# So many of each are kept, the latest used. A run by windows has one evaluator for each core, and
# targets are measured at every scale: five for a picture of 512 pixels.
MOST_EVALUATORS = 8
MOST_TARGETS = 64
# Of all targets: those of the nearest features may take 24 MB, those of other statistics 5 MB.
MOST_TARGET_BYTES = 1 << 28
# Networks, strategies and measured speeds.
MOST_RESOURCES = 8


class Engine:
    """Keeps what pictures of the same sizes and style share, so that it is computed only once.

    Attributes:
      resources: what jobs are made of, by any key; see engine/resources.py.
      measurements: how often targets were measured.
    """

    def __init__(self) -> None:
        self.resources: Cache[Any] = Cache(MOST_RESOURCES)
        self.measurements = 0
        self._evaluators: Cache[Evaluator] = Cache(MOST_EVALUATORS)
        self._targets: Cache[dict[str, Value]] = Cache(MOST_TARGETS, MOST_TARGET_BYTES, _bytes_of)

    @property
    def traces(self) -> int:
        """How often a function of the evaluators that are kept was traced."""
        return sum(evaluator.traces for evaluator in self._evaluators.values())

    def evaluator(self, job: Job, core: int) -> Evaluator:
        """That of a job, by windows of `core` pixels or (0) of whole pictures."""
        return self._evaluators.get(_key(job, core), lambda: _make_evaluator(job, core))

    def targets(
        self,
        job: Job,
        core: int,
        pictures: Mapping[str, Any],
        weights: Mapping[str, tf.Tensor] = NOTHING,
    ) -> dict[str, Value]:
        """The targets of a job's terms at pictures by name, of the size of a scale.

        Args:
          weights: see `target_weights`.
        """
        given = (*pictures.items(), *weights.items())
        digests = tuple((name, _digest(array)) for name, array in given)

        def measure() -> dict[str, Value]:
            self.measurements += 1
            return self.evaluator(job, core).targets(pictures, weights)

        return self._targets.get((_key(job, core), digests), measure)


def _key(job: Job, core: int) -> Hashable:
    # Weights are arguments of what is compiled, and no target depends on them.
    terms = reweighted(job.terms, [0.0] * len(job.terms))
    shared = job.network, job.extractor, terms, job.strategy, job.xla, job.decay
    # A function of one's own may be another by the same name.
    kinds = tuple(term.kind for term in job.terms)
    return (*shared, kinds, len(job.initial), job.cores is None, core)


def _make_evaluator(job: Job, core: int) -> Evaluator:
    if core:
        objective = WindowObjective(job.extractor, job.network, job.terms, core)
        return Tiled(Windows(objective, Replicas(job.strategy, 1), job.xla), job.decay)
    strategy = job.strategy if job.cores is None else whole_picture_strategy(job.strategy)
    replicas = Replicas(strategy, len(job.initial))
    return Whole(job.extractor, job.terms, replicas, job.decay, job.xla)


def _bytes_of(targets: dict[str, Value]) -> int:
    """Of all tensors, on all replicas."""
    tensors = tf.nest.flatten(targets, expand_composites=True)
    return sum(tensor.dtype.size * tensor.shape.num_elements() for tensor in tensors)


def _digest(picture: NDArray[Any] | tf.Tensor) -> bytes:
    array = np.ascontiguousarray(picture)
    digest = hashlib.blake2b(array.data, digest_size=16)
    digest.update(repr((array.shape, array.dtype)).encode())
    return digest.digest()
