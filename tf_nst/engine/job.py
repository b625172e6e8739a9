"""What a run is told: all that it needs, and which of its scales are painted by windows."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.model.networks import Network
from tf_nst.objective.objective import Extractor
from tf_nst.objective.terms import Term
from tf_nst.optim.optimizers import Optimizer
from tf_nst.planning.schedule import Scale


class Tiling(NamedTuple):
    """Which scales are painted window by window. The replicas share the windows of one picture.

    Attributes:
      network: the layer table of the extractor.
      cores: of each scale, the side of its windows' cores in pixels (see `tiles.plan_tiles`); 0:
        the whole picture at once, on the first replica.
    """

    network: Network
    cores: tuple[int, ...]


class Job(NamedTuple):
    """All that a run needs.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      scales: sizes and steps, in their order; the last is the picture's. One of them has steps, a
        scale without steps is left out.
      optimizers: one for each scale; its state is carried on where the next has the same one.
      fallback: goes on where an optimiser fails.
      content: [B or 1, H, W, 3] float32 in 0..1, or uint8 or uint16 codes.
      style: [1, h, w, 3], the same, of the size at which the last scale measures it.
      initial: [B, H, W, 3] float32 in 0..1.
      detail: whether an enlarged picture is given the detail of `initial`, which noise has not.
      decay: of the average of the optimiser's pictures; 0: they are not averaged.
      stop: a scale ends when STOP_STEPS steps lowered the loss by less than this share of it.
      xla: whether XLA compiles the step.
      strategy: paints the batch, a part of it on each replica. The extractor was made in its scope.
      tiling: of the scales that are painted window by window; None: all are painted whole. With it,
        a scale for which the memory does not suffice after all goes on in (smaller) windows.
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
    detail: bool = False
    decay: float = 0.0
    stop: float = 0.0
    xla: bool = False
    strategy: tf.distribute.Strategy = tf.distribute.get_strategy()
    tiling: Tiling | None = None
    pause_every: int = 0
