"""What the engine emits while it runs. Frozen records; whoever iterates decides what to do."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.state import RunState
from tf_nst.planning.schedule import Scale

# Gives the state of the run at an event as plain arrays; a ValueError once there is another event.
Snapshot = Callable[[], RunState]


class ScaleStarted(NamedTuple):
    """A scale begins, or goes on where a state is given; `index` counts from 0."""

    index: int  # type: ignore[assignment] # hides tuple.index, which no event needs
    scale: Scale
    snapshot: Snapshot | None = None


class StepsDone(NamedTuple):
    """One call of the compiled function is back.

    Attributes:
      step: steps so far, those of earlier scales included.
      scale: the scale.
      values: {term: [steps of this call, B] float32} unweighted, of what each step evaluated.
      seconds: what this call took.
      image: [B, H, W, 3] float32 in 0..1, the picture so far: the average of the optimiser's
        pictures, or the best of them; `painting.finished` restores what is not painted.
      core: of the windows in which it was painted, in pixels; 0: the whole picture at once.
    """

    step: int
    scale: Scale
    values: dict[str, NDArray[np.float32]]
    seconds: float
    image: tf.Tensor
    core: int = 0
    snapshot: Snapshot | None = None


class Note(NamedTuple):
    """Something to report in a plain line, such as that a scale ended early."""

    line: str
    snapshot: Snapshot | None = None


class Finished(NamedTuple):
    """The end: the picture [B, H, W, 3] float32 in 0..1 and its values {term: [B]}."""

    image: tf.Tensor
    values: dict[str, NDArray[np.float32]]
    snapshot: Snapshot | None = None


Event = ScaleStarted | StepsDone | Note | Finished
