"""What the engine tells while it runs. Frozen records; whoever iterates decides what to do."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.planning.schedule import Scale


class ScaleStarted(NamedTuple):
    """A scale begins; `index` counts from 0."""

    index: int
    scale: Scale


class StepsDone(NamedTuple):
    """One call of the compiled function is back.

    Attributes:
      step: steps made so far, those of earlier scales included.
      scale: the scale.
      values: {term: [steps of this call, B] float32} unweighted, of what each step evaluated.
      seconds: what this call took.
      image: [B, H, W, 3] float32 in 0..1, the picture so far: the average of the optimiser's
        pictures, or the best of them.
    """

    step: int
    scale: Scale
    values: dict[str, np.ndarray]
    seconds: float
    image: tf.Tensor


class Note(NamedTuple):
    """Something to tell in a plain line, such as that a scale ended early."""

    line: str


class Finished(NamedTuple):
    """The end: the picture [B, H, W, 3] float32 in 0..1 and its own values {term: [B]}."""

    image: tf.Tensor
    values: dict[str, np.ndarray]


Event = ScaleStarted | StepsDone | Note | Finished
