"""The loop at one scale: events, calls, traces, repeatability."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, SIZE, compile_steps, history, make_term, picture, steps_done
from tolerances import assert_close

from tf_nst.engine import pace
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Finished, ScaleStarted, StepsDone
from tf_nst.engine.loop import iterate, stylize
from tf_nst.engine.steps import MOST_STEPS_PER_CALL, begin_scale
from tf_nst.objective.objective import term_values, total
from tf_nst.objective.terms import IMAGE
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.sgd import sgd

# What the picture is: the best of those evaluated, or their average.
DECAYS = {"best": 0.0, "average": 0.9}
kinds = pytest.mark.parametrize("decay", DECAYS.values(), ids=DECAYS)
# What a job looks at where nothing but its calls matters.
BARE = {"extractor": lambda image: {}, "terms": (make_term("squared", IMAGE),)}


@pytest.fixture(scope="module")
def of_five_steps(make_job) -> dict:
    """{decay: the events of a run of five steps}."""
    return {decay: list(iterate(make_job(5, decay=decay))) for decay in DECAYS.values()}


def test_events_come_in_order(make_job, of_five_steps):
    job, events = make_job(5), of_five_steps[0.0]
    assert isinstance(events[0], ScaleStarted) and events[0][:2] == (0, job.scales[0])
    assert all(isinstance(event, StepsDone) for event in events[1:-1])
    assert isinstance(events[-1], Finished)
    steps = [event.step for event in steps_done(events)]
    assert steps == sorted(set(steps)) and steps[-1] == 5
    assert all(event.scale == job.scales[0] for event in steps_done(events))
    assert all(event.seconds > 0 for event in steps_done(events))


def test_each_call_tells_of_its_own_steps(make_job, long_calls):
    events = steps_done(iterate(make_job(9)))
    counts = np.diff([0, *(event.step for event in events)])
    assert max(counts) > 1
    for event, count in zip(events, counts, strict=True):
        assert list(event.values) == [term.name for term in make_job().terms]
        for values in event.values.values():
            assert values.shape == (count, 1) and values.dtype == np.float32
        assert event.image.shape == (1, *SIZE, 3)


@kinds
def test_a_run_is_the_compiled_steps_and_its_picture_what_they_track(
    make_job, objective, of_five_steps, decay
):
    """And the last values are those of the picture itself."""
    events = of_five_steps[decay]
    run, image = compile_steps(objective, ADAM, decay=decay), tf.constant(make_job().initial)
    progress = begin_scale(ADAM, image)
    before = 0
    for event in steps_done(events):
        count, before = event.step - before, event.step
        progress, report = run(progress, tf.constant(count))
        values = np.stack(list(event.values.values()), axis=1)
        assert_close(values, report.history[:count], "float32")
        assert_close(event.image, progress.track.picture, "float32")
    np.testing.assert_array_equal(picture(events), event.image)
    for name, value in term_values(objective, events[-1].image).items():
        assert_close(events[-1].values[name], value, "float32")


def test_one_step_is_one_evaluation_and_its_best_picture_the_start(make_job):
    job = make_job(1)
    np.testing.assert_array_equal(stylize(job), job.initial)


@pytest.mark.parametrize(
    "optimizer", [ADAM, lbfgs(1.0, 4), sgd(1e-4)], ids=["adam", "lbfgs", "sgd"]
)
def test_the_loss_falls(make_job, optimizer):
    job = make_job(8, optimizer=optimizer)
    events = list(iterate(job))
    values = {name: np.append(it, events[-1].values[name]) for name, it in history(events).items()}
    losses = np.asarray(total(job.terms, {name: tf.constant(it) for name, it in values.items()}))
    assert losses.shape == (9,)
    assert losses[-1] < 0.8 * losses[0]


def test_stylize_shows_every_event_to_every_listener_and_returns_the_picture(make_job):
    first, second = [], []
    picture = stylize(make_job(2), (first.append, second.append))
    assert [type(event) for event in first] == [type(event) for event in second]
    assert isinstance(first[0], ScaleStarted) and isinstance(first[-1], Finished)
    np.testing.assert_array_equal(picture, first[-1].image)
    assert picture.shape == (1, *SIZE, 3) and picture.dtype == tf.float32
    assert np.min(picture) >= 0 and np.max(picture) <= 1


def test_a_run_of_calls_of_several_lengths_traces_once(make_job, long_calls):
    """The references and the steps, one of which gives the last values; no style, no targets."""
    engine = Engine()
    events = list(iterate(make_job(12, **BARE), engine=engine))
    assert [event.step for event in steps_done(events)] == [1, 2, 12]
    assert engine.traces == 2


def test_a_run_traces_its_extractor_once_for_each_use(make_job, make_extractor):
    """The steps, the targets of the style, the references of the content."""
    calls, inner = [], make_job().extractor

    def extractor(image):
        calls.append(image.shape)
        return inner(image)

    list(iterate(make_job(6, extractor=extractor)))
    assert len(calls) == 3


@pytest.mark.parametrize("pause_every", [1, 3, 4, 100])
def test_calls_end_at_multiples_of_pause_every(make_job, long_calls, pause_every):
    job = make_job(10, pause_every=pause_every, **BARE)
    steps = [event.step for event in steps_done(iterate(job))]
    assert {step for step in range(1, 11) if step % pause_every == 0} <= set(steps)
    assert steps[-1] == 10


def test_calls_are_long_on_a_fast_device_and_short_on_a_slow_one(make_job, monkeypatch):
    counts = {}
    for seconds in (0.0, 1e6):
        monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
        numbers = [0, *(event.step for event in steps_done(iterate(make_job(70, **BARE))))]
        counts[seconds] = list(np.diff(numbers))
    assert counts[0.0] == [1] * 70
    assert counts[1e6] == [1, 1, MOST_STEPS_PER_CALL, 70 - 2 - MOST_STEPS_PER_CALL]


@kinds
def test_the_picture_does_not_depend_on_how_many_steps_a_call_makes(make_job, monkeypatch, decay):
    """Bit for bit."""
    results = []
    for seconds in (0.0, 1e6):
        monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
        results.append(list(iterate(make_job(12, decay=decay))))
    np.testing.assert_array_equal(picture(results[0]), picture(results[1]))
    one, other = (history(events) for events in results)
    for name, values in one.items():
        assert values.shape == (12, 1)
        np.testing.assert_array_equal(values, other[name])


def test_the_same_run_gives_the_same_pixels_and_its_job_is_not_changed(make_job, of_five_steps):
    job = make_job(5)
    arrays = *job.pictures.values(), job.initial
    before = [array.copy() for array in arrays]
    np.testing.assert_array_equal(stylize(job), picture(of_five_steps[0.0]))
    for array, kept in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_a_run_compiled_by_xla_equals_a_plain_one(make_job, of_five_steps):
    plain, xla = of_five_steps[0.9], list(iterate(make_job(5, xla=True, decay=0.9)))
    assert_close(picture(xla), picture(plain), "float32")
    for name, values in history(plain).items():
        assert_close(history(xla)[name], values, "float32")


@kinds
def test_pictures_of_a_batch_are_painted_as_alone(make_job, of_five_steps, content, decay):
    turned = content[:, ::-1]
    initial = np.concatenate([content, turned])
    events = list(iterate(make_job(5, initial=initial, decay=decay)))
    assert all(values.shape == (5, 2) for values in history(events).values())
    alone = picture(of_five_steps[decay]), stylize(make_job(5, initial=turned, decay=decay))
    for index, expected in enumerate(alone):
        assert_close(events[-1].image[index], expected[0], "float32")


def test_leaving_the_iterator_ends_the_run(make_job):
    calls = []
    events = iterate(make_job(1000, **BARE))
    for event in events:
        calls.append(event)
        if isinstance(event, StepsDone):
            break
    events.close()
    assert len(calls) == 2
    assert np.isfinite(calls[-1].image).all()
    assert list(events) == []
