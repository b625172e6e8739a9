"""Which style is painted where: masks, what is kept, and what is refused or said."""

import numpy as np
import pytest
import tensorflow as tf
from source_pictures import NEAR, picture

from tf_nst.config import config_from_options
from tf_nst.errors import UserError
from tf_nst.io.areas import Places, read_painted
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs

HEIGHT, WIDTH = 12, 16
LEFT = np.zeros((HEIGHT, WIDTH), np.uint8)
LEFT[:, :8] = 255
RIGHT = 255 - LEFT
WHITE, BLACK = np.full_like(LEFT, 255), np.zeros_like(LEFT)


def areas_of(styles=1, feather=0, **places):
    config = config_from_options(NEAR | {"size": WIDTH, "feather": feather})
    given = [(picture(9, 9), 1.0 + index) for index in range(styles)]
    return read_inputs(config, picture(HEIGHT, WIDTH), given, Places(**places)).areas


def test_without_masks_all_styles_are_everywhere():
    areas = areas_of(2)
    assert areas.painted is None and areas.notes == ()
    assert areas.areas[0].mask is None and areas.areas[0].styles == ((0, None), (1, None))


def test_each_mask_is_the_area_of_its_style():
    areas = areas_of(2, mask=[LEFT, RIGHT])
    assert areas.painted is None and areas.notes == ()
    for area, plane, index in zip(areas.areas, (LEFT, RIGHT), (0, 1), strict=True):
        np.testing.assert_array_equal(area.mask, plane / 255)
        assert area.styles == ((index, None),)


@pytest.mark.parametrize("kind", [np.asarray, tf.constant])
def test_true_is_white(kind):
    masks = {
        "mask": [kind(LEFT > 0), kind(RIGHT > 0)],
        "style_mask": [kind(np.full((9, 9), True))] * 2,
    }
    areas = areas_of(2, **masks, keep=kind(LEFT > 0))
    np.testing.assert_array_equal(
        [area.mask for area in areas.areas], np.divide([LEFT, RIGHT], 255)
    )
    np.testing.assert_array_equal(areas.painted, RIGHT / 255)


def test_where_masks_overlap_styles_share_by_weight():
    areas = areas_of(2, mask=[WHITE, RIGHT])
    first, second = (area.mask for area in areas.areas)
    np.testing.assert_allclose(first[0], [1] * 8 + [1 / 3] * 8, atol=1e-7)
    np.testing.assert_allclose(first + second, 1, atol=1e-7)
    assert areas.notes == ("masks overlap in 50% of the picture, which their styles share",)


def test_what_no_mask_covers_stays():
    areas = areas_of(mask=LEFT)
    np.testing.assert_array_equal(areas.painted, LEFT / 255)
    assert areas.notes == ("no mask covers 50% of the picture, which stays as in the photograph",)


def test_grey_is_painted_wholly_and_shown_partly():
    areas = areas_of(mask=np.full_like(LEFT, 51))
    np.testing.assert_array_equal(areas.areas[0].mask, np.ones_like(LEFT))
    np.testing.assert_allclose(areas.painted, 0.2, atol=1e-7)


def test_what_is_kept_is_not_painted():
    areas = areas_of(2, mask=[LEFT, RIGHT], keep=RIGHT)
    np.testing.assert_array_equal(areas.painted, LEFT / 255)
    faded = areas_of(keep=RIGHT, feather=4).painted
    assert (faded[:, 8:] == 0).all() and (faded[:, :3] == 1).all()
    np.testing.assert_allclose(faded[0, 3:9], [1, 0.8, 0.6, 0.4, 0.2, 0], atol=1e-6)


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"keep": RIGHT},
        {"mask": [LEFT, BLACK + 51]},
        {"mask": [LEFT, RIGHT], "keep": RIGHT},
        {"labels": [LEFT, LEFT[:9, :9], LEFT[:9, :9]], "keep": LEFT},
        {"mask": "auto:2", "keep": LEFT},
    ],
    ids=["nothing", "keep", "mask", "both", "labels", "auto"],
)
def test_what_is_painted_is_known_without_styles(places):
    config = config_from_options(NEAR | {"size": WIDTH, "feather": 2 if places else 0})
    painted = read_painted(config, Places(**places), picture(HEIGHT, WIDTH))
    np.testing.assert_array_equal(painted, areas_of(2, 2 if places else 0, **places).painted)


def test_a_black_keep_is_a_note():
    areas = areas_of(keep=BLACK)
    assert areas.painted is None
    assert areas.notes == ("--keep: array is black, nothing is kept",)


def test_a_feather_without_an_edge_is_a_note():
    line = "--feather=4 has no effect: nothing of the photograph is kept"
    assert areas_of(feather=4).notes == (line,)
    assert areas_of(2, mask=[LEFT, RIGHT], feather=4).notes == (line,)
    assert line not in areas_of(keep=RIGHT, feather=4).notes


def test_a_transparent_mask_is_called_so():
    clear = Image(np.full((HEIGHT, WIDTH, 3), 255, np.uint8), BLACK, name="sky.png")
    with pytest.raises(UserError) as error:
        areas_of(mask=clear)
    assert str(error.value) == (
        "--mask: sky.png is fully transparent, expected opaque where its style counts"
    )
    assert areas_of(keep=clear).notes[-1] == (
        "--keep: sky.png is fully transparent, nothing is kept"
    )


def test_alpha_is_the_mask_and_a_line():
    mask = Image(np.zeros((HEIGHT, WIDTH, 3), np.uint8), LEFT, name="sky.png")
    areas = areas_of(mask=mask)
    np.testing.assert_array_equal(areas.painted, LEFT / 255)
    assert areas.notes[0] == "--mask: sky.png has transparency: its alpha is the mask"


def test_a_mask_of_another_size_is_resized():
    areas = areas_of(mask=np.repeat(np.repeat(LEFT, 3, 0), 3, 1))
    assert areas.painted.shape == (HEIGHT, WIDTH)
    np.testing.assert_allclose(areas.painted.mean(), 0.5, atol=0.01)


def test_resized_masks_that_meet_leave_nothing_out():
    third = np.zeros((37, 49), np.uint8)
    third[:, 17:] = 255
    assert areas_of(2, mask=[third, 255 - third]).painted is None


def test_a_style_s_mask_is_of_its_size():
    guide = np.zeros((18, 18), np.uint8)
    guide[:9] = 255
    ((index, plane),) = areas_of(style_mask=guide).areas[0].styles
    assert index == 0 and plane.shape == (9, 9)
    assert (plane[:4] == 1).all() and (plane[5:] == 0).all()


def test_a_feather_that_leaves_nothing_is_refused():
    strip = BLACK.copy()
    strip[:, 6:10] = 255
    assert areas_of(mask=strip, feather=2).painted.max() > 0
    with pytest.raises(UserError) as error:
        areas_of(mask=strip, feather=12)
    assert str(error.value) == (
        "--feather: expected less than the width of what is painted, received 12 pixels, which "
        "leave nothing of it"
    )


def half_hidden(height: int, width: int) -> Image:
    """Its right half is transparent."""
    alpha = np.full((height, width), 255, np.uint8)
    alpha[:, width // 2 :] = 0
    return Image(picture(height, width).pixels, alpha)


@pytest.mark.parametrize(("flag", "mask"), [("mask", RIGHT), ("keep", LEFT)])
def test_masks_that_leave_what_is_hidden_alone_are_refused(flag, mask):
    config = config_from_options(NEAR | {"size": WIDTH})
    line = f"^--{flag}: expected something left to paint where the content is visible, received"
    with pytest.raises(UserError, match=line):
        read_inputs(config, half_hidden(HEIGHT, WIDTH), picture(9, 9), Places(**{flag: mask}))


def test_a_mask_of_what_is_hidden_of_a_style_is_refused():
    config = config_from_options(NEAR | {"size": WIDTH})
    with pytest.raises(UserError) as error:
        read_inputs(config, picture(9, 9), half_hidden(HEIGHT, WIDTH), Places(style_mask=[RIGHT]))
    assert str(error.value) == (
        "--style_mask: array is white only where its style is transparent, expected white where it "
        "is visible"
    )


@pytest.mark.parametrize(
    ("places", "line"),
    [
        ({"mask": BLACK}, "--mask: array is black, expected white where its style counts"),
        ({"mask": [LEFT, RIGHT]}, "--mask: expected one mask for each of 1 styles, received 2"),
        ({"mask": WHITE[:, :9]}, "--mask: array has another aspect ratio than the content, exp"),
        ({"keep": WHITE}, "--keep: expected something left to paint"),
        ({"mask": LEFT, "keep": LEFT}, "--keep: expected something left to paint"),
        ({"mask": LEFT, "labels": [LEFT, LEFT]}, "--labels and --mask: expected one of them"),
        ({"mask": "auto:1"}, "--mask: expected auto:N with N from 2 to 12, received auto:1"),
        ({"mask": "auto:x"}, "--mask: expected auto:N with N from 2 to 12, received auto:x"),
        ({"mask": "auto:3", "style_mask": LEFT}, "--mask=auto:N and --style_mask: expected one"),
        ({"style_mask": LEFT}, "--style_mask: array has another aspect ratio than its style"),
        ({"keep": "none.png"}, "--keep: none.png does not exist"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(places, line):
    with pytest.raises(UserError) as error:
        areas_of(**places)
    assert str(error.value).startswith(line) and "\n" not in str(error.value)
