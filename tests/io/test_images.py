"""The picture type: sizes, arrays, floats, previews, and pictures in Pillow's hands."""

import io

import numpy as np
import pytest
from picture_files import COLOURS, DEEP, DEEP_ALPHA, dstack
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.depth import DTYPES, TOP
from tf_nst.io.images import Image, read_image
from tf_nst.ops import bands


def test_sizes_and_depth():
    image = Image(DEEP)
    assert (image.height, image.width, image.depth) == (2, 3, 16)
    assert Image(COLOURS).depth == 8


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((2, 3), np.uint8), None),
        (np.zeros((2, 3, 4), np.uint8), None),
        (np.zeros((2, 3, 3), np.float32), None),
        ([[1]], None),
        (None, None),
        (COLOURS, np.zeros((3, 2), np.uint8)),
        (COLOURS, [[1]]),
        (COLOURS, np.zeros((2, 3), np.uint16)),
    ],
)
def test_wrong_arrays_are_refused(pixels, alpha):
    with pytest.raises(UserError, match=r"me: expected .* received"):
        Image(pixels, alpha, name="me")


def test_array_protocol():
    opaque, clear = Image(COLOURS), Image(DEEP, DEEP_ALPHA)
    assert np.asarray(opaque) is COLOURS
    assert np.array(opaque) is not COLOURS
    assert np.asarray(opaque, dtype=np.float64).dtype == np.float64
    np.testing.assert_array_equal(np.asarray(clear), dstack(DEEP, DEEP_ALPHA))
    assert np.asarray(clear, dtype=np.int64).dtype == np.int64
    with pytest.raises(ValueError, match="copy"):
        clear.__array__(copy=False)


@pytest.mark.parametrize(("depth", "top"), [(8, 255), (16, 65535)])
def test_from_float_rounds_and_clips(depth, top):
    values = np.array([-1.0, 0.0, 0.49 / top, 0.51 / top, 1.6 / top, 1.0, 2.0, 0.5, 1 - 0.4 / top])
    image = Image.from_float(values.reshape(3, 1, 3), depth)
    assert image.depth == depth
    assert image.pixels.ravel().tolist() == [0, 0, 0, 1, 2, top, top, (top + 1) // 2, top]
    assert values[0] == -1.0


@pytest.mark.parametrize(
    ("array", "received"),
    [
        (np.zeros((2, 2, 3), int), r"\[2, 2, 3\] of int64"),
        (np.zeros((2, 2, 3), bool), r"\[2, 2, 3\] of bool"),
        ([[1]], r"\[1, 1\] of int64"),
        (np.zeros(3), r"\[3\] of float64"),
        (np.zeros((1, 2, 2, 3)), r"\[1, 2, 2, 3\] of float64"),
        (None, r"\[\] of object"),
        ([[[0.5, 0.5, np.nan]]], "NaN"),
    ],
)
def test_from_float_refuses_what_are_no_floats(array, received):
    with pytest.raises(UserError, match=f"^image: expected floating numbers .*received {received}"):
        Image.from_float(array)


def test_from_float_refuses_other_alpha():
    with pytest.raises(UserError, match=r"^image: expected alpha \[1, 1\] of uint8, received list"):
        Image.from_float([[[0.0, 0.5, 1.0]]], alpha=[[255]])


def test_from_float_keeps_profile_and_brings_alpha_to_its_depth():
    alpha = np.array([[0, 1, 255]], np.uint8)
    image = Image.from_float(np.zeros((1, 3, 3), np.float32), 16, alpha, b"icc")
    assert image.alpha.tolist() == [[0, 257, 65535]]
    assert image.profile == b"icc"
    back = Image.from_float(np.zeros((1, 3, 3)), 8, np.array([[128, 129, 65407]], np.uint16))
    assert back.alpha.tolist() == [[0, 1, 255]]


@pytest.mark.parametrize(("depth", "top"), [(8, 255), (16, 65535)])
def test_every_code_survives_floats(depth, top):
    codes = np.arange(top + 1).astype(np.uint8 if depth == 8 else np.uint16)
    image = Image(np.repeat(codes[None, :, None], 3, axis=-1))
    floats = image.to_float()
    assert (floats.dtype, floats.min(), floats.max()) == (np.float32, 0.0, 1.0)
    np.testing.assert_array_equal(Image.from_float(floats, depth).pixels, image.pixels)


def test_preview_is_png_of_at_most_1024_pixels():
    wide = Image(np.full((2, 3000, 3), 7, np.uint8))
    preview = Pillow.open(io.BytesIO(wide._repr_png_()))
    assert (preview.format, preview.size[0]) == ("PNG", 1024)
    small = Pillow.open(io.BytesIO(Image(COLOURS, np.full((2, 3), 9, np.uint8))._repr_png_()))
    np.testing.assert_array_equal(np.asarray(small)[..., :3], COLOURS)


def test_show_hands_8_bits_to_pillow(monkeypatch):
    shown = []
    monkeypatch.setattr(Pillow.Image, "show", lambda picture: shown.append(picture))
    Image(DEEP).show()
    np.testing.assert_array_equal(np.asarray(shown[0]), np.rint(DEEP / 257))


def test_save_writes_and_returns_notes(tmp_path):
    notes = Image(DEEP).save(tmp_path / "a.jpg")
    assert "8 bits" in notes[0]
    assert read_image(tmp_path / "a.jpg").depth == 8


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_become_codes_in_bands_as_by_the_plain_formula(depth, dtype):
    """Two bands of a million pixels and a row more; past 0..1 they are clipped."""
    rows = 2 * (bands.BAND_PIXELS // 1000) + 1
    array = np.random.default_rng(0).uniform(-0.1, 1.1, (rows, 1000, 3)).astype(dtype)
    plain = np.clip(np.rint(array * TOP[depth]), 0, TOP[depth]).astype(DTYPES[depth])
    np.testing.assert_array_equal(Image.from_float(array, depth).pixels, plain)
