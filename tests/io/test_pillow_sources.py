"""Pillow's images are taken as their files are; arrays and tensors of every shape that is meant."""

import struct

import numpy as np
import pytest
from icc_bytes import p3
from picture_files import COLOURS, chunk
from PIL import Image as Pillow
from source_pictures import inputs_of, picture

from tf_nst.errors import UserError
from tf_nst.io.given import as_image
from tf_nst.io.images import read_image

DEEP_GREY = np.array([[0, 30000], [65535, 257]], np.uint16)
RGBA = np.dstack([COLOURS, np.array([[0, 9, 255], [1, 2, 3]], np.uint8)])


def exif(orientation: int) -> bytes:
    block = Pillow.Exif()
    block[274] = orientation
    return block.tobytes()


SAVED = {
    "turned.jpg": (Pillow.fromarray(COLOURS), {"exif": exif(6)}),
    "turned.png": (Pillow.fromarray(RGBA), {"exif": exif(5)}),
    "turned.tif": (Pillow.fromarray(COLOURS), {"exif": exif(8)}),
    "p3.png": (Pillow.fromarray(COLOURS), {"icc_profile": p3()}),
    "grey16.png": (Pillow.fromarray(DEEP_GREY), {}),
    "grey16.tif": (Pillow.fromarray(DEEP_GREY), {}),
    "alpha.png": (Pillow.fromarray(RGBA), {}),
    "palette.png": (Pillow.fromarray(COLOURS).convert("P"), {"transparency": 0}),
    "cmyk.jpg": (Pillow.fromarray(COLOURS).convert("CMYK"), {}),
    "one_bit.png": (Pillow.fromarray(COLOURS).convert("1"), {}),
    "avif.avif": (Pillow.fromarray(RGBA), {"exif": exif(6)}),
    "webp.webp": (Pillow.fromarray(RGBA), {"exif": exif(6), "lossless": True}),
}


@pytest.mark.parametrize("name", SAVED)
def test_an_opened_file_is_the_file(tmp_path, name):
    image, options = SAVED[name]
    image.save(tmp_path / name, **options)
    expected = read_image(tmp_path / name)
    with Pillow.open(tmp_path / name) as opened:
        given = as_image(opened, "--content")
    np.testing.assert_array_equal(given.pixels, expected.pixels)
    assert (given.alpha is None) == (expected.alpha is None)
    if given.alpha is not None:
        np.testing.assert_array_equal(given.alpha, expected.alpha)
    assert (given.profile, len(given.notes)) == (expected.profile, len(expected.notes))


def test_a_deep_pgm_that_pillow_has_opened(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 2 1 65535\n" + bytes([1, 2, 255, 255]))
    with Pillow.open(tmp_path / "a.pgm") as opened:
        assert as_image(opened, "--content").pixels[0, :, 1].tolist() == [258, 65535]


def test_floating_pictures_are_taken_as_0_to_1():
    halves = Pillow.fromarray(np.array([[0, 0.5, 1]], np.float32))
    assert as_image(halves, "--content").pixels[0, :, 0].tolist() == [0, 32768, 65535]


@pytest.mark.parametrize(
    "given",
    [
        Pillow.fromarray(np.array([[0, 255]], np.float32)),
        Pillow.fromarray(np.array([[0, np.nan]], np.float32)),
        Pillow.fromarray(np.array([[0, -5]], np.int32)),
        Pillow.fromarray(np.array([[0, 70000]], np.int32)),
        Pillow.new("LAB", (2, 2)),
        Pillow.new("RGB", (0, 2)),
    ],
)
def test_other_pictures_are_refused_in_one_line(given):
    with pytest.raises(UserError, match=r"^--style: Pillow's image [^\n]*expected[^\n]*$"):
        as_image(given, "--style")


# --- arrays and tensors -----------------------------------------------------------------------


class Tensor:
    """What offers NumPy's protocol, as tensors of TensorFlow and of other libraries do."""

    def __init__(self, array):
        self._array = array

    def __array__(self, dtype=None, copy=None):
        if self._array is None:
            raise NotImplementedError("Cannot convert a symbolic tensor\nto an array")
        return self._array


GREY = COLOURS[..., 0]
SHAPES = {
    "[H, W, 3]": (COLOURS, COLOURS, None),
    "[1, H, W, 3]": (COLOURS[None], COLOURS, None),
    "[H, W]": (GREY, np.repeat(GREY[..., None], 3, -1), None),
    "[H, W, 1]": (GREY[..., None], np.repeat(GREY[..., None], 3, -1), None),
    "[H, W, 4]": (RGBA, COLOURS, RGBA[..., 3]),
    "[1, H, W, 4]": (RGBA[None], COLOURS, RGBA[..., 3]),
}


@pytest.mark.parametrize("kind", [np.asarray, Tensor, lambda codes: Tensor(codes / 255)])
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_are_taken(name, kind):
    given, pixels, alpha = SHAPES[name]
    image = as_image(kind(given), "--content")
    np.testing.assert_array_equal(image.pixels, pixels)
    assert (image.alpha is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_array_equal(image.alpha, alpha)


def test_a_tensor_without_numbers_is_refused_in_one_line():
    with pytest.raises(UserError, match=r"^--content: expected an array [^\n]*$"):
        inputs_of(Tensor(None), picture(8, 8))


def test_colours_that_a_png_declares_by_numbers(tmp_path):
    Pillow.fromarray(COLOURS).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    linear = chunk(b"gAMA", struct.pack(">I", 100000))
    (tmp_path / "a.png").write_bytes(data[:33] + linear + data[33:])
    expected = read_image(tmp_path / "a.png").pixels
    with Pillow.open(tmp_path / "a.png") as opened:
        np.testing.assert_array_equal(as_image(opened, "--content").pixels, expected)


def test_grey_times_alpha_is_taken():
    """Pillow converts La to LA alone."""
    grey = Pillow.merge("LA", [Pillow.new("L", (2, 2), 60), Pillow.new("L", (2, 2), 255)])
    image = as_image(grey.convert("La"), "--content")
    assert (np.unique(image.pixels), np.unique(image.alpha)) == (60, 255)


def test_a_picture_with_a_profile_stays_as_it_is():
    """It is converted to sRGB; the caller's own is not."""
    given = Pillow.fromarray(COLOURS)
    given.info["icc_profile"] = p3()
    first, second = as_image(given, "--content"), as_image(given, "--content")
    np.testing.assert_array_equal(np.asarray(given), COLOURS)
    assert given.info["icc_profile"] == p3()
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert first.notes == second.notes != ()
