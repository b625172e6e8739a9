"""The loop: events, calls, traces, repeatability, and what happens when a loss is not finite."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from tolerances import assert_close

from tf_nst.config import ObjectiveConfig, Weighted
from tf_nst.engine import stylize as module
from tf_nst.engine.events import Finished, ScaleStarted, StepsDone
from tf_nst.engine.gradients import value_and_grad
from tf_nst.engine.optimizers import Optimizer, adam, sgd
from tf_nst.engine.schedule import Scale
from tf_nst.engine.stylize import (
    MOST_STEPS_PER_CALL,
    Job,
    NonFiniteLossError,
    compile_steps,
    iterate,
    stylize,
)
from tf_nst.errors import RunError
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, build_terms, term_values, total
from tf_nst.objective.terms import Gram, MeanSquaredContent

CONFIG = ObjectiveConfig(
    content_layers=(Weighted("block2_conv1"),),
    style_layers=(Weighted("block1_conv1"), Weighted("block2_conv1")),
)
SIZE = (20, 28)


@pytest.fixture(scope="module")
def make_job(tiny, make_extractor, content, style):
    """A job on the tiny network, `steps` steps at the content's size unless told otherwise."""

    def make(steps=6, **changes):
        job = Job(
            extractor=make_extractor(used_layers(CONFIG, tiny)),
            terms=build_terms(CONFIG, tiny),
            optimizer=adam(0.02, epsilon=1.0),
            scales=(Scale(*SIZE, steps),),
            content=content,
            style=style,
            initial=content,
        )
        return job._replace(**changes)

    return make


@pytest.fixture
def long_calls(monkeypatch):
    monkeypatch.setattr(module, "SECONDS_PER_CALL", 1e6)


def steps_done(events) -> list[StepsDone]:
    return [event for event in events if isinstance(event, StepsDone)]


def history(events) -> dict[str, np.ndarray]:
    """{term: values of all steps}."""
    done = steps_done(events)
    return {name: np.concatenate([it.values[name] for it in done]) for name in done[0].values}


def test_events_come_in_order(make_job):
    job = make_job(5)
    events = list(iterate(job))
    assert events[0] == ScaleStarted(0, job.scales[0])
    assert all(isinstance(event, StepsDone) for event in events[1:-1])
    assert isinstance(events[-1], Finished)
    steps = [event.step for event in steps_done(events)]
    assert steps == sorted(set(steps)) and steps[-1] == 5
    assert all(event.scale == job.scales[0] for event in steps_done(events))
    assert all(event.seconds > 0 for event in steps_done(events))


def test_each_call_tells_of_its_own_steps(make_job, long_calls):
    events = steps_done(iterate(make_job(9)))
    made = np.diff([0, *(event.step for event in events)])
    assert max(made) > 1
    for event, count in zip(events, made, strict=True):
        assert list(event.values) == [term.name for term in make_job().terms]
        for values in event.values.values():
            assert values.shape == (count, 1) and values.dtype == np.float32
        assert event.image.shape == (1, *SIZE, 3)


def test_values_are_those_of_the_picture_before_each_step(make_job):
    """And the last ones are those of the picture itself."""
    job = make_job(3)
    events = list(iterate(job))
    objective = build_objective(job.extractor, job.terms, job.content, job.style)
    pictures = [tf.constant(job.initial), *(event.image for event in steps_done(events))]
    assert [event.step for event in steps_done(events)][:2] == [1, 2]
    for picture, event in zip(pictures[:2], steps_done(events), strict=False):
        for name, value in term_values(objective, picture).items():
            assert_close(event.values[name][0], value, "float32")
    np.testing.assert_array_equal(events[-1].image, pictures[-1])
    for name, value in term_values(objective, events[-1].image).items():
        assert_close(events[-1].values[name], value, "float32")


def test_the_loss_falls(make_job):
    job = make_job(8)
    events = list(iterate(job))
    values = {name: np.append(it, events[-1].values[name]) for name, it in history(events).items()}
    losses = np.asarray(total(job.terms, {name: tf.constant(it) for name, it in values.items()}))
    assert losses.shape == (9,)
    assert losses[-1] < 0.8 * losses[0]


def test_a_step_is_the_optimizers_step_on_the_objectives_gradient(make_job):
    job = make_job(2)
    objective = build_objective(job.extractor, job.terms, job.content, job.style)
    image = tf.constant(job.initial)
    state = job.optimizer.init(image)
    for _ in range(2):
        image, state, _ = job.optimizer.step(partial(value_and_grad, objective), image, state)
    assert_close(stylize(job), image, "float32")


def test_stylize_shows_every_event_to_every_listener_and_returns_the_picture(make_job):
    first, second = [], []
    picture = stylize(make_job(2), (first.append, second.append))
    assert [type(event) for event in first] == [type(event) for event in second]
    assert isinstance(first[0], ScaleStarted) and isinstance(first[-1], Finished)
    np.testing.assert_array_equal(picture, first[-1].image)
    assert picture.shape == (1, *SIZE, 3) and picture.dtype == tf.float32
    assert np.min(picture) >= 0 and np.max(picture) <= 1


def test_one_trace_for_each_size(make_job):
    job = make_job()
    objective = build_objective(job.extractor, job.terms, job.content, job.style)
    run = compile_steps(objective, job.optimizer, xla=False)
    image = tf.constant(job.initial)
    state = job.optimizer.init(image)
    for count in (1, 4, 2):
        image, state, done, _, _ = run(image, state, tf.constant(count))
        assert done == count
    assert run.experimental_get_tracing_count() == 1
    both = tf.concat([image, image], 0)
    run(both, job.optimizer.init(both), tf.constant(1))
    assert run.experimental_get_tracing_count() == 2


def test_a_run_of_calls_of_several_lengths_traces_once(make_job, monkeypatch, long_calls):
    compiled = []

    def compile_and_keep(*args, **kwargs):
        compiled.append(compile_steps(*args, **kwargs))
        return compiled[-1]

    monkeypatch.setattr(module, "compile_steps", compile_and_keep)
    steps = [event.step for event in steps_done(iterate(make_job(12)))]
    assert steps == [1, 2, 12]
    assert [run.experimental_get_tracing_count() for run in compiled] == [1]


def test_a_run_traces_its_extractor_once_for_each_use(make_job, make_extractor):
    """The steps, the targets of the style, the references of the content, the last values."""
    calls, inner = [], make_job().extractor

    def extractor(image):
        calls.append(image.shape)
        return inner(image)

    list(iterate(make_job(6, extractor=extractor)))
    assert len(calls) == 4


@pytest.mark.parametrize("pause_every", [1, 3, 4, 100])
def test_calls_end_at_multiples_of_pause_every(make_job, long_calls, pause_every):
    steps = [event.step for event in steps_done(iterate(make_job(10, pause_every=pause_every)))]
    assert {step for step in range(1, 11) if step % pause_every == 0} <= set(steps)
    assert steps[-1] == 10


def test_calls_are_long_on_a_fast_device_and_short_on_a_slow_one(make_job, monkeypatch):
    counts = {}
    for seconds in (0.0, 1e6):
        monkeypatch.setattr(module, "SECONDS_PER_CALL", seconds)
        made = [0, *(event.step for event in steps_done(iterate(make_job(70))))]
        counts[seconds] = list(np.diff(made))
    assert counts[0.0] == [1] * 70
    assert counts[1e6] == [1, 1, MOST_STEPS_PER_CALL, 70 - 2 - MOST_STEPS_PER_CALL]


def test_the_picture_does_not_depend_on_how_many_steps_a_call_makes(make_job, monkeypatch):
    """Bit for bit."""
    found = []
    for seconds in (0.0, 1e6):
        monkeypatch.setattr(module, "SECONDS_PER_CALL", seconds)
        found.append(list(iterate(make_job(12))))
    np.testing.assert_array_equal(found[0][-1].image, found[1][-1].image)
    one, other = (history(events) for events in found)
    for name, values in one.items():
        assert values.shape == (12, 1)
        np.testing.assert_array_equal(values, other[name])


def test_the_same_run_gives_the_same_pixels(make_job):
    first, second = (stylize(make_job(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_job_is_not_changed(make_job):
    job = make_job(3)
    before = [array.copy() for array in (job.content, job.style, job.initial)]
    list(iterate(job))
    for array, kept in zip((job.content, job.style, job.initial), before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_steps_compiled_by_xla_equal_plain_ones(make_job):
    plain, xla = (list(iterate(make_job(3, xla=xla))) for xla in (False, True))
    assert_close(xla[-1].image, plain[-1].image, "float32")
    for name, values in history(plain).items():
        assert_close(history(xla)[name], values, "float32")


def test_two_scales_are_painted_one_after_the_other(make_job):
    scales = (Scale(10, 14, 2), Scale(20, 28, 3))
    events = list(iterate(make_job(scales=scales)))
    starts = [event for event in events if isinstance(event, ScaleStarted)]
    assert starts == [ScaleStarted(0, scales[0]), ScaleStarted(1, scales[1])]
    done = [(event.scale, event.step) for event in steps_done(events)]
    assert done.index((scales[0], 2)) < done.index((scales[1], 3))
    for event in steps_done(events):
        assert event.image.shape == (1, event.scale.height, event.scale.width, 3)
    assert events[-1].image.shape == (1, 20, 28, 3)


def test_a_scale_starts_from_the_picture_of_the_last(make_job):
    """A learning rate of next to nothing leaves what it starts from."""
    scales = (Scale(10, 14, 1), Scale(20, 28, 1))
    still = make_job(scales=scales, optimizer=sgd(1e-30))
    picture = stylize(still)
    expected = module.resize(module.resize(tf.constant(still.initial), 10, 14), 20, 28)
    assert_close(picture, expected, "float32")


def test_pictures_of_a_batch_are_painted_as_alone(make_job, content):
    initial = np.concatenate([content, content[:, ::-1]])
    events = list(iterate(make_job(3, initial=initial)))
    assert all(values.shape == (3, 2) for values in history(events).values())
    for index in range(2):
        alone = stylize(make_job(3, initial=initial[index : index + 1]))
        assert_close(events[-1].image[index], alone[0], "float32")


def test_leaving_the_iterator_ends_the_run(make_job):
    made = []
    events = iterate(make_job(1000))
    for event in events:
        made.append(event)
        if isinstance(event, StepsDone):
            break
    events.close()
    assert len(made) == 2
    assert np.isfinite(made[-1].image).all()
    assert list(events) == []


def brightening_job(limit: float, steps: int = 8) -> Job:
    """A picture that grows by 0.1 a step; layer "bad" is NaN where its mean is above `limit`."""

    def extractor(image):
        mean = tf.reduce_mean(image)
        return {"good": image, "bad": tf.where(mean > limit, np.nan * image, image)}

    def step(value_and_grad, image, state):
        values, _ = value_and_grad(image)
        return image + 0.1, state, values

    content = np.full([1, 4, 4, 3], 0.01, np.float32)
    return Job(
        extractor=extractor,
        terms=(MeanSquaredContent("good", 1.0), Gram("bad", 1.0)),
        optimizer=Optimizer(lambda image: (), step),
        scales=(Scale(4, 4, steps),),
        content=content,
        style=content,
        initial=np.zeros([1, 4, 4, 3], np.float32),
    )


@pytest.mark.parametrize("seconds", [0.0, 1e6])
def test_a_loss_that_is_not_finite_is_raised_with_step_and_term(monkeypatch, seconds):
    """Pictures 0, 0.1, 0.2, 0.3 are fine; the loss before step 5, at 0.4, is not."""
    monkeypatch.setattr(module, "SECONDS_PER_CALL", seconds)
    with pytest.raises(NonFiniteLossError, match="at step 5: style/gram/bad;") as error:
        list(iterate(brightening_job(0.35)))
    assert isinstance(error.value, RunError)
    assert "content" not in str(error.value).split(";")[0]
    assert "--learning_rate" in str(error.value)


@pytest.mark.parametrize("seconds", [0.0, 1e6])
def test_the_picture_kept_is_one_whose_loss_is_finite(monkeypatch, seconds):
    monkeypatch.setattr(module, "SECONDS_PER_CALL", seconds)
    with pytest.raises(NonFiniteLossError) as error:
        list(iterate(brightening_job(0.35)))
    picture = error.value.image
    assert picture.shape == (1, 4, 4, 3)
    assert np.mean(picture) < 0.35


def test_nothing_is_kept_where_the_first_loss_is_not_finite():
    with pytest.raises(NonFiniteLossError, match="at step 1:") as error:
        list(iterate(brightening_job(-1.0)))
    assert error.value.image is None


def test_a_call_stops_at_the_first_loss_that_is_not_finite():
    job = brightening_job(0.35)
    objective = build_objective(job.extractor, job.terms, job.content, job.style)
    run = compile_steps(objective, job.optimizer, xla=False)
    _, _, done, finite, _ = run(tf.constant(job.initial), (), tf.constant(40))
    assert done == 5 and not finite


def test_a_last_picture_whose_loss_is_not_finite_is_refused_too():
    """Pictures 0 and 0.1 are fine; the one after the last step, 0.2, is not."""
    with pytest.raises(NonFiniteLossError, match="style/gram/bad") as error:
        list(iterate(brightening_job(0.15, steps=2)))
    assert np.mean(error.value.image) < 0.15
