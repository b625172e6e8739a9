"""The loop over scales: what is carried on, and what is left out."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, compile_steps, picture, started, steps_done
from scale_jobs import COARSE, FINE, STILL, objective_of, plain_jobs, scales
from tolerances import assert_close

from tf_nst.engine.loop import iterate, stylize
from tf_nst.engine.steps import begin_scale
from tf_nst.objective.objective import build_objective, term_values
from tf_nst.ops.resample import carried, resize
from tf_nst.optim.adam import adam
from tf_nst.planning.schedule import LEAST_SIDE, Scale


@pytest.fixture(scope="module")
def make_job(make_job):
    """Jobs whose features are the picture itself."""
    return plain_jobs(make_job)


# --- one after the other ---------------------------------------------------------------------


def test_scales_are_painted_one_after_the_other_and_steps_count_over_all(make_job):
    job = make_job(scales=scales(2, 3))
    events = list(iterate(job))
    assert [event[:2] for event in started(events)] == list(enumerate(job.scales))
    numbers = [(event.scale, event.step) for event in steps_done(events)]
    assert numbers.index((job.scales[0], 2)) < numbers.index((job.scales[1], 5))
    assert events.index(started(events)[1]) < events.index(steps_done(events)[-1])
    assert [step for _, step in numbers] == sorted({step for _, step in numbers})
    for event in steps_done(events):
        assert event.image.shape == (1, event.scale.height, event.scale.width, 3)
    assert picture(events).shape == (1, *FINE, 3)


@pytest.mark.parametrize(("xla", "sizes"), [(False, {(None, None)}), (True, {COARSE, FINE})])
def test_functions_are_traced_once_for_all_sizes_unless_xla_compiles_them(make_job, xla, sizes):
    """The style's targets, once, since it is too small to shrink; the content's references
    and the steps, one of which gives the last values."""
    traced = []

    def extractor(image):
        traced.append(tuple(image.shape[1:3]))
        return {"pixels": image}

    job = make_job(scales=scales(1, 1), extractor=extractor, xla=xla)
    same = job.pictures["content"]
    job = job._replace(pictures={"content": same, "style": same})
    stylize(job)
    assert len(traced) == (5 if xla else 3)
    assert set(traced) == sizes


@pytest.mark.parametrize("decay", [0.0, 0.9], ids=["best", "average"])
def test_a_scale_starts_from_the_picture_of_the_last(make_job, decay):
    """A learning rate of next to nothing leaves what it starts from."""
    still = make_job(scales=scales(1, 1), optimizer=STILL, decay=decay)
    expected = resize(resize(tf.constant(still.initial), *COARSE), *FINE)
    assert_close(stylize(still), expected, "float32")


def test_it_has_the_detail_of_the_start_where_that_is_a_picture(make_job):
    still = make_job(scales=scales(1, 1), optimizer=STILL, detail=True)
    origin = tf.constant(still.initial)
    assert_close(stylize(still), carried(resize(origin, *COARSE), origin), "float32")


@pytest.mark.parametrize("decay", [0.0, 0.9], ids=["best", "average"])
def test_moments_are_carried_on_and_the_track_begins_anew(make_job, decay):
    job = make_job(scales=scales(3, 2), decay=decay)
    image = resize(tf.constant(job.initial), *COARSE)
    state = ADAM.init(image)
    for scale in job.scales:
        image = resize(image, *scale[:2])
        objective = objective_of(job, *scale[:2])
        run = compile_steps(objective, ADAM, decay=decay)
        progress, _ = run(begin_scale(ADAM, image, state), tf.constant(scale.steps))
        state, track = progress.state, progress.track
        image = track.picture
    assert state.count == [5]
    assert_close(stylize(job), image, "float32")


def test_another_optimiser_begins_with_a_state_of_its_own(make_job):
    """Two of the same kind are others: they were made with other settings."""
    first, second = adam(0.02, epsilon=1.0), adam(0.02, epsilon=1.0)
    apart = stylize(make_job(scales=scales(3, 2), optimizers=(first, second), decay=0.9))
    together = stylize(make_job(scales=scales(3, 2), optimizers=(first, first), decay=0.9))
    assert np.abs(apart - together).max() > 1e-3


def test_the_style_shrinks_with_the_picture_but_not_below_what_the_layers_see(make_job, content):
    """Strokes keep their size relative to the picture."""
    style = np.random.default_rng(0).random([1, 80, 60, 3], dtype=np.float32)
    for size, sides in (((20, 28), (80, 60)), ((15, 21), (60, 45)), ((5, 7), (43, LEAST_SIDE))):
        job = make_job(scales=(Scale(*size, 1), Scale(*FINE, 0)), pictures={"style": style})
        values = next(iter(steps_done(iterate(job)))).values
        small = build_objective(
            job.extractor,
            job.terms,
            {
                "content": resize(tf.constant(content), *size),
                "style": resize(tf.constant(style), *sides),
            },
        )
        for name, value in term_values(small, resize(tf.constant(content), *size)).items():
            assert_close(values[name][0], value, "float32", scale=1.0)


# --- scales without steps --------------------------------------------------------------------


def test_a_scale_without_steps_is_left_out(make_job):
    job = make_job(scales=(Scale(5, 7, 0), *scales(2, 1)))
    events = list(iterate(job))
    assert [event.index for event in started(events)] == [1, 2]
    assert_close(picture(events), stylize(make_job(scales=scales(2, 1))), "float32")


def test_where_the_last_is_left_out_the_picture_is_enlarged_and_its_values_are_of_its_size(
    make_job,
):
    job = make_job(scales=scales(3, 0))
    events = list(iterate(job))
    assert [event.index for event in started(events)] == [0]
    enlarged = resize(steps_done(events)[-1].image, *FINE)
    np.testing.assert_array_equal(picture(events), enlarged)
    for name, value in term_values(objective_of(job, *FINE), enlarged).items():
        assert_close(events[-1].values[name], value, "float32")
