"""Colour-coded maps: a colour of the content takes from the same colour of a style."""

from dataclasses import replace

import numpy as np
import pytest
from source_pictures import picture

from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.labels import label_areas, unique_colors
from tf_nst.io.styles import Style

RED, BLUE, GREEN = (250, 10, 5), (0, 0, 255), (0, 200, 0)


def halves(height: int, width: int, *colors, name="map.png") -> Image:
    """Stripes of these colours, side by side."""
    parts = np.array_split(np.arange(width), len(colors))
    row = np.concatenate(
        [np.tile(color, (len(part), 1)) for color, part in zip(colors, parts, strict=True)]
    )
    return Image(np.uint8(np.broadcast_to(row, (height, width, 3))).copy(), name=name)


def areas_of(*maps, styles=1, alpha=None):
    given = tuple(Style((replace(picture(10, 10), alpha=alpha),)) for _ in range(styles))
    return label_areas(list(maps), picture(12, 16), given)


def test_each_colour_is_an_area_of_the_style_that_has_it():
    masks, named = areas_of(halves(12, 16, RED, BLUE), halves(20, 20, BLUE, GREEN, RED))
    assert [mask.mean() for mask in masks] == [0.5, 0.5]
    blue = next(index for index, mask in enumerate(masks) if mask[0, -1] == 1)
    ((style, guide),) = named[blue]
    assert style == 0 and guide.shape == (10, 10)
    assert guide[0, 0] == 1 and guide[0, -1] == 0


def test_what_jpeg_makes_of_a_colour_is_that_colour():
    noisy = halves(40, 40, RED, BLUE)
    rng = np.random.default_rng(0)
    pixels = np.clip(noisy.pixels + rng.integers(-12, 13, noisy.pixels.shape), 0, 255)
    pixels[:36] = noisy.pixels[:36]
    masks, named = areas_of(halves(12, 16, RED, BLUE), Image(np.uint8(pixels)))
    assert len(masks) == 2 and all(len(styles) == 1 for styles in named)


def test_two_styles_with_a_colour_share_it():
    maps = halves(12, 16, RED), halves(9, 9, RED, BLUE), halves(9, 9, BLUE, RED)
    masks, named = areas_of(*maps, styles=2)
    assert len(masks) == 1 and [index for index, _ in named[0]] == [0, 1]


def test_a_colour_that_a_style_hides_is_one_that_it_lacks():
    alpha = np.full((10, 10), 255, np.uint8)
    alpha[:, 5:] = 0
    maps = halves(12, 16, RED, name="me.png"), halves(10, 10, BLUE, RED, name="it.png")
    assert len(areas_of(*maps)[1]) == 1
    with pytest.raises(UserError, match=r"^--labels: me\.png has #fa0a05 in 100% of its pixels"):
        areas_of(*maps, alpha=alpha)


def test_a_colour_that_no_style_has_is_refused():
    with pytest.raises(UserError) as error:
        areas_of(halves(12, 16, RED, GREEN, name="me.png"), halves(9, 9, RED, name="it.png"))
    assert str(error.value) == (
        "--labels: me.png has #00c800 in 50% of its pixels, expected that colour in it.png too"
    )


def test_a_colour_that_is_nearer_to_another_label_is_not_taken_for_it():
    """Class numbers as grey, one apart: the style lacks the third class."""
    maps = halves(12, 16, (0,) * 3, (1,) * 3, (2,) * 3), halves(10, 10, (0,) * 3, (1,) * 3)
    with pytest.raises(UserError, match=r"has #020202 in 31% of its pixels, expected that colour"):
        areas_of(*maps)
    maps = maps[0], halves(9, 9, (2,) * 3, (0,) * 3, (1,) * 3)
    masks, named = areas_of(*maps)
    places = [int(guide[0].argmax()) for ((_, guide),) in named]
    assert len(masks) == 3 and places == [4, 7, 0]


def test_a_map_is_missing_or_of_another_aspect():
    with pytest.raises(
        UserError, match=r"^--labels: expected a map of the content and one of each"
    ):
        areas_of(halves(12, 16, RED))
    with pytest.raises(UserError, match=r"^--labels: map.png has another aspect ratio"):
        areas_of(halves(12, 16, RED), halves(9, 20, RED))


@pytest.mark.parametrize("top", [2, 256])
def test_unique_colours_are_numpys(top):
    codes = np.random.default_rng(0).integers(0, top, (500, 3), np.int32)
    codes[0], codes[1] = (255, 0, 1), (0, 255, 254)
    expected = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    colors, inverse, counts = unique_colors(codes)
    assert colors.dtype == np.int32
    np.testing.assert_array_equal(colors, expected[0])
    np.testing.assert_array_equal(inverse, expected[1].reshape(-1))
    np.testing.assert_array_equal(counts, expected[2])


def test_a_map_of_a_megapixel_of_noise_is_read():
    """Of as many colours as a photograph's edges have."""
    noise = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), np.uint8)
    noise[450:] = RED
    masks, named = areas_of(Image(noise), halves(9, 9, RED))
    assert len(masks) == 1 and len(named) == 1
    np.testing.assert_array_equal(masks[0][-4:], 1)
