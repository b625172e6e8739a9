"""Requests that ask for too much are refused before anything is decoded."""

import numpy as np
import pytest
import tensorflow as tf
from answering import call, counted, encoded

from tf_nst.serving.admission import Bounds, Encoded, admitted, admitted_tensors

BOUNDS = Bounds(pictures=3, pixels=1000, request_pixels=2000)
PHOTO = encoded(counted(20, 30))  # 600 pixels
admit = tf.function(
    lambda content, style: admitted(Encoded(content, style), BOUNDS),
    input_signature=[tf.TensorSpec([None], tf.string), tf.TensorSpec([], tf.string)],
    autograph=False,
)


def test_what_is_within_the_bounds_is_handed_on():
    content, style, masks = admit([PHOTO, PHOTO], PHOTO)
    assert masks is None
    assert content.numpy().tolist() == [PHOTO, PHOTO] and style.numpy() == PHOTO
    assert admit([], PHOTO)[0].shape == (0,)
    assert admitted(Encoded(tf.constant([PHOTO] * 3)), BOUNDS).style is None


admit_masks = tf.function(
    lambda content, masks: admitted(Encoded(content, masks=masks), BOUNDS),
    input_signature=[tf.TensorSpec([None], tf.string)] * 2,
    autograph=False,
)


def test_masks_are_handed_on_one_for_each_picture():
    mask = encoded(counted(10, 15)[..., 0])
    content, _, masks = admit_masks([PHOTO, PHOTO], [mask, mask])
    assert content.numpy().tolist() == [PHOTO, PHOTO] and masks.numpy().tolist() == [mask, mask]
    with pytest.raises(tf.errors.InvalidArgumentError, match="one mask for each of 2 pictures, re"):
        admit_masks([PHOTO, PHOTO], [mask])


@pytest.mark.parametrize(
    ("masks", "line"),
    [
        ([PHOTO[:60], PHOTO[:60]], "at most 2000 pixels in all pictures together, received 2400"),
        ([b"a diary", PHOTO], "mask_bytes: picture 1 of 2: expected JPEG, PNG, WebP, BMP, rec"),
        (
            [encoded(counted(26, 40))[:60], PHOTO],
            "mask_bytes: picture 1 of 2: expected at most 1000",
        ),
    ],
)
def test_masks_beyond_a_bound_are_refused_before_they_are_decoded(masks, line):
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        admit_masks([PHOTO, PHOTO], masks)


LARGE = encoded(counted(26, 40), "JPEG")


@pytest.mark.parametrize(
    ("content", "style", "line"),
    [
        ([PHOTO] * 4, PHOTO, "content_bytes: expected at most 3 pictures, received 4"),
        (
            [PHOTO] * 3,
            PHOTO,
            "expected at most 2000 pixels in all pictures together, received 2400",
        ),
        ([PHOTO, LARGE], PHOTO, "content_bytes: picture 2 of 2: expected at most 1000 pixels, rec"),
        ([LARGE], PHOTO, "content_bytes: expected at most 1000 pixels, received 40 x 26"),
        ([PHOTO], LARGE, "style_bytes: expected at most 1000 pixels, received 40 x 26"),
        ([b"a diary"], PHOTO, "content_bytes: expected JPEG, PNG, WebP, BMP, received"),
    ],
)
def test_what_is_beyond_a_bound_is_refused(content, style, line):
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        admit(content, style)


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ([4, 2, 2, 3], "content: expected at most 3 pictures, received 4"),
        ([3, 25, 25, 3], "expected at most 2000 pixels in all pictures together, received 2275"),
    ],
)
def test_tensors_beyond_a_bound_are_refused(shape, line):
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        admitted_tensors(tf.zeros(shape), tf.zeros([1, 20, 20, 3]), BOUNDS)


def test_an_export_has_the_bounds_that_it_was_given(signatures):
    """Even where the pixels, past the headers, are those of no picture."""
    hollow = encoded(counted(200, 249))[:60]
    with pytest.raises(tf.errors.InvalidArgumentError, match="at most 120000 pixels in all"):
        call(signatures["serving_default"], content_bytes=[hollow] * 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="at most 5 pictures, received 6"):
        call(signatures["serving_default"], content_bytes=[PHOTO] * 6)
    small = np.full([6, 8, 8, 3], 0.5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="content: expected at most 5 pict"):
        call(signatures["stylize_tensor"], content=small, style=small[:1])
