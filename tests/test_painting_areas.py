"""Several styles, masks, what is kept and colours, from Python; and what each of them moves."""

import pickle

import numpy as np
import pytest
from paintings import OPTIONS, PAINTING, PHOTO

import tf_nst
from tf_nst.config import STYLE_STATISTICS
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.objective.statistics import STATISTICS

HEIGHT, WIDTH = PHOTO.shape[:2]
STRIPES = np.uint8(255 * (np.indices((40, 52)).sum(0) // 4 % 2))[..., None] * np.uint8([1, 0, 1])
# Sums of two masks that meet are as good as one.
LEFT = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
LEFT[:, : WIDTH // 4] = 255
RIGHT = 255 - LEFT
# Pixels of the picture that one mask or the other shows partly, being twice as small.
HALVES = np.s_[:, : WIDTH // 2 - 2], np.s_[:, WIDTH // 2 + 2 :]
QUICK = OPTIONS | {"steps": 3, "scales": 1, "optimizer": "adam"}


@pytest.fixture(scope="module")
def engine():
    return tf_nst.Engine()


@pytest.fixture(scope="module")
def painted(engine):
    """style, options -> [H, W, 3] of whole codes; each is painted once."""
    pictures = {}

    def paint(style=PAINTING, **options):
        key = pickle.dumps((style, options))
        if key not in pictures:
            lines = []
            picture = tf_nst.stylize(
                PHOTO, style, engine=engine, report=lines.append, **QUICK | options
            )
            pictures[key] = picture.pixels.astype(int), lines
        return pictures[key]

    return paint


def moved(picture) -> np.ndarray:
    """[H, W] bool: where it is another than the photograph."""
    return np.abs(picture - PHOTO).max(axis=2) > 0


@pytest.mark.parametrize(("mask", "shown"), [(LEFT, 0), (RIGHT, 1)])
def test_a_mask_moves_its_share_of_the_picture_and_nothing_else(painted, mask, shown):
    picture, lines = painted(mask=mask)
    assert moved(picture)[HALVES[shown]].mean() > 0.9
    assert moved(picture)[HALVES[1 - shown]].mean() == 0
    assert any("no mask covers 50%" in line for line in lines)


def test_what_is_kept_is_the_photograph_to_the_code(painted):
    picture, _ = painted(keep=LEFT, feather=6)
    assert moved(picture)[HALVES[0]].mean() == 0
    assert moved(picture)[:, WIDTH // 2 + 8 :].mean() > 0.9


def test_each_style_moves_the_share_of_its_mask(painted):
    """Where a style is another one the picture is, and elsewhere it is nearly the same."""
    one, _ = painted([PAINTING, PAINTING], mask=[LEFT, RIGHT])
    two, _ = painted([PAINTING, STRIPES], mask=[LEFT, RIGHT])
    assert moved(one)[HALVES[0]].mean() > 0.9 and moved(one)[HALVES[1]].mean() > 0.9
    change = np.abs(one - two).mean(axis=2)
    assert change[HALVES[1]].mean() > 5 * change[HALVES[0]].mean() > 0


def test_windows_paint_what_the_whole_does_with_masks_and_what_is_kept(painted):
    options = {"mask": [LEFT, RIGHT], "keep": LEFT[::-1, :] // 2, "color": "content"}
    whole, _ = painted([PAINTING, STRIPES], **options)
    windows, _ = painted([PAINTING, STRIPES], tile=32, **options)
    assert np.abs(whole - windows).max() <= 1


OTHERS = sorted(set(STYLE_STATISTICS) - {"gram", "wasserstein"})
ADDITIVE = [name for name in OTHERS if STATISTICS[name].additive]
ONCE = [name for name in OTHERS if name not in ADDITIVE]


@pytest.mark.parametrize("statistics", [ADDITIVE, ONCE], ids=["additive", "not additive"])
def test_every_statistic_takes_styles_masks_and_a_strength(painted, statistics):
    """By windows too, or it is refused by name."""
    options = {"mask": [LEFT, RIGHT], "style_strength": 0.8}
    whole, _ = painted([PAINTING, STRIPES], style_statistic=",".join(statistics), **options)
    assert all(moved(whole)[half].mean() > 0.9 for half in HALVES)
    if statistics == ADDITIVE:
        options["style_statistic"] = ",".join(statistics)
        windows, _ = painted([PAINTING, STRIPES], tile=32, **options)
        assert np.abs(whole - windows).max() <= 1
        return
    for statistic in statistics:
        with pytest.raises(UserError, match=f"--tile: style/{statistic}/.* does not add up"):
            painted([PAINTING, STRIPES], tile=32, style_statistic=statistic, **options)


def test_a_mask_of_a_style_changes_what_is_taken_of_it(painted):
    half = np.zeros((40, 40), np.uint8)
    half[:20] = 255
    assert np.abs(painted(style_mask=half)[0] - painted()[0]).mean() > 0.1


def test_weights_and_folders(painted, tmp_path):
    both, _ = painted([PAINTING, STRIPES])
    more, _ = painted([PAINTING, (STRIPES, 3)])
    assert np.abs(both - painted()[0]).mean() > 0.1 and np.abs(more - both).mean() > 0.1
    for name, pixels in (("a.png", PAINTING), ("b.png", STRIPES)):
        Image(pixels).save(tmp_path / name)
    np.testing.assert_array_equal(painted(tmp_path)[0], both)


def test_a_strength_of_0_gives_the_photograph_back(engine):
    """By the default optimiser, at two scales."""
    picture = tf_nst.stylize(
        PHOTO, PAINTING, engine=engine, style_strength=0, **OPTIONS | {"steps": 20, "scales": 2}
    )
    assert np.abs(picture.pixels.astype(int) - PHOTO).max() <= 1


def test_the_strength_moves_the_picture_from_the_photograph_to_the_style(painted):
    """The further, the more."""
    strengths = (0.0, 0.3, 0.7, 1.0)
    change = [np.abs(painted(style_strength=it)[0] - PHOTO).mean() for it in strengths]
    assert change[0] < 1 and (np.diff(change) > 0).all()


@pytest.mark.parametrize("color", ["content", "luminance", "histogram"])
def test_a_mode_of_colours_paints_another_picture(painted, color):
    assert np.abs(painted(color=color)[0] - painted()[0]).mean() > 1


def test_light_alone_keeps_a_grey_photograph_grey(engine):
    photo = np.repeat(PHOTO[..., :1], 3, axis=2)
    picture = tf_nst.stylize(photo, PAINTING, engine=engine, color="luminance", **QUICK)
    pixels = picture.pixels.astype(int)
    assert np.ptp(pixels, axis=2).max() <= 1
    assert (np.abs(pixels - photo).max(axis=2) > 0).mean() > 0.5


def test_labels_are_masks_of_their_colours(painted):
    """Of one style: each half of the picture takes from a half of it."""
    content = np.repeat(LEFT[..., None], 3, axis=2)
    style = np.zeros((40, 40, 3), np.uint8)
    style[:20] = 255
    labelled, _ = painted(labels=[content, style])
    other, _ = painted(labels=[content, 255 - style])
    assert moved(labelled).mean() > 0.9 and np.abs(labelled - other).mean() > 0.1


def test_regions_of_the_pictures_own(painted):
    pytest.importorskip("skimage")
    picture, _ = painted(mask="auto:3")
    assert moved(picture).mean() > 0.9 and np.abs(picture - painted()[0]).mean() > 0.1
