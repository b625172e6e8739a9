"""The sizes at which a picture is painted, and the steps of each."""

import itertools
import math

import pytest

from tf_nst.errors import UserError
from tf_nst.planning.schedule import COARSEST, LEAST_SIDE, Scale, plan_scales


def sizes(scales) -> list[tuple[int, int]]:
    return [(scale.height, scale.width) for scale in scales]


def steps(scales) -> list[int]:
    return [scale.steps for scale in scales]


def test_a_scale_is_height_width_and_steps():
    (scale,) = plan_scales(30, 40, (300,))
    assert (scale.height, scale.width, scale.steps) == (30, 40, 300)


# --- sizes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (96, 128, [(96, 128)]),
        (128, 96, [(128, 96)]),
        (127, 170, [(127, 170)]),
        (136, 181, [(96, 128), (136, 181)]),
        (512, 384, [(128, 96), (181, 136), (256, 192), (362, 272), (512, 384)]),
    ],
)
def test_by_itself_a_picture_has_scales_from_128_pixels_on_each_sqrt_2_larger(
    height, width, expected
):
    assert sizes(plan_scales(height, width, (300,))) == expected


def test_nearly_once_more_counts_as_once_more():
    """The coarsest may be a little smaller than 128 pixels: 2^-0.05 of them."""
    assert sizes(plan_scales(250, 250, (300,))) == [(125, 125), (177, 177), (250, 250)]
    assert len(plan_scales(240, 240, (300,))) == 2


@pytest.mark.parametrize("side", [*range(16, 400, 7), 512, 1000, 4000])
@pytest.mark.parametrize("aspect", [1.0, 0.75, 0.25, 0.1])
def test_no_scale_is_smaller_than_the_layers_see_and_the_last_is_the_pictures(side, aspect):
    height = max(16, round(aspect * side))
    for scales in (
        plan_scales(height, side, (1000,)),
        plan_scales(height, side, (1000,), count=most(height, side)),
    ):
        assert sizes(scales)[-1] == (height, side)
        assert min(sizes(scales)[0]) >= min(LEAST_SIDE, height)
        assert max(sizes(scales)[0]) >= min(side, 0.96 * COARSEST) or len(scales) == most(
            height, side
        )
        for small, large in itertools.pairwise(scales):
            assert abs(large.height - math.sqrt(2) * small.height) <= 0.5 * (1 + math.sqrt(2))
            assert abs(large.width - math.sqrt(2) * small.width) <= 0.5 * (1 + math.sqrt(2))


def most(height: int, width: int) -> int:
    """How many scales have sides of LEAST_SIDE and more, by trying."""
    count = 1
    while min(height, width) ** 2 >= 2**count * LEAST_SIDE**2:
        count += 1
    return count


# --- steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize("total", [50, 51, 100, 300, 999])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_three_quarters_of_the_steps_are_the_last_scales_the_others_share_the_rest(total, count):
    scales = plan_scales(512, 512, (total,), count)
    assert len(scales) == (count or 5)
    *coarse, last = steps(scales)
    assert sum(coarse) + last == total
    if coarse:
        assert last == total - total // 4
        assert max(coarse) - min(coarse) <= 1 and coarse == sorted(coarse)


def test_the_steps_of_known_cases():
    assert steps(plan_scales(512, 512, (250,))) == [15, 15, 16, 16, 188]
    assert steps(plan_scales(256, 256, (300,))) == [37, 38, 225]


def test_few_steps_make_few_scales():
    """Ten for each scale on average, unless asked for more."""
    assert [len(plan_scales(512, 512, (total,))) for total in (1, 9, 19, 20, 49, 50)] == [
        *(1, 1, 1, 2, 4, 5)
    ]
    assert steps(plan_scales(512, 512, (3,), 3)) == [1, 1, 1]
    assert min(steps(plan_scales(512, 512, (7,), 5))) >= 1


def test_steps_of_each_scale_are_taken_as_they_are():
    scales = plan_scales(512, 384, (35, 4, 0))
    assert scales == (Scale(256, 192, 35), Scale(362, 272, 4), Scale(512, 384, 0))
    assert plan_scales(512, 384, (35, 4, 0), 3) == scales


# --- refusals --------------------------------------------------------------------------------

LISTED = (
    "--steps: expected one number, or those of at most 1 scales, for 48×36 pixels, received 1,0"
)


@pytest.mark.parametrize(
    ("given", "count", "message"),
    [
        ((300,), 2, "--scales: expected at most 1 for 48×36 pixels and 300 steps, received 2"),
        ((1, 0), 0, LISTED),
        ((1, 0), 2, LISTED),
    ],
)
def test_more_scales_than_the_size_allows_are_refused(given, count, message):
    with pytest.raises(UserError) as error:
        plan_scales(36, 48, given, count)
    assert str(error.value) == message


def test_more_scales_than_steps_are_refused():
    with pytest.raises(UserError) as error:
        plan_scales(512, 512, (2,), 3)
    assert str(error.value) == (
        "--scales: expected at most 2 for 512×512 pixels and 2 steps, received 3"
    )


def test_as_many_as_the_size_allows_are_taken():
    assert len(plan_scales(64, 64, (9,), 3)) == len(plan_scales(64, 64, (1, 1, 1))) == 3
    for given, count in (((9,), 4), ((1, 1, 1, 1), 0)):
        with pytest.raises(UserError):
            plan_scales(64, 64, given, count)
