"""As many steps as seconds allow, shared among scales: a step's price is its pixels."""

import pytest

from tf_nst.config.lengths import MAX_STEPS
from tf_nst.errors import UserError
from tf_nst.planning.schedule import STEPS_PER_SCALE, Scale, fit_scales, plan_scales

# A tenth of a second for each step of 100 pixels.
PER_PIXEL = 1e-3


def price(scales: tuple[Scale, ...]) -> float:
    """Seconds of steps whose price is their pixels."""
    return sum(scale.steps * scale.height * scale.width for scale in scales) * PER_PIXEL


def total(scales: tuple[Scale, ...]) -> int:
    return sum(scale.steps for scale in scales)


def test_one_scale_takes_as_many_steps_as_fit():
    assert fit_scales(10, 10, 1, 0.75, price) == (Scale(10, 10, 7),)


def test_a_step_that_just_fits_is_made():
    assert fit_scales(10, 10, 0, 0.1, price) == (Scale(10, 10, 1),)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("seconds", [0.9, 5.0, 30.0, 31.0, 1e3])
def test_the_scales_are_those_of_a_number_of_steps_and_one_more_is_too_many(count, seconds):
    scales = fit_scales(64, 64, count, seconds * 10, price)
    assert scales == plan_scales(64, 64, (total(scales),), len(scales))
    assert price(scales) <= seconds * 10
    assert price(plan_scales(64, 64, (total(scales) + 1,), len(scales))) > seconds * 10


def test_many_seconds_take_all_scales_and_few_of_them_fewer():
    """At 512 pixels there are five scales, each with ten steps on average or none at all."""
    seconds = (1e3, 1e4, 2e4, 1e5)
    counts = [fit_scales(512, 512, 0, it, price) for it in seconds]
    assert [len(scales) for scales in counts] == sorted(len(scales) for scales in counts)
    assert (len(counts[0]), len(counts[-1])) == (1, 5)
    assert all(total(it) >= len(it) * STEPS_PER_SCALE for it in counts if len(it) > 1)


def test_all_scales_that_are_asked_for_get_a_step():
    scales = fit_scales(64, 64, 3, price((Scale(64, 64, 2),)), price)
    assert [scale.steps for scale in scales] == [1, 1, 1]


def test_steps_end_where_the_flag_does():
    assert total(fit_scales(4, 4, 1, 1e30, price)) == MAX_STEPS


@pytest.mark.parametrize(
    ("count", "seconds", "line"),
    [
        (0, 0.05, "--seconds: expected about 1 or more for a step at 10×10, received 0.05"),
        (1, 0.05, "--seconds: expected about 1 or more for a step at 10×10, received 0.05"),
    ],
)
def test_less_than_a_step_is_refused(count, seconds, line):
    with pytest.raises(UserError) as caught:
        fit_scales(10, 10, count, seconds, price)
    assert str(caught.value) == line


def test_less_than_a_step_for_each_scale_is_refused_with_what_they_need():
    """1024 + 2025 + 4096 pixels."""
    with pytest.raises(UserError, match="about 8 or more for a step at 3 sizes up to 64×64 pixels"):
        fit_scales(64, 64, 3, 7.0, price)


def test_more_scales_than_the_size_allows_are_refused():
    with pytest.raises(UserError, match=r"^--scales: expected at most 3 for 64×64 pixels"):
        fit_scales(64, 64, 4, 1e6, price)
