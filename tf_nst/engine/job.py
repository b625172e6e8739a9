"""What a run needs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.model.networks import Network
from tf_nst.objective.objective import NOTHING, Extractor
from tf_nst.objective.regions import Part
from tf_nst.objective.terms import Terms, Weight
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import Scale


class Job(NamedTuple):
    """All that a run needs.

    Attributes:
      network: the layer table of the extractor.
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      scales: sizes and steps, in their order; the last is the picture's. One of them has steps, a
        scale without steps is left out.
      optimizers: one for each scale; its state is carried on where the next has the same one.
      fallback: needs less memory, and paints a scale for whose optimiser there is not enough.
      pictures: those that terms compare with, by name, float32 in 0..1, or uint8 or uint16 codes.
        [B or 1, H, W, 3] of the picture's size where features are compared position by position;
        else [1, h, w, 3] of the size at which the last scale measures it.
      initial: [B, H, W, 3] float32 in 0..1; of the picture's size, or without detail of any.
      masks: those that terms name: [H, W] float32 of 0 or more, of the picture's size; of a term's
        `of_mask` [h, w], of the size of the picture at which its target is measured; of a blended
        target its parts name them.
      blends: {name of a target: the parts that it is blended of}; a target that is not in it is
        that of the picture of its name.
      painted: [H, W] of the picture's size, above 0 where it is painted; elsewhere it stays
        `pictures[CONTENT]`. None: all is painted.
      detail: whether an enlarged picture is given the detail of `initial`, which noise has not.
      decay: of the average of the optimiser's pictures; 0: they are not averaged.
      stop: a scale ends when STOP_STEPS steps lowered the loss by less than this share of it.
      xla: whether XLA compiles the step.
      strategy: paints the batch, a part of it on each replica; or, where there are cores, shares
        the windows of one picture. The extractor was made in its scope.
      cores: of each scale the side of its windows' cores in pixels (see `tiles.plan_tiles`); 0: the
        whole picture at once, on one replica. Where memory is too short after all, a scale goes on
        in (smaller) windows. None: nothing is painted by windows.
      pause_every: a call never goes past a multiple of so many steps; 0: no such multiple.
    """

    network: Network
    extractor: Extractor
    terms: Terms
    scales: tuple[Scale, ...]
    optimizers: tuple[Optimizer, ...]
    fallback: Optimizer
    pictures: Mapping[str, NDArray[Any]]
    initial: NDArray[Any]
    masks: Mapping[str, NDArray[np.float32]] = NOTHING
    blends: Mapping[str, tuple[Part, ...]] = NOTHING
    painted: NDArray[np.float32] | None = None
    detail: bool = False
    decay: float = 0.0
    stop: float = 0.0
    xla: bool = False
    strategy: tf.distribute.Strategy = tf.distribute.get_strategy()
    cores: tuple[int, ...] | None = None
    pause_every: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture in pixels."""
        return self.scales[-1][:2]

    @property
    def term_weights(self) -> tuple[Weight, ...]:
        """The weight of each term, or its weights of the pictures of the batch."""
        return tuple(term.weight for term in self.terms)
