"""--mask=auto:N: regions of the pictures' own, matched by likeness."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from source_pictures import picture

from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.segmentation import regions_wanted, segment_areas
from tf_nst.io.styles import Style

SKY, GROUND, DARK = (130, 180, 250), (90, 70, 30), (5, 5, 5)


def bands(height: int, width: int, *colors) -> Image:
    """Rows of these colours, top to bottom."""
    rows = np.array_split(np.arange(height), len(colors))
    parts = [np.tile(color, (len(row), width, 1)) for row, color in zip(rows, colors, strict=True)]
    return Image(np.uint8(np.concatenate(parts)))


@pytest.mark.parametrize(
    ("mask", "count"), [("auto:2", 2), ("auto:12", 12), ("a.png", 0), (None, 0)]
)
def test_a_word_asks_for_regions_and_a_path_does_not(mask, count):
    assert regions_wanted(mask) == count


def test_sky_takes_from_sky_wherever_it_is():
    pytest.importorskip("skimage")
    style = Style((bands(30, 40, GROUND, SKY),))
    masks, named = segment_areas(2, bands(36, 48, SKY, GROUND), (style,))
    np.testing.assert_allclose(sum(masks), 1, atol=1e-6)
    sky = int(masks[1][0, 0] > masks[0][0, 0])
    ((index, guide),) = named[sky]
    assert index == 0 and guide[-1].mean() > 0.9 > 0.1 > guide[0].mean()
    assert named[1 - sky][0][1][0].mean() > 0.9


@pytest.mark.parametrize(("side", "expected"), [(1, 1), (16, 4), (48, 5)])
def test_regions_are_as_many_as_wanted_where_there_are_pixels_enough(side, expected):
    pytest.importorskip("skimage")
    masks, _ = segment_areas(max(expected, 2), picture(side, side), (Style((picture(9, 9),)),))
    assert len(masks) == expected
    np.testing.assert_allclose(sum(masks), 1, atol=1e-6)


def test_a_region_that_is_hidden_is_not_taken():
    pytest.importorskip("skimage")
    style = bands(30, 40, SKY, GROUND)
    alpha = np.full((30, 40), 255, np.uint8)
    alpha[:20] = 0
    hidden = Style((replace(style, alpha=alpha),))
    _, named = segment_areas(2, bands(36, 48, SKY, GROUND), (hidden,))
    assert all((guide * alpha).any() for ((_, guide),) in named)


def test_the_most_similar_style_is_taken():
    pytest.importorskip("skimage")
    styles = Style((bands(30, 40, GROUND, DARK),)), Style((bands(30, 40, SKY, DARK),))
    masks, named = segment_areas(2, bands(36, 48, SKY, GROUND), styles)
    sky = int(masks[1][0, 0] > masks[0][0, 0])
    assert named[sky][0][0] == 1 and named[1 - sky][0][0] == 0


def test_without_scikit_image_a_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.color", None)
    with pytest.raises(UserError, match=r"^--mask: auto:N needs scikit-image; .*\[segment\]"):
        segment_areas(2, picture(8, 8), (Style((picture(8, 8),)),))
