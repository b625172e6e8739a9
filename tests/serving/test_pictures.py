"""Bytes to tensors at the right size and back, against Pillow and the command's own resizing."""

import numpy as np
import pytest
import tensorflow as tf
from answering import counted, decoded, encoded

from tf_nst.io.images import Image
from tf_nst.io.resizing import fit_size, resize_image
from tf_nst.serving.pictures import decode, encode, fitted

NOISE = np.random.default_rng(1)


def as_float(pixels: np.ndarray) -> tf.Tensor:
    """[1, H, W, 3] float32 in 0..1."""
    return tf.constant(pixels[None], tf.float32) / 255.0


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
    np.testing.assert_array_equal(image[0].numpy() * 255, decoded(data))


@pytest.mark.parametrize("kind", ["PNG", "WebP", "BMP"])
def test_alpha_is_left_out(kind):
    pixels = np.dstack([counted(20, 30), counted(20, 30)[..., :1]])
    data = encoded(pixels, kind, **({"lossless": True, "exact": True} if kind == "WebP" else {}))
    image = decode(tf.constant(data), "photo", 10_000)
    np.testing.assert_array_equal(image[0].numpy() * 255, pixels[..., :3])


def test_sizes_are_those_of_the_command():
    for height, width, long_side in NOISE.integers(2, 90, (60, 3)).tolist():
        expected = fit_size(height, width, long_side)
        if min(expected) >= 2:
            image = fitted(tf.zeros([1, height, width, 3]), tf.constant(long_side), "photo", 2)
            assert image.shape[1:3] == expected


def test_pixels_are_those_of_the_command():
    """Pillow computes in fixed point: one value in a thousand is rounded the other way, which the
    second pass may make a level more of."""
    for height, width, long_side in ((200, 150, 64), (40, 60, 100), (90, 33, 89), (64, 64, 64)):
        pixels = NOISE.integers(0, 256, (height, width, 3)).astype(np.uint8)
        expected = resize_image(Image(pixels), *fit_size(height, width, long_side)).pixels
        result = fitted(as_float(pixels), tf.constant(long_side), "photo", 2)
        error = np.abs(np.round(result[0].numpy() * 255) - expected)
        assert error.max() <= 2
        assert np.mean(error > 0) < 5e-3


def test_a_picture_of_the_size_is_left_as_it_is():
    pixels = NOISE.integers(0, 256, (48, 64, 3)).astype(np.uint8)
    result = fitted(as_float(pixels), tf.constant(64), "photo", 2)
    np.testing.assert_array_equal(result, as_float(pixels))


def test_encoded_pictures_are_rounded_to_the_nearest_level():
    levels = np.array([0.0, 0.4, 0.6, 254.6, 255.0, 100.49])
    data = encode(tf.constant(np.tile(levels, 3).reshape(1, 2, 3, 3) / 255, tf.float32)).numpy()
    np.testing.assert_array_equal(decoded(data).ravel(), np.tile([0, 0, 1, 255, 255, 100], 3))
