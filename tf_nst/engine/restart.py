"""A run that goes on from its picture under another objective."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.job import Job
from tf_nst.engine.state import RunState
from tf_nst.engine.steps import begin_scale


def with_new_objective(
    job: Job, state: RunState, picture: NDArray[np.float32] | tf.Tensor | None = None
) -> RunState:
    """The state of a run whose objective changes, such as by other weights of its terms.

    Steps, scale and picture stay. What was learnt of the old objective begins anew: the optimiser's
    memory, the least loss and the best picture, and what tells that losses rise or stand still.

    Args:
      job: whose run it is; its optimisers are those of the state.
      state: what an event's `snapshot()` gave.
      picture: [B, h, w, 3] float32 in 0..1 of the scale's size; None: the state's so far.
    """
    if picture is None and state.progress is None:
        return state
    optimizer = job.fallback if state.fallback else job.optimizers[state.scale]
    with tf.device("CPU:0"):
        start = state.begun.track.picture if picture is None else picture
        progress = begin_scale(optimizer, tf.convert_to_tensor(start))
    return state._replace(progress=progress, least=None, rise=None)
