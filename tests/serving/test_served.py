"""What the loaded export answers: the command's pictures, each alone, and plain refusals."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf
from answering import (
    CLOSE,
    animated,
    assert_same_picture,
    call,
    counted,
    decoded,
    encoded,
    painted,
)
from tolerances import assert_within

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import parse_weighted
from tf_nst.engine.graph import Recipe
from tf_nst.objective.terms import build_terms
from tf_nst.optim.optimizers import OPTIMIZERS, Settings
from tf_nst.planning.schedule import tabulate
from tf_nst.serving.admission import Bounds
from tf_nst.serving.limits import Limits
from tf_nst.serving.signatures import make_stylize_tensor

PHOTO = counted(30, 44)
GOOD = {"steps": 2, "size": 40, "style_weight": 3.0, "content_weight": 0.5}

# --- the same as the command -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "kind"),
    [((36, 48), "PNG"), ((36, 48), "BMP"), ((48, 31), "JPEG"), ((40, 48), "WebP")],
)
def test_bytes_are_painted_as_the_command_paints(signatures, painting, options, size, kind):
    data = encoded(counted(*size), kind)
    answer = call(signatures["serving_default"], content_bytes=[data])
    expected, losses = painted(decoded(data).astype(np.uint8), painting, **options)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)


@pytest.mark.parametrize("size", [(20, 30), (120, 96)], ids=["enlarged", "shrunk"])
def test_a_resized_picture_is_the_commands_but_for_rounding(signatures, painting, options, size):
    """It starts a level apart here and there (test_pictures.py), which colours and steps stretch:
    on average it stays within a level."""
    data = encoded(counted(*size))
    answer = call(signatures["serving_default"], content_bytes=[data])
    expected, losses = painted(decoded(data).astype(np.uint8), painting, **options)
    pixels = decoded(answer["image_bytes"][0])
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).mean() < 1
    assert_within(answer["losses"][0], losses, CLOSE)


def test_a_style_and_settings_of_the_request(signatures, options):
    """Of the size requested, so that nothing is resized."""
    photo, style = counted(28, 40), counted(40, 34, 31)
    answer = call(
        signatures["stylize"], content_bytes=[encoded(photo)], style_bytes=encoded(style), **GOOD
    )
    expected, losses = painted(photo, style, **options | GOOD)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)


def test_tensors_are_painted_as_the_command_paints(signatures, painting, options):
    photo = counted(32, 48)
    images = np.stack([photo, photo[::-1]]).astype(np.float32) / 255
    style = painting[None].astype(np.float32) / 255
    answer = call(signatures["stylize_tensor"], content=images, style=style)
    assert answer["images"].dtype == answer["losses"].dtype == np.float32
    for index, content in enumerate((photo, photo[::-1])):
        expected, losses = painted(content, painting, **options)
        assert np.abs(answer["images"][index] * 255 - expected).max() <= 1
        assert_within(answer["losses"][index], losses, CLOSE)


# --- requests do not see each other ----------------------------------------------------------


def test_pictures_of_a_batch_are_painted_alone_at_their_own_size(signatures):
    serve = signatures["serving_default"]
    photos = [encoded(counted(30, 44)), encoded(counted(60, 40), "JPEG"), encoded(counted(33, 33))]
    together = call(serve, content_bytes=photos)
    for index, photo in enumerate(photos):
        alone = call(serve, content_bytes=[photo])
        assert_same_picture(together["image_bytes"][index], decoded(alone["image_bytes"][0]))
        assert_within(together["losses"][index], alone["losses"][0], CLOSE)


def test_no_pictures_no_answers(signatures, options):
    answer = call(signatures["serving_default"], content_bytes=[])
    assert (answer["image_bytes"].shape, answer["losses"].shape) == ((0,), (0, 6))


def test_64_requests_at_once_are_each_answered_as_alone(model, signatures):
    """Two signatures, 16 threads, a picture of another size and content each; no variable moves."""
    style = encoded(counted(40, 40, 31))

    def ask(index: int) -> dict[str, np.ndarray]:
        photo = [encoded(counted(20 + index % 9, 20 + index % 7, 1 + 2 * index))]
        if index % 2:
            return call(signatures["serving_default"], content_bytes=photo)
        return call(signatures["stylize"], content_bytes=photo, style_bytes=style, **GOOD)

    before = [variable.numpy() for variable in model.weights]
    alone = [ask(index) for index in range(64)]
    with ThreadPoolExecutor(16) as threads:
        together = list(threads.map(ask, range(64)))
    for one, other in zip(alone, together, strict=True):
        assert_same_picture(other["image_bytes"][0], decoded(one["image_bytes"][0]))
        assert_within(other["losses"], one["losses"], CLOSE)
    assert len({one["image_bytes"][0] for one in alone}) == 64
    for variable, value in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


# --- refusals ---------------------------------------------------------------------------------

WHOLE = {kind: encoded(PHOTO, kind) for kind in ("JPEG", "PNG", "BMP")}
CUT = {kind: data[: 3 * len(data) // 4] for kind, data in WHOLE.items()}
BAD_BYTES = [
    (b"", "expected JPEG, PNG, WebP, BMP, received something else"),
    (b"Dear diary", "expected JPEG, PNG, WebP, BMP, received something else"),
    (encoded(PHOTO, "GIF"), "expected JPEG, PNG, WebP, BMP, received something else"),
    (animated("PNG"), "expected a still picture, received an animation"),
    (animated("WEBP"), "expected a still picture, received an animation"),
    (encoded(PHOTO)[:30], "expected a whole picture, received one whose header is damaged"),
    (encoded(counted(200, 251)), "expected at most 50000 pixels, received 251 x 200"),
    (encoded(counted(1, 40)), "expected at least 2 x 2 pixels, received 40 x 1"),
    (encoded(counted(1, 1)), "expected at least 2 x 2 pixels, received 1 x 1"),
    *((data, "expected a whole picture, received a damaged one") for data in CUT.values()),
]


@pytest.mark.parametrize(("data", "line"), BAD_BYTES)
def test_bytes_that_cannot_be_painted_are_refused(signatures, data, line):
    second = f"content_bytes: picture 2 of 2: {line}"
    with pytest.raises(tf.errors.InvalidArgumentError, match=second):
        call(signatures["serving_default"], content_bytes=[encoded(PHOTO), data])
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"content_bytes: {line}"):
        call(signatures["stylize"], content_bytes=[data], style_bytes=encoded(PHOTO), **GOOD)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"style_bytes: {line}"):
        call(signatures["stylize"], content_bytes=[encoded(PHOTO)], style_bytes=data, **GOOD)


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({"steps": 0}, "steps: expected 1 to 3, received 0"),
        ({"steps": 4}, "steps: expected 1 to 3, received 4"),
        ({"steps": -(2**31)}, "steps: expected 1 to 3, received -2147483648"),
        ({"size": 1}, "size: expected 2 to 48, received 1"),
        ({"size": 49}, "size: expected 2 to 48, received 49"),
        ({"size": 2**31 - 1}, "size: expected 2 to 48, received 2147483647"),
        ({"style_weight": -1.0}, "style_weight: expected a finite number of 0 or more"),
        ({"style_weight": float("nan")}, "style_weight: expected a finite number"),
        ({"content_weight": float("inf")}, "content_weight: expected a finite number"),
    ],
)
def test_settings_beyond_the_bounds_are_refused(signatures, setting, line):
    data = encoded(PHOTO)
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        call(signatures["stylize"], content_bytes=[data], style_bytes=data, **GOOD | setting)


def test_a_loss_that_is_not_finite_is_refused(tiny, make_extractor):
    layers = ("block1_conv1",)
    names = (parse_weighted(layers[0], ""),) * 2
    wild = OPTIMIZERS["sgd"].make(Settings(float("nan")))
    terms = build_terms(ObjectiveConfig(*names), tiny)
    recipe = Recipe(make_extractor(layers), terms, wild, tabulate(48, 2))
    grey = tf.fill([1, 20, 20, 3], 0.5)
    bounds = Bounds(16, 50_000, 100_000)
    limits = Limits(48, 2, 2, bounds, 0, 1.0, 10.0, matched=False)
    paint = make_stylize_tensor(recipe, limits)
    with pytest.raises(tf.errors.InvalidArgumentError, match="the loss is not finite"):
        paint(content=grey, style=grey)


@pytest.mark.parametrize(
    ("shape", "value", "line"),
    [
        ([1, 20, 49, 3], 0.5, "content: expected at most 48 pixels a side, received 49"),
        ([1, 1, 40, 3], 0.5, "content: expected at least 2 x 2 pixels, received 40 x 1"),
        ([0, 20, 20, 3], 0.5, "content: expected a picture or more"),
        ([1, 20, 20, 3], 1.5, r"content: expected finite numbers in 0\.\.1"),
        ([1, 20, 20, 3], float("nan"), r"content: expected finite numbers in 0\.\.1"),
    ],
)
def test_tensors_beyond_the_bounds_are_refused(signatures, shape, value, line):
    paint = signatures["stylize_tensor"]
    good = np.full([1, 20, 20, 3], 0.5)
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        call(paint, content=np.full(shape, value), style=good)
    if shape[0]:
        with pytest.raises(tf.errors.InvalidArgumentError, match=line.replace("content", "style")):
            call(paint, content=good, style=np.full(shape, value))


def test_after_a_refusal_requests_are_answered_as_before(signatures):
    serve = signatures["serving_default"]
    before = call(serve, content_bytes=[encoded(PHOTO)])
    with pytest.raises(tf.errors.InvalidArgumentError):
        call(serve, content_bytes=[b"no picture"])
    after = call(serve, content_bytes=[encoded(PHOTO)])
    assert_same_picture(after["image_bytes"][0], decoded(before["image_bytes"][0]))
