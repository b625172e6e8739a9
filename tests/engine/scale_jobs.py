"""What tests of the loop over scales share: jobs without a network, two scales, their loss."""

from functools import partial

import tensorflow as tf
from jobs import SIZE, make_term

from tf_nst.objective.objective import build_objective
from tf_nst.ops.resample import resize
from tf_nst.optim.sgd import sgd
from tf_nst.planning.schedule import LEAST_SIDE, Scale

STILL = sgd(1e-30)
COARSE, FINE = (10, 14), SIZE


def plain_jobs(make_job):
    """Jobs whose features are the picture itself: nothing here depends on the network."""
    terms = (make_term("mean_squared", "pixels"), make_term("gram", "pixels", 10.0))
    return partial(make_job, extractor=lambda image: {"pixels": image}, terms=terms)


def scales(*steps: int) -> tuple[Scale, ...]:
    """A coarse scale and that of the picture, with these steps."""
    return tuple(Scale(*size, count) for size, count in zip((COARSE, FINE), steps, strict=True))


def objective_of(job, height: int, width: int):
    """The loss at a scale; the style of 24x18 pixels is so small that it does not shrink."""
    assert min(job.pictures["style"].shape[1:3]) <= LEAST_SIDE
    content = resize(tf.constant(job.pictures["content"]), height, width)
    given = {"content": content, "style": job.pictures["style"]}
    return build_objective(job.extractor, job.terms, given)
