"""What each mask changed, counted by hand."""

import numpy as np
import pytest
from source_pictures import NEAR, picture

from tf_nst.config import config_from_options
from tf_nst.io.areas import Places
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs
from tf_nst.io.moved import moved_by_masks

HEIGHT, WIDTH = 12, 16
LEFT = np.zeros((HEIGHT, WIDTH), np.uint8)
LEFT[:, :8] = 255


def inputs_of(styles=1, **places):
    config = config_from_options(NEAR | {"size": WIDTH})
    given = [picture(9, 9)] * styles
    return read_inputs(config, picture(HEIGHT, WIDTH), given, Places(**places))


def changed(inputs, columns: int) -> Image:
    """The photograph, of which the first columns are other colours."""
    pixels = inputs.content.pixels.copy()
    pixels[:, :columns, 1] ^= 1
    return Image(pixels)


def test_without_masks_there_is_nothing_to_count():
    inputs = inputs_of()
    assert moved_by_masks(inputs, changed(inputs, 3)) == ()


def test_each_mask_has_its_share_and_what_it_changed():
    inputs = inputs_of(2, mask=[Image(np.dstack([LEFT] * 3), name="left.png"), 255 - LEFT])
    first, second = moved_by_masks(inputs, changed(inputs, 12))
    assert (first.name, second.name) == ("left.png", "array")
    assert (first.share, first.moved) == (0.5, 0.5)
    assert (second.share, second.moved) == (0.5, 0.25)


def test_pictures_of_two_depths_are_compared_at_the_lesser():
    inputs = inputs_of(2, mask=[LEFT, 255 - LEFT])
    deep = Image(changed(inputs, 4).pixels.astype(np.uint16) * np.uint16(257))
    assert [mask.moved for mask in moved_by_masks(inputs, deep)] == [0.25, 0.0]


def test_what_is_kept_is_no_share():
    inputs = inputs_of(keep=LEFT)
    (region,) = moved_by_masks(inputs, changed(inputs, 12))
    assert region == ("region 1", 0.5, 0.25)


def test_grey_counts_partly():
    inputs = inputs_of(mask=np.full_like(LEFT, 51))
    (mask,) = moved_by_masks(inputs, changed(inputs, 8))
    assert mask.share == pytest.approx(0.2) and mask.moved == pytest.approx(0.1)
