"""What happens when a loss is not finite: what is told, and which picture is kept."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import ADAM, make_term, picture

from tf_nst.engine import pace
from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.job import Job
from tf_nst.engine.loop import iterate
from tf_nst.errors import RunError
from tf_nst.model.networks import Network
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import Scale

TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))


def brightening_job(limit: float, *steps: int, decay: float = 0.0) -> Job:
    """A picture that grows by 0.1 a step; layer "bad" is NaN where its mean is above `limit`.

    Scales of 4x4, 8x8 and so on with these steps.
    """

    def extractor(image):
        mean = tf.reduce_mean(image)
        return {"good": image, "bad": tf.where(mean > limit, np.nan * image, image)}

    def update(evaluation, image, state):
        return image + 0.1, state

    scales = tuple(Scale(4 << index, 4 << index, count) for index, count in enumerate(steps))
    content = np.full([1, *scales[-1][:2], 3], 0.01, np.float32)
    return Job(
        network=TINY,
        extractor=extractor,
        terms=(make_term("mean_squared", "good"), make_term("gram", "bad")),
        scales=scales,
        optimizers=(Optimizer(lambda image: (), update, lambda state, image: state),) * len(scales),
        fallback=ADAM,
        pictures={"content": content, "style": content},
        initial=np.zeros_like(content),
        decay=decay,
    )


def error_of(job: Job) -> NonFiniteLossError:
    with pytest.raises(NonFiniteLossError) as error:
        list(iterate(job))
    return error.value


both_lengths = pytest.mark.parametrize("seconds", [0.0, 1e6], ids=["short calls", "long calls"])


@both_lengths
def test_a_loss_that_is_not_finite_is_raised_with_step_and_term(monkeypatch, seconds):
    """Pictures 0, 0.1, 0.2, 0.3 are fine; the loss before step 5, at 0.4, is not."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    error = error_of(brightening_job(0.35, 8))
    assert isinstance(error, RunError)
    assert "at step 5: style/gram/bad;" in str(error)
    assert "content" not in str(error).split(";")[0]
    assert "--learning_rate" in str(error)


@both_lengths
def test_the_picture_kept_is_one_whose_loss_is_finite(monkeypatch, seconds):
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
    kept = error_of(brightening_job(0.35, 8)).image
    assert kept.shape == (1, 4, 4, 3)
    assert np.mean(kept) < 0.35


def test_nothing_is_kept_where_the_first_loss_is_not_finite():
    error = error_of(brightening_job(-1.0, 8))
    assert "at step 1:" in str(error)
    assert error.image is None


def test_where_a_later_scale_goes_wrong_at_once_the_picture_of_the_one_before_is_kept():
    """Picture 0 is fine; the average of the first scale, 0.1, where the next begins, is not."""
    error = error_of(brightening_job(0.05, 1, 8, decay=0.1))
    assert "at step 2:" in str(error)
    np.testing.assert_array_equal(error.image, np.zeros([1, 4, 4, 3]))


def test_a_later_scale_counts_the_steps_of_those_before():
    """It begins with the best picture, 0, and goes wrong at its fourth step."""
    error = error_of(brightening_job(0.25, 2, 8))
    assert "at step 6:" in str(error)
    assert error.image.shape == (1, 8, 8, 3)


def test_an_average_whose_loss_is_not_finite_is_refused_too():
    """Pictures 0 and 0.1 are fine; the average after the last step, about 0.19, is not."""
    error = error_of(brightening_job(0.15, 2, decay=0.1))
    assert "at the end: style/gram/bad" in str(error)
    assert np.mean(error.image) < 0.15


def test_the_best_picture_needs_no_finite_loss_after_it():
    """It was evaluated; the one after the last step is left alone."""
    assert np.mean(picture(list(iterate(brightening_job(0.15, 2))))) == 0
