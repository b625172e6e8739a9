"""Hidden pixels take the colours of visible ones; what they hold decides nothing."""

import numpy as np
import pytest
from source_pictures import inputs_of, picture

from tf_nst.errors import UserError
from tf_nst.io.hidden import fill_hidden
from tf_nst.io.images import Image


def one_visible(dtype, colour, others):
    pixels = np.full((5, 7, 3), others, dtype)
    alpha = np.zeros((5, 7), dtype)
    pixels[3, 4], alpha[3, 4] = colour, np.iinfo(dtype).max // 2
    return Image(pixels, alpha)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_one_visible_pixel_fills_all(dtype):
    filled = fill_hidden(one_visible(dtype, (10, 20, 200), 99))
    np.testing.assert_array_equal(filled.pixels, np.full((5, 7, 3), (10, 20, 200), dtype))


def test_the_smallest_square_with_a_visible_pixel_is_taken():
    pixels = np.zeros((1, 8, 3), np.uint8)
    alpha = np.array([[255, 0, 0, 0, 0, 0, 85, 0]], np.uint8)
    pixels[0, 0], pixels[0, 6] = 100, 200
    filled = fill_hidden(Image(pixels, alpha)).pixels[0, :, 0]
    assert filled.tolist() == [100, 100, 100, 100, 200, 200, 200, 200]


def test_means_are_weighted_by_alpha():
    pixels = np.array([[[100] * 3, [200] * 3, [7] * 3, [7] * 3]], np.uint8)
    filled = fill_hidden(Image(pixels, np.array([[255, 85, 0, 0]], np.uint8)))
    assert filled.pixels[0, :, 0].tolist() == [100, 200, 125, 125]


def test_opaque_pictures_are_themselves():
    for image in (picture(4, 4), Image(picture(4, 4).pixels, np.full((4, 4), 1, np.uint8))):
        assert fill_hidden(image) is image


def test_large_pictures_are_filled_in_bands(monkeypatch):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (23, 17, 3)).astype(np.uint8)
    image = Image(pixels, (rng.random((23, 17)) < 0.05).astype(np.uint8))
    whole = fill_hidden(image).pixels
    monkeypatch.setattr("tf_nst.ops.bands.BAND_PIXELS", 40)
    np.testing.assert_array_equal(fill_hidden(image).pixels, whole)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("size", [48, 31, 90])
@pytest.mark.parametrize("place", ["content", "style", "start"])
def test_what_is_hidden_reaches_no_run(tmp_path, dtype, size, place):
    visible = picture(32, 48, dtype).pixels
    alpha = np.full((32, 48), np.iinfo(dtype).max, dtype)
    alpha[5:20, 11:30] = 0
    read = []
    for hidden in (0, np.iinfo(dtype).max):
        pixels = visible.copy()
        pixels[alpha == 0] = hidden
        image = Image(pixels, alpha)
        image.save(tmp_path / "a.png")
        given = {"content": picture(32, 48), "style": picture(32, 48)}
        options = {"size": size}
        if place == "start":
            options["init"] = str(tmp_path / "a.png")
        else:
            given[place] = tmp_path / "a.png"
        inputs = inputs_of(**given, **options)
        read.append(getattr(inputs, place))
        masks = {"content": inputs.content.mask, "style": inputs.style.mask}
        assert {name for name in masks if masks[name] is not None} == {place} - {"start"}
    np.testing.assert_array_equal(read[0].pixels, read[1].pixels)
    np.testing.assert_array_equal(read[0].alpha, read[1].alpha)


@pytest.mark.parametrize("place", ["content", "style"])
def test_a_picture_of_nothing_is_refused(place):
    nothing = Image(picture(16, 16).pixels, np.zeros((16, 16), np.uint8))
    given = {"content": picture(16, 16), "style": picture(16, 16)} | {place: nothing}
    with pytest.raises(UserError, match=rf"^--{place}: .*fully transparent.*expected"):
        inputs_of(**given)
