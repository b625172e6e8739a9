"""A run window by window paints what a run of the whole picture does."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import history, picture, pictures, steps_done
from reference import counting
from tolerances import assert_close, assert_within

from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.loop import iterate
from tf_nst.ops import bands
from tf_nst.optim.optimizer import Optimizer
from tf_nst.optim.optimizers import OPTIMIZERS, Settings
from tf_nst.planning.schedule import Scale


@pytest.mark.parametrize(
    ("name", "decay"), [("lbfgs", 0.0), ("lbfgs", 0.9), ("sgd", 0.0), ("adam", 0.9)]
)
def test_a_run_by_windows_paints_what_the_whole_does(make_job, monkeypatch, name, decay):
    """Two scales, the second by windows, in few steps: long moves magnify rounding. Adam and
    gradient descent move three rows at a time, at last one."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 3 * 52)
    row = OPTIMIZERS[name]
    optimizer = row.make(Settings(row.learning_rate))
    content, style, _ = pictures(40, 52, "float32")
    job = make_job(
        optimizer=optimizer,
        scales=(Scale(28, 36, 2), Scale(40, 52, 3)),
        pictures={"content": content.numpy(), "style": style.numpy()},
        initial=content.numpy(),
        decay=decay,
    )
    whole = list(iterate(job))
    tiled = list(iterate(job._replace(cores=(0, 8))))
    assert_within(picture(tiled), picture(whole), 1e-4)
    for term, values in history(whole).items():
        assert_within(history(tiled)[term], values, 1e-4)
    for term, value in whole[-1].values.items():
        assert_within(tiled[-1].values[term], value, 1e-4)


def test_codes_are_painted_like_the_numbers_they_stand_for(make_job):
    """Of a file's content and style; by windows they are turned into numbers window by window."""
    codes = {name: np.uint8(255 * counting(20, 28)[None]) for name in ("content", "style")}
    numbers = {name: np.float32(value) / np.float32(255) for name, value in codes.items()}
    whole = make_job(2, optimizer=OPTIMIZERS["sgd"].make(Settings(1e-4)))
    for job in (whole, whole._replace(cores=(8,))):
        actual, expected = (
            list(iterate(job._replace(pictures=given))) for given in (codes, numbers)
        )
        np.testing.assert_array_equal(picture(actual), picture(expected))


@pytest.mark.parametrize("decay", [0.0, 0.9], ids=["best", "average"])
@pytest.mark.parametrize("bad", ["loss", "gradient"])
def test_the_last_good_picture_is_not_updated_in_place(make_job, bad, decay):
    """Pictures 0 and 0.1 are fine; at 0.2 the loss is NaN, or its gradient alone.

    The last good one is then 0.1, or 0.2: one whose loss is finite.
    """
    inner, dark = make_job().extractor, np.full([1, 20, 28, 3], 0.01, np.float32)

    def extractor(image):
        brightness = tf.reduce_mean(image)
        # The root's slope at 0 is infinite, its value 0; at 1 both are finite.
        root = tf.sqrt(tf.square(1e-30 * brightness + tf.where(brightness > 0.15, 0.0, 1.0)))
        ruin = tf.where(brightness > 0.15, np.nan, 0.0) if bad == "loss" else 1e-30 * root
        return {layer: features + ruin for layer, features in inner(image).items()}

    def update(evaluation, image, state):
        return image + 0.1 + 1e-30 * evaluation.gradient, state

    brightening = Optimizer(lambda _: (), update, lambda state, _: state, pointwise=True)
    job = make_job(
        5,
        optimizer=brightening,
        extractor=extractor,
        pictures={"content": dark, "style": dark},
        initial=np.zeros_like(dark),
        decay=decay,
    )
    for cores in (None, (8,)):
        with pytest.raises(NonFiniteLossError) as error:
            list(iterate(job._replace(cores=cores)))
        assert "at step 3:" in str(error.value)
        expected = 0.1 if bad == "loss" else 0.2
        assert_close(error.value.image, np.full_like(dark, expected), "float32")


def test_events_keep_their_pictures_while_the_run_goes_on(make_job):
    """What is updated in place is copied before it is shown."""
    adam = OPTIMIZERS["adam"].make(Settings(0.05))
    events = steps_done(iterate(make_job(4, optimizer=adam, decay=0.9, cores=(8,))))
    pictures = [event.image.numpy() for event in events]
    assert len({picture.tobytes() for picture in pictures}) == len(pictures) == 4
