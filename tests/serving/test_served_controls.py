"""Exports with a strength, colours or a mask of the request answer what the command paints."""

import numpy as np
import pytest
import tensorflow as tf
from answering import CLOSE, assert_same_picture, call, counted, decoded, encoded, painted
from test_served_exports import SHALLOW, served
from tolerances import assert_within

import tf_nst

PHOTO = counted(40, 60)
# Of a request to an export of at most 48 pixels: nothing is resized.
SMALL, STYLE = counted(28, 40), counted(40, 34, 31)
SETTINGS = {"steps": 2, "size": 40, "style_weight": 3.0, "content_weight": 0.5}
LEFT = np.zeros((28, 40), np.uint8)
LEFT[:, :20] = 255
# From black over greys to white.
FADE = np.uint8(np.broadcast_to(np.linspace(0, 255, 40), (28, 40)))


def both(folder, painting, **controls):
    """What an export answers, as bytes, and what the command paints."""
    options = SHALLOW | {"optimizer": "adam", "size": 60, "steps": 3, **controls}
    answer = served(folder, painting, options, PHOTO)
    return answer["image_bytes"][0], painted(PHOTO, painting, **options)[0]


@pytest.mark.parametrize("color", ["content", "luminance"])
def test_colours_and_strength_are_the_command_s(tmp_path, painting, only, color):
    only("serving_default")
    assert_same_picture(*both(tmp_path, painting, color=color, style_strength=0.5))


def test_values_that_are_nearly_equal_may_change_places(tmp_path, painting, only):
    """In a histogram rounding decides which of two comes first: one pixel in a thousand is off."""
    only("serving_default")
    answer, expected = both(tmp_path, painting, color="histogram")
    assert np.abs(decoded(answer).astype(int) - expected).mean() < 0.05


def masked(signatures, *masks, **more):
    """What an export answers to the small photograph with each of some masks."""
    encodings = {
        "content_bytes": [encoded(SMALL)] * len(masks),
        "mask_bytes": [it if isinstance(it, bytes) else encoded(it) for it in masks],
        "style_bytes": encoded(STYLE),
    }
    return call(signatures["stylize_masked"], **encodings, **SETTINGS | more)


def test_masks_of_a_request_are_the_command_s(signatures, options):
    answer = masked(signatures, LEFT, FADE)
    for index, mask in enumerate((LEFT, FADE)):
        expected, losses = painted(SMALL, STYLE, mask=mask, **options | SETTINGS)
        assert_same_picture(answer["image_bytes"][index], expected)
        assert_within(answer["losses"][index], losses, CLOSE)
    pixels = decoded(answer["image_bytes"][0])
    np.testing.assert_array_equal(pixels[:, 20:], SMALL[:, 20:])
    assert (np.abs(pixels - SMALL).max(axis=2) > 0)[:, :20].mean() > 0.9


def test_a_white_mask_is_no_mask(signatures):
    encodings = {"content_bytes": [encoded(SMALL)], "style_bytes": encoded(STYLE)}
    expected = call(signatures["stylize"], **encodings, **SETTINGS)
    answer = masked(signatures, np.full_like(LEFT, 255))
    assert_same_picture(answer["image_bytes"][0], decoded(expected["image_bytes"][0]))
    assert_within(answer["losses"], expected["losses"], CLOSE)


def test_a_mask_is_brought_to_the_size_of_its_picture(signatures):
    twice = np.repeat(np.repeat(LEFT, 2, axis=0), 2, axis=1)
    pixels = decoded(masked(signatures, twice)["image_bytes"][0])
    np.testing.assert_array_equal(pixels[:, 22:], SMALL[:, 22:])
    assert (np.abs(pixels - SMALL).max(axis=2) > 0)[:, :18].mean() > 0.9


@pytest.mark.parametrize(
    ("mask", "line"),
    [
        (np.zeros_like(LEFT), "mask_bytes: expected white where the style counts, received a bl"),
        (
            LEFT[:, ::2],
            "mask_bytes: expected the aspect ratio of its picture, 40 x 28, received 20",
        ),
        (b"a diary", "mask_bytes: expected JPEG, PNG, WebP, BMP, received something else"),
        (encoded(LEFT)[:-30], "mask_bytes: expected a whole picture, received a damaged one"),
    ],
)
def test_masks_that_cannot_be_used_are_refused(signatures, mask, line):
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        masked(signatures, mask)


def test_masks_colours_and_strength_together(tmp_path, painting, only):
    only("stylize_masked")
    fixed = SHALLOW | {"optimizer": "adam", "color": "luminance", "style_strength": 0.5}
    folder = tf_nst.export(tmp_path, painting, size=40, steps=2, **fixed)
    answer = masked(tf.saved_model.load(str(folder)).signatures, FADE)
    expected, losses = painted(SMALL, STYLE, mask=FADE, **fixed | SETTINGS)
    assert_same_picture(answer["image_bytes"][0], expected)
    assert_within(answer["losses"][0], losses, CLOSE)
