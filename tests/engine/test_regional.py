"""The start of several regions: each from its own pictures, where it is; hand-computed."""

import numpy as np
import pytest

from tf_nst.engine.regional import regional_image
from tf_nst.objective.regions import Part, Region
from tf_nst.objective.terms import CONTENT, STYLE

LEFT = np.float32([[1, 0.25, 0]])
MASKS = {"left": LEFT, "right": 1 - LEFT, "of a": np.ones((2, 2), np.float32)}
PICTURES = {
    name: np.full((1, 2, 2, 3), value, np.float32)
    for name, value in (("a", 0.2), ("b", 0.6), ("c", 1.0))
}


def start(style, masks):
    """A picture of one row in the colour of the style."""
    return np.full((1, 1, 3, 3), style[0, 0, 0, 0], np.float32)


def test_a_region_of_one_picture_is_its_start():
    visible = []
    region = Region(STYLE, (Part("a", mask="of a"),), "left")
    image = regional_image(
        lambda *given: visible.append(given) or "start", (region,), PICTURES, MASKS
    )
    assert image == "start"
    assert visible[0][0] is PICTURES["a"]
    assert visible[0][1][CONTENT] is LEFT and visible[0][1][STYLE] is MASKS["of a"]


def test_parts_are_added_by_their_shares():
    region = Region(STYLE, (Part("a", 0.75), Part("b", 0.25)))
    image = regional_image(start, (region,), PICTURES)
    np.testing.assert_allclose(image, np.full((1, 1, 3, 3), 0.3), atol=1e-6)


def test_regions_are_added_by_their_masks():
    regions = (
        Region("one", (Part("a", 0.5), Part("b", 0.5)), "left"),
        Region("two", (Part("c"),), "right"),
    )
    image = regional_image(start, regions, PICTURES, MASKS)
    np.testing.assert_allclose(image[0, 0, :, 0], [0.4, 0.85, 1.0], atol=1e-5)


def test_no_region_is_refused():
    with pytest.raises(ValueError, match="expected one or more, received none"):
        regional_image(start, (), PICTURES, MASKS)


def test_a_region_without_a_mask_is_everywhere():
    regions = Region("one", (Part("a"),), "left"), Region("two", (Part("c"),))
    image = regional_image(start, regions, PICTURES, MASKS)
    np.testing.assert_allclose(image[0, 0, :, 0], [0.6, 0.84, 1.0], atol=1e-5)


def test_where_no_region_is_the_first_one_starts():
    masks = {"left": LEFT, "right": 0 * LEFT}
    regions = Region("one", (Part("a"),), "left"), Region("two", (Part("c"),), "right")
    image = regional_image(start, regions, PICTURES, masks)
    np.testing.assert_allclose(image[0, 0, :, 0], 0.2, atol=1e-5)
