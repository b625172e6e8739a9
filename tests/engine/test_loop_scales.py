"""The loop over scales: what is carried on, what is left out, fallbacks, and ends by progress."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from jobs import (
    ADAM,
    SIZE,
    compile_steps,
    failing,
    history,
    make_term,
    notes,
    picture,
    started,
    steps_done,
)
from tolerances import assert_close

from tf_nst.engine import pace
from tf_nst.engine.events import Note, StepsDone
from tf_nst.engine.loop import iterate, stylize
from tf_nst.engine.pace import STOP_STEPS
from tf_nst.engine.steps import begin_scale
from tf_nst.objective.objective import build_objective, term_values
from tf_nst.ops.resample import carried, resize
from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import MOST_TRIALS, strong_wolfe
from tf_nst.optim.sgd import sgd
from tf_nst.planning.schedule import LEAST_SIDE, Scale

STILL = sgd(1e-30)
COARSE, FINE = (10, 14), SIZE
both_lengths = pytest.mark.parametrize("seconds", [0.0, 1e6], ids=["short calls", "long calls"])


@pytest.fixture(scope="module")
def make_job(make_job):
    """Jobs whose features are the picture itself: nothing here depends on the network."""
    terms = (make_term("mean_squared", "own"), make_term("gram", "own", 10.0))
    return partial(make_job, extractor=lambda image: {"own": image}, terms=terms)


def scales(*steps: int) -> tuple[Scale, ...]:
    """A coarse scale and that of the picture, with these steps."""
    return tuple(Scale(*size, made) for size, made in zip((COARSE, FINE), steps, strict=True))


def objective_of(job, height: int, width: int):
    """The loss at a scale; the style of 24x18 pixels is so small that it does not shrink."""
    assert min(job.pictures["style"].shape[1:3]) <= LEAST_SIDE
    content = resize(tf.constant(job.pictures["content"]), height, width)
    given = {"content": content, "style": job.pictures["style"]}
    return build_objective(job.extractor, job.terms, given)


# --- one after the other ---------------------------------------------------------------------


def test_scales_are_painted_one_after_the_other_and_steps_count_over_all(make_job):
    job = make_job(scales=scales(2, 3))
    events = list(iterate(job))
    assert [event[:2] for event in started(events)] == list(enumerate(job.scales))
    told = [(event.scale, event.step) for event in steps_done(events)]
    assert told.index((job.scales[0], 2)) < told.index((job.scales[1], 5))
    assert events.index(started(events)[1]) < events.index(steps_done(events)[-1])
    assert [step for _, step in told] == sorted({step for _, step in told})
    for event in steps_done(events):
        assert event.image.shape == (1, event.scale.height, event.scale.width, 3)
    assert picture(events).shape == (1, *FINE, 3)


@pytest.mark.parametrize(("xla", "sizes"), [(False, {(None, None)}), (True, {COARSE, FINE})])
def test_functions_are_traced_once_for_all_sizes_unless_xla_compiles_them(make_job, xla, sizes):
    """The style's targets, once, since it is too small to shrink; the content's references, the
    steps and the last values."""
    seen = []

    def extractor(image):
        seen.append(tuple(image.shape[1:3]))
        return {"own": image}

    job = make_job(scales=scales(1, 1), extractor=extractor, xla=xla)
    same = job.pictures["content"]
    job = job._replace(pictures={"content": same, "style": same})
    stylize(job)
    assert len(seen) == (6 if xla else 4)
    assert set(seen[:-1]) == sizes


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


# --- fallback --------------------------------------------------------------------------------


def test_where_an_optimiser_fails_a_line_says_so_and_another_goes_on(make_job, monkeypatch):
    """Calls of one step, so that the line comes at the step."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    job = make_job(7, optimizer=with_fallback(failing(sgd(1e-5), 3), ADAM))
    events, states = [], []
    for event in iterate(job):
        events.append(event)
        states.append(event.snapshot())
    assert notes(events) == ["step 3: the line search found no lower loss, Adam goes on"]
    (note,) = (event for event in events if isinstance(event, Note))
    before = events[events.index(note) - 1]
    assert isinstance(before, StepsDone) and before.step == 3
    assert steps_done(events)[-1].step == 7
    run = compile_steps(objective_of(job, *FINE), ADAM)
    image = tf.constant(states[events.index(note)].progress.image)
    progress, report = run(begin_scale(ADAM, image), tf.constant(4))
    for index, values in enumerate(history(events).values()):
        assert_close(values[3:, 0], report.history[:4, index, 0], "float32")
    assert_close(picture(events), progress.track.picture, "float32")


def test_the_best_picture_before_a_failure_is_not_forgotten(make_job):
    """What goes on makes it worse."""
    job = make_job(6, optimizer=with_fallback(failing(sgd(1e-4), 3), sgd(10.0)), pause_every=3)
    events = list(iterate(job))
    before = next(event for event in steps_done(events) if event.step == 3)
    np.testing.assert_array_equal(picture(events), before.image)


def test_the_scale_after_a_failure_has_its_own_optimiser_again(make_job, monkeypatch):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    optimizer = with_fallback(failing(sgd(1e-5), 3), ADAM)
    job = make_job(scales=scales(4, 5), optimizer=optimizer)
    lines = [line.split(":")[0] for line in notes(list(iterate(job)))]
    assert lines == ["step 3", "step 7"]


def test_of_a_batch_the_line_says_how_many(make_job, content):
    optimizer = with_fallback(failing(sgd(1e-5), 3), ADAM)
    job = make_job(4, optimizer=optimizer, initial=np.concatenate([content, content[:, ::-1]]))
    (line,) = notes(iterate(job))
    assert line.endswith("found no lower loss for 2 of 2 pictures, Adam goes on")


def test_lbfgs_gives_way_after_two_searches_in_vain(make_job, monkeypatch):
    """The slope that the extractor tells is the opposite of its own."""

    def lying(image):
        return {"own": image - 2 * tf.stop_gradient(image)}

    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 0.0)
    optimizer = with_fallback(lbfgs(1.0, 2, strong_wolfe()), ADAM)
    job = make_job(
        40, optimizer=optimizer, extractor=lying, terms=(make_term("mean_squared", "own"),)
    )
    start = job.pictures["content"] / 2 + 0.2
    events = list(iterate(job._replace(initial=start)))
    assert [line.split(":")[0] for line in notes(events)] == [f"step {1 + 2 * MOST_TRIALS}"]
    assert steps_done(events)[-1].step == 40
    np.testing.assert_array_equal(picture(events), start)


# --- ends by progress ------------------------------------------------------------------------


@both_lengths
@pytest.mark.parametrize("pause_every", [0, 7])
def test_a_scale_ends_at_a_multiple_of_ten_steps_that_lowered_nothing(
    make_job, monkeypatch, seconds, pause_every
):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    job = make_job(scales=scales(35, 25), optimizer=STILL, stop=1e-3, pause_every=pause_every)
    events = list(iterate(job))
    assert notes(events) == [
        f"step {step}: 10 steps lowered the loss by less than 0.001 of it, enough of this size"
        for step in (20, 40)
    ]
    ends = [event.step for event in steps_done(events)]
    assert {20, 40} <= set(ends) and ends[-1] == 40
    first = next(event for event in events if isinstance(event, Note))
    assert events.index(started(events)[1]) == events.index(first) + 1


@pytest.mark.parametrize(("steps", "stop"), [(20, 1e-3), (35, 0.0)])
def test_nothing_is_told_where_all_steps_are_made(make_job, steps, stop, long_calls):
    events = list(iterate(make_job(steps, optimizer=STILL, stop=stop)))
    assert steps_done(events)[-1].step == steps
    assert notes(events) == []


@both_lengths
def test_what_is_compared_is_the_least_loss_with_that_of_ten_steps_before(
    make_job, monkeypatch, seconds
):
    """Against NumPy, on a run that slows down; its picture is that of as many steps alone."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    stop = 0.05
    whole = list(iterate(make_job(60)))
    weights = {term.name: term.weight for term in make_job().terms}
    losses = sum(weights[name] * values[:, 0] for name, values in history(whole).items())
    least = np.minimum.accumulate(losses)
    falls = {
        made: 1 - least[made - 1] / least[made - 1 - STOP_STEPS]
        for made in range(20, 61, STOP_STEPS)
    }
    expected = next(made for made, fall in falls.items() if fall < stop)
    assert 20 < expected < 60
    events = list(iterate(make_job(60, stop=stop)))
    assert steps_done(events)[-1].step == expected
    np.testing.assert_array_equal(picture(events), stylize(make_job(expected)))


def test_a_batch_goes_on_while_one_of_its_pictures_does(make_job, content):
    """One stands still; the other begins with noise."""
    noise = np.random.default_rng(0).random(content.shape, dtype=np.float32)
    settled = stylize(make_job(60, initial=content))
    alone, both = (
        list(iterate(make_job(40, initial=initial, stop=0.02)))
        for initial in (settled, np.concatenate([settled, noise]))
    )
    assert steps_done(alone)[-1].step == 20
    assert steps_done(both)[-1].step > 20
