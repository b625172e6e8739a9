"""More steps for a painting that is prepared: it goes on as if it had been given them at first."""

from dataclasses import replace

from tf_nst.engine.state import RunState
from tf_nst.errors import UserError
from tf_nst.painting.preparation import Painting


def lengthen(painting: Painting, state: RunState, more: int) -> Painting:
    """The painting with so many steps left from a state on; its last scale has more or fewer.

    Each scale that is still to come keeps a step at least.

    Args:
      state: of a run of this painting that has begun.
      more: steps, 1 or more.

    Raises:
      UserError: the painting has no steps at its own size.
    """
    *others, last = painting.job.scales
    if not last.steps:
        raise UserError("steps: expected a painting with steps at its full size, received none")
    left = sum(scale.steps for scale in painting.job.scales[state.scale :]) - state.step_of_scale
    made = state.step_of_scale if state.scale == len(others) else 0
    steps = max(made + 1, last.steps + more - left)
    scales = (*others, last._replace(steps=steps))
    config = replace(painting.config, steps=tuple(scale.steps for scale in scales))
    return painting._replace(job=painting.job._replace(scales=scales), config=config)
