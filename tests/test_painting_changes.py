"""A painting that is prepared takes other weights and more steps: nothing is compiled again."""

import numpy as np
import pytest
from paintings import prepared

from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Finished
from tf_nst.engine.loop import iterate
from tf_nst.engine.state import RunState
from tf_nst.errors import UserError
from tf_nst.painting.lengthening import lengthen
from tf_nst.painting.reweighting import reweight
from tf_nst.planning.schedule import Scale

SHORT, LONG = {"steps": "2,4", "scales": 2}, {"steps": "2,7", "scales": 2}


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture(scope="module")
def painting(engine):
    return prepared(lambda line: None, engine=engine, content_weight=2, tv_weight=0.5, **SHORT)


def last_of(painting, state: RunState | None = None) -> Finished:
    *_, last = iterate(painting.job, state, painting.engine)
    assert isinstance(last, Finished)
    return last


def test_weights_of_terms_are_proportional_to_those_of_their_losses(painting):
    changed = reweight(painting, {"style_weight": 27.0, "tv_weight": 2.0})
    factors = {"content": 1.0, "style": 0.1, "variation": 4.0}
    for before, after in zip(painting.job.terms, changed.job.terms, strict=True):
        assert after.weight == pytest.approx(before.weight * factors[before.role])
        assert after._replace(weight=before.weight) == before
    objective = changed.config.objective
    assert (objective.style_weight, objective.tv_weight) == (27.0, 2.0)
    assert objective.content_weight == 2.0


def test_the_way_back_leads_to_the_first_weights(painting):
    there = reweight(painting, {"style_weight": 3.0})
    back = reweight(there, {"style_weight": 270.0})
    assert [term.weight for term in back.job.terms] == pytest.approx(
        [term.weight for term in painting.job.terms]
    )


def test_weights_are_those_that_a_painting_would_be_prepared_with(painting, engine):
    asked = {"content_weight": 0.5, "style_weight": 9.0, "tv_weight": 0.125}
    anew = prepared(lambda line: None, engine=engine, **SHORT, **asked)
    changed = reweight(painting, asked)
    expected = {term.name: term.weight for term in anew.job.terms}
    assert {it.name: it.weight for it in changed.job.terms} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("weights", "line"),
    [
        ({"size": 3.0}, "size: expected one of content_weight, style_weight, tv_weight"),
        ({"style_weight": 0.0}, "style_weight: expected a number above 0"),
    ],
)
def test_other_weights_are_refused(painting, weights, line):
    with pytest.raises(UserError, match=line):
        reweight(painting, weights)


def test_a_loss_that_was_left_out_cannot_be_weighted(engine):
    without = prepared(lambda line: None, engine=engine, tv_weight=0, **SHORT)
    with pytest.raises(UserError, match="tv_weight: expected a number above 0 now and from the"):
        reweight(without, {"tv_weight": 1.0})


def test_a_finished_painting_that_goes_on_equals_an_unbroken_longer_one(painting, engine):
    finished = last_of(painting)
    longer = lengthen(painting, finished.snapshot(), 3)
    assert longer.job.scales == (*painting.job.scales[:-1], Scale(48, 64, 7))
    assert longer.config.steps == (2, 7)
    unbroken = prepared(lambda line: None, engine=engine, content_weight=2, tv_weight=0.5, **LONG)
    state = finished.snapshot()
    traces = engine.traces
    image = last_of(longer, state).image
    assert engine.traces == traces
    np.testing.assert_array_equal(image, last_of(unbroken).image)
    assert np.abs(image - finished.image).max() > 0


@pytest.mark.parametrize(
    ("step", "more", "steps"), [(1, 8, (2, 7)), (1, 2, (2, 1)), (4, 3, (2, 5)), (4, 1, (2, 3))]
)
def test_so_many_steps_are_left_from_a_stop_on(painting, step, more, steps):
    """Of 2 and 4 steps: after the first one, 1 of the coarse scale is left; after the fourth, 2."""
    scale = 0 if step < 2 else 1
    state = RunState(scale, step, step - 2 * scale)
    longer = lengthen(painting, state, more)
    assert longer.config.steps == steps
    left = sum(it.steps for it in longer.job.scales[scale:]) - state.step_of_scale
    assert left == more


def test_a_scale_that_is_still_to_come_keeps_a_step(painting):
    assert lengthen(painting, RunState(0, 0, 0), 1).config.steps == (2, 1)


def test_a_painting_without_steps_at_its_size_is_refused(engine):
    coarse = prepared(lambda line: None, engine=engine, steps="3,0", scales=2)
    with pytest.raises(UserError, match="steps: expected a painting with steps at its full size"):
        lengthen(coarse, RunState(0, 3, 3), 5)
