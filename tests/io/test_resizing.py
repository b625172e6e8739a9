"""Pictures at another size: shapes, depths, alpha."""

import numpy as np
import pytest
from picture_files import COLOURS
from PIL import Image as Pillow

from tf_nst.io.images import Image
from tf_nst.io.resizing import fit_size, resize_image


@pytest.mark.parametrize(
    ("size", "long_side", "expected"),
    [
        ((100, 200), 50, (25, 50)),
        ((200, 100), 400, (400, 200)),
        ((3, 4), 2, (2, 2)),
        ((1, 1000), 10, (1, 10)),
        ((7, 7), 5, (5, 5)),
        ((667, 1000), 512, (342, 512)),
    ],
)
def test_fit_size(size, long_side, expected):
    assert fit_size(*size, long_side) == expected


def test_same_size_is_the_same_object():
    image = Image(COLOURS)
    assert resize_image(image, 2, 3) is image


@pytest.mark.parametrize("with_alpha", [False, True])
@pytest.mark.parametrize(("dtype", "value"), [(np.uint8, 201), (np.uint16, 51234)])
def test_constant_stays_constant(with_alpha, dtype, value):
    pixels = np.full((8, 6, 3), value, dtype)
    alpha = np.full((8, 6), value, dtype) if with_alpha else None
    image = Image(pixels, alpha, b"icc", ("note",), "me")
    resized = resize_image(image, 5, 13)
    assert (resized.height, resized.width, resized.pixels.dtype) == (5, 13, dtype)
    np.testing.assert_allclose(resized.pixels, value, atol=1)
    assert (resized.profile, resized.notes, resized.name) == (b"icc", ("note",), "me")
    if with_alpha:
        assert resized.alpha.dtype == dtype
        np.testing.assert_allclose(resized.alpha, value, atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_shrinking_a_checkerboard_is_grey(dtype):
    top = np.iinfo(dtype).max
    board = (np.indices((64, 64)).sum(axis=0) % 2 * top).astype(dtype)
    resized = resize_image(Image(np.repeat(board[..., None], 3, axis=-1)), 8, 8)
    np.testing.assert_allclose(resized.pixels[1:-1, 1:-1] / top, 0.5, atol=0.01)


def test_16_bits_keep_their_depth_and_agree_with_8():
    # Of middle greys: of 8 bits Pillow before 13 cuts overshoots between its two passes.
    noise = np.random.default_rng(0).integers(80, 176, (30, 20, 3)).astype(np.uint8)
    shallow = resize_image(Image(noise), 11, 17).pixels
    deep = resize_image(Image(noise.astype(np.uint16) * 257), 11, 17).pixels
    np.testing.assert_allclose(deep / 257, shallow, atol=1.5)
    assert (deep % 257 != 0).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_edges_do_not_wrap_round(dtype):
    top = np.iinfo(dtype).max
    step = np.zeros((4, 16, 3), dtype)
    step[:, 8:] = top
    resized = resize_image(Image(step), 9, 37).pixels
    assert (resized[:, :12] < top / 2).all() and (resized[:, 25:] > top / 2).all()


@pytest.mark.parametrize("size", [(3, 3), (8, 29)])
def test_one_colour_stays_one_colour_across_an_edge_of_alpha(size):
    alpha = np.zeros((8, 8), np.uint16)
    alpha[:, 4:] = 65535
    resized = resize_image(Image(np.full((8, 8, 3), 20000, np.uint16), alpha), *size)
    np.testing.assert_allclose(resized.pixels[resized.alpha > 300], 20000, atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_hidden_colour_does_not_bleed(dtype):
    top = np.iinfo(dtype).max
    pixels = np.zeros((8, 8, 3), dtype)
    pixels[:, :4, 0], pixels[:, 4:, 1] = top, top
    alpha = np.zeros((8, 8), dtype)
    alpha[:, :4] = top
    resized = resize_image(Image(pixels, alpha), 3, 3)
    visible = resized.alpha > 0
    assert 0 < resized.alpha[1, 1] < top
    np.testing.assert_array_equal(resized.pixels[visible], np.array([[top, 0, 0]] * visible.sum()))
    np.testing.assert_array_equal(resized.pixels[~visible], 0)


def test_eight_bits_are_shrunk_as_pillow_shrinks_all_channels_at_once():
    pixels = np.random.default_rng(0).integers(0, 256, (67, 91, 3), np.uint8)
    whole = Pillow.fromarray(pixels).resize((40, 29), Pillow.Resampling.BICUBIC)
    np.testing.assert_array_equal(resize_image(Image(pixels), 29, 40).pixels, np.asarray(whole))
