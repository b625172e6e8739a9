"""A run window by window paints what a run of the whole picture does."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import history, picture, pictures
from reference import counting
from tolerances import assert_close, assert_within

from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.job import Tiling
from tf_nst.engine.loop import iterate
from tf_nst.ops import bands
from tf_nst.optim.optimizers import OPTIMIZERS, Optimizer, Settings
from tf_nst.planning.schedule import Scale


@pytest.mark.parametrize(
    ("name", "decay"), [("lbfgs", 0.0), ("lbfgs", 0.9), ("sgd", 0.0), ("adam", 0.9)]
)
def test_a_run_by_windows_paints_what_the_whole_does(make_job, tiny, monkeypatch, name, decay):
    """Two scales, the second by windows, in few steps: long moves magnify rounding. Adam and
    gradient descent move three rows at a time, at last one."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 3 * 52)
    row = OPTIMIZERS[name]
    optimizer = row.make(Settings(row.learning_rate))
    content, style, _ = pictures(40, 52, "float32")
    job = make_job(
        optimizer=optimizer,
        scales=(Scale(28, 36, 2), Scale(40, 52, 3)),
        content=content.numpy(),
        style=style.numpy(),
        initial=content.numpy(),
        decay=decay,
    )
    whole = list(iterate(job))
    found = list(iterate(job._replace(tiling=Tiling(tiny, (0, 8)))))
    assert_within(picture(found), picture(whole), 1e-4)
    for term, values in history(whole).items():
        assert_within(history(found)[term], values, 1e-4)
    for term, value in whole[-1].values.items():
        assert_within(found[-1].values[term], value, 1e-4)


def test_codes_are_painted_like_the_numbers_they_stand_for(make_job, tiny):
    """Of a file's content and style; by windows they are turned into numbers window by window."""
    codes = {name: np.uint8(255 * counting(20, 28)[None]) for name in ("content", "style")}
    numbers = {name: np.float32(value) / np.float32(255) for name, value in codes.items()}
    whole = make_job(2, optimizer=OPTIMIZERS["sgd"].make(Settings(1e-4)))
    for job in (whole, whole._replace(tiling=Tiling(tiny, (8,)))):
        found, expected = (list(iterate(job._replace(**given))) for given in (codes, numbers))
        np.testing.assert_array_equal(picture(found), picture(expected))


def test_what_is_moved_in_place_is_not_moved_by_a_gradient_that_is_not_finite(make_job, tiny):
    """Pictures 0 and 0.1 are fine; the gradient at 0.2 is not."""
    inner, dark = make_job().extractor, np.full([1, 20, 28, 3], 0.01, np.float32)

    def extractor(image):
        factor = tf.where(tf.reduce_mean(image) > 0.15, np.nan, 1.0)
        return {layer: factor * features for layer, features in inner(image).items()}

    def brightened(value_and_grad, image, state):
        return image + 0.1, state, value_and_grad(image)

    brightening = Optimizer(lambda _: (), brightened, lambda state, _: state, pointwise=True)
    pictures = {"content": dark, "style": dark, "initial": np.zeros_like(dark)}
    job = make_job(5, optimizer=brightening, extractor=extractor, **pictures)
    with pytest.raises(NonFiniteLossError) as error:
        list(iterate(job._replace(tiling=Tiling(tiny, (8,)))))
    assert "at step 3:" in str(error.value)
    assert_close(error.value.image, np.full_like(dark, 0.2), "float32")
