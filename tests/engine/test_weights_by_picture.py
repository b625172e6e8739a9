"""A batch in which each picture has its own weights equals the pictures painted one by one."""

import numpy as np
import pytest
from jobs import history, picture
from tolerances import assert_close

from tf_nst.engine.loop import iterate
from tf_nst.engine.not_finite import non_finite
from tf_nst.io.listeners import contributions
from tf_nst.objective.objective import total

WEIGHTS = (0.5, 4.0, 0.0)


def weighted(job, content):
    """The job with another weight of its content terms."""
    terms = tuple(
        term._replace(weight=content) if term.role == "content" else term for term in job.terms
    )
    return job._replace(terms=terms)


def batch(job):
    repeated = np.repeat(job.initial, len(WEIGHTS), axis=0)
    return weighted(job, WEIGHTS)._replace(initial=repeated)


def test_each_picture_is_painted_as_if_it_were_alone(make_job):
    events = list(iterate(batch(make_job(4))))
    for index, weight in enumerate(WEIGHTS):
        alone = list(iterate(weighted(make_job(4), weight)))
        assert_close(picture(events)[index], picture(alone)[0], "float32", scale=1.0)
        for name, values in history(alone).items():
            assert_close(history(events)[name][:, index], values[:, 0], "float32")


def test_a_scale_may_end_early_by_the_losses_of_all(make_job):
    events = list(iterate(batch(make_job(40, stop=0.9))))
    assert len(next(iter(history(events).values()))) == 20


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 2.0)])
def test_weights_that_are_not_one_for_each_picture_are_refused(make_job, weights):
    job = weighted(batch(make_job(2)), weights)
    with pytest.raises(ValueError, match="content/mean_squared/block2_conv1: expected one weight"):
        next(iterate(job))


def test_the_shares_of_a_picture_add_up_to_its_loss(make_job):
    job = batch(make_job(1))
    values = {term.name: np.float32([0.1, 0.2, 0.3]) for term in job.terms}
    losses = total(job.terms, values)
    for index in range(len(WEIGHTS)):
        of_picture = {name: float(value[index]) for name, value in values.items()}
        shares = contributions(job.terms, of_picture, index)
        assert sum(shares.values()) == pytest.approx(float(losses[index]))


def test_where_only_the_gradient_is_not_finite_the_heaviest_term_is_named(make_job):
    job = batch(make_job(1))
    values = np.full((1, len(job.terms), len(WEIGHTS)), 0.1)
    values[0, 0, 1] = 100.0
    error = non_finite(job.terms, values, 0, "start", None)
    assert "gradient is not finite at step 1: content/mean_squared" in str(error)
