"""Several steps as one compiled function: the path, what is kept of it, its ends, its traces."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, compile_steps, failing, make_term
from tolerances import assert_close

from tf_nst.engine.state import Progress
from tf_nst.engine.steps import MOST_STEPS_PER_CALL, Report, begin_scale
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import Objective, build_objective
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.optimizer import Optimizer
from tf_nst.optim.sgd import sgd


def last_of_calls(objective, optimizer, image, *counts, decay=0.0) -> tuple[Progress, Report]:
    """What the last of several calls gives."""
    run = compile_steps(objective, optimizer, decay=decay)
    progress = begin_scale(optimizer, tf.constant(image))
    for count in counts:
        progress, report = run(progress, tf.constant(count))
    return progress, report


def by_hand(objective, optimizer, image, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures [steps + 1, B, H, W, 3] and losses [steps, B], one step after the other."""
    image, losses = tf.constant(image), []
    state, images = optimizer.init(image), [image.numpy()]
    for _ in range(steps):
        evaluation = value_and_grad(objective, image)
        image, state = optimizer.update(evaluation, image, state)
        images.append(image.numpy())
        losses.append(evaluation.loss.numpy())
    return np.stack(images), np.stack(losses)


@pytest.fixture(scope="module")
def pictures(content) -> np.ndarray:
    """Two starts: the content, and what it is turned round."""
    return np.concatenate([content, content[:, ::-1]])


def test_steps_of_several_calls_are_the_optimisers_steps(objective, content):
    images, _ = by_hand(objective, ADAM, content, 5)
    progress, report = last_of_calls(objective, ADAM, content, 2, 3)
    assert (report.steps, report.finite) == (3, True)
    assert list(report.failed) == [False] and progress.state.count == [5]
    assert_close(progress.image, images[-1], "float32")


def test_the_history_holds_what_each_step_evaluated(objective, pictures):
    images, losses = by_hand(objective, ADAM, pictures, 4)
    _, report = last_of_calls(objective, ADAM, pictures, 1, 3)
    assert report.history.shape == (MOST_STEPS_PER_CALL, len(objective.terms), 2)
    values = report.history[:3].numpy()
    for image, row in zip(images[1:4], values, strict=True):
        evaluated = value_and_grad(objective, tf.constant(image)).values
        assert_close(row, np.stack(list(evaluated.values())), "float32")
    weights = np.array([term.weight for term in objective.terms])
    assert_close(np.einsum("t,stb->sb", weights, values), losses[1:], "float32")
    assert not np.any(report.history[3:])


# --- the track -------------------------------------------------------------------------------


def wandering(path: np.ndarray) -> Optimizer:
    """An optimiser that goes along a path [steps, B, H, W, 3], whatever the loss."""
    path = tf.constant(path)

    def update(evaluation, image, state):
        return path[state], state + 1

    return Optimizer(lambda image: tf.constant(0), update, lambda state, image: state)


@pytest.fixture(scope="module")
def distance() -> Objective:
    """The loss is the picture's squared distance from grey."""
    grey = np.full([1, 4, 5, 3], 0.5, np.float32)
    terms = (make_term("mean_squared", "pixels", 2.0),)
    return build_objective(lambda image: {"pixels": image}, terms, {"content": grey})


@pytest.fixture(scope="module")
def path() -> np.ndarray:
    """[12, 2, 4, 5, 3] pictures in no order."""
    return np.random.default_rng(0).random([12, 2, 4, 5, 3], dtype=np.float32)


def test_the_best_is_the_evaluated_picture_of_the_least_loss_of_each_row(distance, path):
    """The last picture of a path is not evaluated."""
    losses = 2 * np.mean((path - 0.5) ** 2, axis=(2, 3, 4)) / 0.25
    for steps in (1, 4, 11):
        track = last_of_calls(distance, wandering(path[1:]), path[0], steps)[0].track
        rows = np.argmin(losses[:steps], axis=0)
        assert_close(track.least, losses[rows, [0, 1]], "float32")
        np.testing.assert_array_equal(track.picture, path[rows, [0, 1]])
    assert len(set(np.argmin(losses[:11], axis=0))) == 2, "both rows have their best together"


@pytest.mark.parametrize("decay", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("calls", [(1,), (3,), (2, 1, 5)])
def test_the_mean_is_the_weighted_mean_of_the_pictures_after_each_step(
    distance, path, decay, calls
):
    """The newest weighs 1, each before it `decay` times as much; their sum is divided by."""
    steps = sum(calls)
    weights = decay ** np.arange(steps)[::-1].astype(np.float64)
    expected = np.tensordot(weights / weights.sum(), path[1 : steps + 1], 1)
    track = last_of_calls(distance, wandering(path[1:]), path[0], *calls, decay=decay)[0].track
    assert_close(track.picture, expected, "float32")
    assert 0 <= np.min(track.picture) and np.max(track.picture) <= 1


def test_a_scale_begins_with_nothing_tracked(path):
    track = begin_scale(ADAM, tf.constant(path[0])).track
    np.testing.assert_array_equal(track.picture, path[0])
    assert np.all(np.isinf(track.least)) and list(track.weight) == [0, 0]


def test_the_state_of_another_size_is_carried_on(content):
    image = tf.constant(content)
    small = ADAM.init(image[:, :10, :14])._replace(count=tf.constant([7]))
    state = begin_scale(ADAM, image, small).state
    assert list(state.count) == [7] and state.mean.shape == image.shape


# --- its ends --------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [2, 3, 9])
def test_a_call_reports_whether_the_optimiser_saw_no_way_on(objective, pictures, steps):
    _, report = last_of_calls(objective, failing(sgd(1e-5), 3), pictures, steps)
    assert (report.steps, report.finite) == (steps, True)
    assert list(report.failed) == [steps >= 3] * 2


@pytest.mark.parametrize("bad", ["loss", "picture"])
def test_a_call_ends_with_the_first_loss_or_picture_that_is_not_finite(distance, path, bad):
    """The loss of one row overflows, or its next picture is NaN."""
    path = path.copy()
    path[5, 1, 0, 0, 0] = 1e30 if bad == "loss" else np.nan
    _, report = last_of_calls(distance, wandering(path[1:]), path[0], 11)
    assert report.steps == (6 if bad == "loss" else 5)
    assert not report.finite


# --- compiling -------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [ADAM, lbfgs(1.0, 2)], ids=["adam", "lbfgs"])
def test_one_trace_for_each_size(objective, content, optimizer):
    run = compile_steps(objective, optimizer)
    image = tf.constant(content)
    progress = begin_scale(optimizer, image)
    for count in (1, 4, 2):
        progress, report = run(progress, tf.constant(count))
        assert report.steps == count
    assert run.experimental_get_tracing_count() == 1
    both = tf.concat([image, image], 0)
    run(begin_scale(optimizer, both), tf.constant(1))
    assert run.experimental_get_tracing_count() == 2
