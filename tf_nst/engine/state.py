"""Where a run stands, and where a scale does: plain data."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.divergence import Rise


class Track(NamedTuple):
    """What is kept of the pictures on the way; all axes begin with the batch.

    Attributes:
      picture: [B, H, W, 3], the evaluated picture of the least loss; or, where an average is asked
        for, the mean of the pictures so far, later ones weighing more.
      least: [B], the least loss.
      weight: [B], the sum of the mean's weights, 1 in the long run; 0 without an average.
    """

    picture: tf.Tensor
    least: tf.Tensor
    weight: tf.Tensor


class Progress(NamedTuple):
    """Where a scale stands: the next picture to evaluate, the optimiser's state, the track."""

    image: tf.Tensor
    state: Any
    track: Track


class RunState(NamedTuple):
    """Where a run stands: plain arrays and numbers, from which it goes on to the same pixels.

    Attributes:
      scale: the index of its scale in the job.
      step: steps so far, those of earlier scales included.
      step_of_scale: steps of this scale.
      core: of this scale's windows in pixels; 0: the whole picture at once.
      fallback: whether this scale is painted by the job's fallback, for want of memory.
      progress: where the scale stands; None before the first has begun.
      least: [up to STOP_STEPS + 1, B], see `pace.recent_least`; None before the first step.
      rise: how the losses of this scale compare with its first; None before the first step.
      last_good: [B, H, W, 3], the picture before this one, or None.
    """

    scale: int = 0
    step: int = 0
    step_of_scale: int = 0
    core: int = 0
    fallback: bool = False
    progress: Progress | None = None
    least: NDArray[np.float32] | None = None
    rise: Rise | None = None
    last_good: NDArray[np.float32] | tf.Tensor | None = None

    @property
    def begun(self) -> Progress:
        """The progress of a run that has begun a scale.

        Raises:
          ValueError: it has begun none.
        """
        if self.progress is None:
            raise ValueError("expected a run that has begun a scale, received one that has not")
        return self.progress
