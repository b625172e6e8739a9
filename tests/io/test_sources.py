"""What pictures may be given as, and the sha256 of each."""

import hashlib

import numpy as np
import pytest
from PIL import Image as Pillow
from source_pictures import inputs_of, picture

from tf_nst.errors import UserError
from tf_nst.io.images import Image, read_image

# --- kinds of sources -------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_integer_arrays_are_taken_at_their_depth(dtype):
    array = picture(48, 64, dtype).pixels
    content = inputs_of(array, picture(40, 30), size=64).content
    np.testing.assert_array_equal(content.pixels, array)
    assert content.depth == array.itemsize * 8


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_arrays_are_taken_as_0_to_1(dtype):
    array = np.broadcast_to(np.array([0, 0.5, 1], dtype), (48, 64, 3))
    content = inputs_of(array, picture(40, 30), size=64).content
    np.testing.assert_array_equal(content.pixels[0, 0], [0, 128, 255])


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((64,), np.uint8),
        np.zeros((3, 48, 64), np.uint8),
        np.zeros((48, 64, 2), np.uint8),
        np.zeros((2, 48, 64, 3), np.uint8),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((48, 64, 3), np.int32),
        np.zeros((48, 64, 3), bool),
        np.array([["a", "b"]]),
    ],
)
@pytest.mark.parametrize("place", ["content", "style"])
def test_other_arrays_are_refused_by_the_name_of_their_argument(array, place):
    pictures = {"content": picture(48, 64), "style": picture(48, 64)} | {place: array}
    with pytest.raises(UserError, match=rf"^--{place}: array: expected pixels .*received"):
        inputs_of(**pictures)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 255.0, -1.0, 1.02])
def test_floating_arrays_that_are_not_in_0_to_1_are_refused(value):
    array = np.full((48, 64, 3), 0.5, np.float32)
    array[3, 4, 1] = value
    with pytest.raises(UserError, match=r"^--content: array: expected finite"):
        inputs_of(array, picture(48, 64))


def test_floating_arrays_past_0_to_1_by_rounding_are_clipped():
    array = np.broadcast_to(np.array([-1e-6, 0.5, 1 + 1e-6]), (48, 64, 3))
    content = inputs_of(array, picture(40, 30), size=64).content
    np.testing.assert_array_equal(content.pixels[0, 0], [0, 128, 255])


@pytest.mark.parametrize("source", [None, 3, [[1, 2], [3, 4]]])
def test_what_is_not_a_picture_is_refused(source):
    with pytest.raises(UserError, match=r"^--style: expected"):
        inputs_of(picture(48, 64), source)


def test_paths_are_read_and_name_the_picture(tmp_path):
    picture(48, 64).save(tmp_path / "a.png")
    for path in (tmp_path / "a.png", str(tmp_path / "a.png")):
        content = inputs_of(path, picture(40, 30), size=64).content
        np.testing.assert_array_equal(content.pixels, picture(48, 64).pixels)
        assert content.name == str(path)


# --- sha256 -----------------------------------------------------------------------------------


def test_the_sha256_of_a_path_is_that_of_its_file(tmp_path):
    for name in ("content", "style", "start"):
        picture(48, 64).save(tmp_path / f"{name}.png")
    start = str(tmp_path / "start.png")
    inputs = inputs_of(tmp_path / "content.png", tmp_path / "style.png", size=20, init=start)
    for name in ("content", "style", "start"):
        data = (tmp_path / f"{name}.png").read_bytes()
        assert getattr(inputs, name).sha256 == hashlib.sha256(data).hexdigest()


def test_the_sha256_of_an_array_is_that_of_its_bytes_before_it_is_resized():
    array = picture(48, 64, np.uint16).pixels
    expected = hashlib.sha256(array.tobytes()).hexdigest()
    assert inputs_of(array, picture(40, 30), size=20).content.sha256 == expected
    turned = np.asfortranarray(array)
    assert inputs_of(turned, picture(40, 30), size=20).content.sha256 == expected


def test_the_sha256_of_pictures_in_memory_is_that_of_their_pixels():
    codes = picture(48, 64).pixels
    alpha = np.arange(48 * 64, dtype=np.uint16).reshape(48, 64).astype(np.uint8)
    expected = hashlib.sha256(codes.tobytes()).hexdigest()
    for source in (Image(codes), Pillow.fromarray(codes), codes / 255.0):
        assert inputs_of(source, picture(40, 30), size=20).content.sha256 == expected
    both = np.dstack([codes, alpha])
    content = inputs_of(Image(codes, alpha), picture(40, 30), size=20).content
    assert content.sha256 == hashlib.sha256(both.tobytes()).hexdigest()


def test_an_image_of_a_file_keeps_the_files_sha256(tmp_path):
    picture(48, 64).save(tmp_path / "a.png")
    inputs = inputs_of(read_image(tmp_path / "a.png"), tmp_path / "a.png", size=20)
    assert inputs.content.sha256 == inputs.style.sha256
    assert inputs.content.sha256 != hashlib.sha256(picture(48, 64).pixels.tobytes()).hexdigest()
