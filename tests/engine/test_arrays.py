"""A state becomes arrays by name and is the same again."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, SIZE

from tf_nst.engine.arrays import from_arrays, to_arrays
from tf_nst.engine.state import Progress, RunState, Track
from tf_nst.engine.steps import begin_scale
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.sgd import sgd

LBFGS = with_fallback(lbfgs(1.0, 3), ADAM)


def test_a_run_that_has_begun_no_scale_has_no_progress():
    with pytest.raises(ValueError, match="expected a run that has begun a scale"):
        _ = RunState().begun


def counted_state(optimizer, **changes) -> RunState:
    """A state whose every array counts on from the one before."""
    start = 0

    def count(leaf: tf.Tensor) -> np.ndarray:
        nonlocal start
        start += 1
        numbers = np.arange(start, start + leaf.shape.num_elements())
        return numbers.reshape(leaf.shape).astype(leaf.dtype.as_numpy_dtype)

    progress = tf.nest.map_structure(count, begin_scale(optimizer, tf.zeros([1, *SIZE, 3])))
    return RunState(0, 7, 5, 64, progress=progress)._replace(**changes)


def assert_same(one: RunState, other: RunState) -> None:
    tf.nest.assert_same_structure(one, other, check_types=True)
    for left, right in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        assert type(left) is type(right)
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("optimizer", [ADAM, sgd(1e-4), LBFGS], ids=["adam", "sgd", "lbfgs"])
def test_a_state_is_the_same_again(make_job, optimizer):
    least, last_good = np.array([[3.0], [2.0]]), np.full([1, *SIZE, 3], 0.5)
    state = counted_state(optimizer, least=least, last_good=last_good)
    assert_same(from_arrays(make_job(optimizer=optimizer), to_arrays(state)), state)


def test_a_scale_that_the_fallback_paints_is_the_same_again(make_job):
    state = counted_state(ADAM, fallback=True)
    assert_same(from_arrays(make_job(optimizer=LBFGS), to_arrays(state)), state)


def test_a_state_before_the_first_scale_is_the_same_again(make_job):
    assert_same(from_arrays(make_job(), to_arrays(RunState())), RunState())


def test_arrays_bear_the_names_of_their_places():
    track = Track(np.zeros([1, 2, 3, 3]), np.array([4.0]), np.array([0.5]))
    state = RunState(1, progress=Progress(np.ones([1, 2, 3, 3]), (np.array(2), ()), track))
    arrays = to_arrays(state)
    assert arrays.keys() == {
        *("scale", "step", "step_of_scale", "core", "fallback"),
        *("progress.image", "progress.state.0"),
        *("progress.track.picture", "progress.track.least", "progress.track.weight"),
    }
    assert (arrays["scale"], arrays["progress.state.0"], arrays["progress.track.least"]) == (
        1,
        2,
        4,
    )


def test_without_an_array_there_is_no_state(make_job):
    arrays = to_arrays(counted_state(ADAM))
    del arrays["progress.state.mean"]
    with pytest.raises(KeyError, match=r"progress\.state\.mean"):
        from_arrays(make_job(), arrays)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("progress.image", np.zeros([1, 2, 3, 3], np.float32)),
        ("progress.image", np.zeros([1, *SIZE, 3], np.int32)),
        ("progress.state.mean", np.zeros([1, 1, 1, 3], np.float32)),
        ("progress.track.least", np.zeros([2], np.float32)),
        ("last_good", np.zeros([3], np.float32)),
        ("least", np.zeros([2, 5], np.float32)),
    ],
)
def test_an_array_of_another_shape_or_dtype_is_refused(make_job, name, array):
    arrays = to_arrays(counted_state(ADAM)) | {name: array}
    with pytest.raises(ValueError, match=f"{name}: expected "):
        from_arrays(make_job(), arrays)


def test_a_scale_that_the_job_has_not_is_refused(make_job):
    with pytest.raises(IndexError):
        from_arrays(make_job(), to_arrays(counted_state(ADAM)) | {"scale": np.array(9)})
