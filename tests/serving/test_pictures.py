"""Bytes to tensors at the right size and back, against Pillow and the command's own resizing."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from answering import counted, decoded, encoded

from tf_nst.io.images import Image
from tf_nst.io.resizing import fit_size, resize_image
from tf_nst.serving import pictures
from tf_nst.serving.pictures import decode, encode, fitted

NOISE = np.random.default_rng(1)


@functools.cache
def fitting(band: int):
    """`fitted` as a function of a picture [1, h, w, 3] uint8 and a long side."""
    specs = [tf.TensorSpec([1, None, None, 3], tf.uint8), tf.TensorSpec([], tf.int32)]
    return tf.function(
        lambda image, long_side: fitted(image, long_side, "photo", 2), specs, autograph=False
    )


def fit(pixels: np.ndarray, long_side: int) -> tf.Tensor:
    """`fitted` of pixels [h, w, 3] uint8."""
    return fitting(pictures.BAND)(tf.constant(pixels[None]), tf.constant(long_side))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 85}),
        ("PNG", {}),
        ("WebP", {"quality": 85}),
        ("WebP", {"lossless": True}),
        ("BMP", {}),
    ],
)
def test_what_is_decoded_is_what_pillow_decodes(kind, options):
    data = encoded(counted(33, 50), kind, **options)
    image = decode(tf.constant(data), "photo", 10_000)
    np.testing.assert_array_equal(image[0], decoded(data))


@pytest.mark.parametrize("kind", ["PNG", "WebP", "BMP"])
def test_alpha_is_left_out(kind):
    pixels = np.dstack([counted(20, 30), counted(20, 30)[..., :1]])
    data = encoded(pixels, kind, **({"lossless": True, "exact": True} if kind == "WebP" else {}))
    image = decode(tf.constant(data), "photo", 10_000)
    np.testing.assert_array_equal(image[0], pixels[..., :3])


def test_sizes_are_those_of_the_command():
    for height, width, long_side in NOISE.integers(2, 90, (60, 3)).tolist():
        expected = fit_size(height, width, long_side)
        if min(expected) >= 2:
            image = fit(np.zeros([height, width, 3], np.uint8), long_side)
            assert image.shape[1:3] == expected


def test_pixels_are_those_of_the_command():
    """Pillow computes in fixed point: one value in a thousand is rounded the other way, which the
    second pass may make a level more of."""
    for height, width, long_side in ((200, 150, 64), (40, 60, 100), (90, 33, 89), (64, 64, 64)):
        pixels = NOISE.integers(0, 256, (height, width, 3)).astype(np.uint8)
        expected = resize_image(Image(pixels), *fit_size(height, width, long_side)).pixels
        result = fit(pixels, long_side)
        error = np.abs(np.round(result[0].numpy() * 255) - expected)
        assert error.max() <= 2
        assert np.mean(error > 0) < 5e-3


def test_a_picture_of_the_size_is_left_as_it_is():
    pixels = NOISE.integers(0, 256, (48, 64, 3)).astype(np.uint8)
    np.testing.assert_allclose(fit(pixels, 64)[0], pixels / 255, rtol=0, atol=1e-7)


@pytest.mark.parametrize("size", [(50, 40), (7, 90), (90, 7)])
def test_bands_do_not_show(monkeypatch, size):
    """Of 1 or 2 rows, the last of them shorter."""
    image = NOISE.integers(0, 256, (*size, 3)).astype(np.uint8)
    whole = fit(image, 33)
    monkeypatch.setattr(pictures, "BAND", 80)
    np.testing.assert_array_equal(fit(image, 33), whole)


def test_encoded_pictures_are_rounded_to_the_nearest_level():
    levels = np.array([0.0, 0.4, 0.6, 254.6, 255.0, 100.49])
    data = encode(tf.constant(np.tile(levels, 3).reshape(1, 2, 3, 3) / 255, tf.float32)).numpy()
    np.testing.assert_array_equal(decoded(data).ravel(), np.tile([0, 0, 1, 255, 255, 100], 3))
