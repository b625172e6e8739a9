"""Events as a run emits them."""

import numpy as np
import tensorflow as tf

from tf_nst.engine.events import StepsDone
from tf_nst.objective.terms import Term
from tf_nst.planning.schedule import Scale

CONTENT = Term("content/mean_squared/block4_conv2", "content", "block4_conv2", 2.0, "mean_squared")
STYLES = tuple(
    Term(f"style/gram/{layer}", "style", layer, weight, "gram")
    for layer, weight in (("block1_conv1", 3.0), ("block2_conv1", 5.0))
)
TERMS_OF_RUN = (CONTENT, *STYLES)
SCALE = Scale(4, 6, 100)
COARSE = Scale(2, 3, 40)


def done(
    step: int, values=((1.0,), (0.5,), (0.25,)), scale=SCALE, seconds=1.0, count=1
) -> StepsDone:
    """An event with each term's values at the steps of the call; the picture is all `step`.

    The values are repeated `count` times.
    """
    by_term = {
        term.name: np.array(column * count, np.float32)[:, None]
        for term, column in zip(TERMS_OF_RUN, values, strict=True)
    }
    return StepsDone(step, scale, by_term, seconds, tf.fill([1, *scale[:2], 3], float(step)))
