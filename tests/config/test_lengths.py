"""The config's steps: how they are given, their range, and the scales that they are for."""

import math

import numpy as np
import pytest

from tf_nst.config import config_from_options
from tf_nst.config.lengths import MAX_SCALES, MAX_STEPS, Steps
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        (7, (7,)),
        (np.int64(7), (7,)),
        ("7", (7,)),
        ("35,30,25", (35, 30, 25)),
        (" 35 , 0 ", (35, 0)),
        ([35, 0], (35, 0)),
        ((35, 30), (35, 30)),
        (["35", 30], (35, 30)),
        ((MAX_STEPS,) * MAX_SCALES, (MAX_STEPS,) * MAX_SCALES),
    ],
)
def test_steps_are_a_number_or_one_for_each_scale(value, steps):
    assert Steps().convert(value, "--steps") == steps
    assert config_from_options({"steps": value}).steps == steps
    assert all(type(count) is int for count in config_from_options({"steps": value}).steps)


@pytest.mark.parametrize(
    "value",
    ["", ",", "5,", "a", "1.5", "1e3", 1.5, 5.0, True, None, [], [[5]], [1.0], [True], math.nan],
)
def test_steps_that_are_no_whole_numbers_are_refused(value):
    with pytest.raises(UserError) as error:
        config_from_options({"steps": value})
    assert str(error.value) == (
        "--steps: expected a whole number, or one for each scale separated by commas, "
        f"received {value!r}"
    )


@pytest.mark.parametrize(
    ("value", "least", "received"),
    [
        (0, 1, "0"),
        (-3, 1, "-3"),
        (MAX_STEPS + 1, 1, str(MAX_STEPS + 1)),
        ("5,-1", 0, "-1"),
        (f"0,{MAX_STEPS + 1}", 0, str(MAX_STEPS + 1)),
    ],
)
def test_steps_have_a_least_and_a_most(value, least, received):
    """0 leaves a scale out, and so makes sense where there are several."""
    with pytest.raises(UserError) as error:
        config_from_options({"steps": value})
    assert str(error.value) == (
        f"--steps: expected a whole number from {least} to {MAX_STEPS}, received {received}"
    )


@pytest.mark.parametrize("value", ["0,0", ",".join(["1"] * (MAX_SCALES + 1))])
def test_something_must_be_painted_and_not_at_more_scales_than_there_can_be(value):
    with pytest.raises(UserError) as error:
        config_from_options({"steps": value})
    assert str(error.value) == (
        f"--steps: expected 1 to {MAX_SCALES} numbers, one of them above 0, received {value}"
    )


@pytest.mark.parametrize("scales", [1, 2, 4])
def test_as_many_steps_as_scales_if_both_are_given(scales):
    with pytest.raises(UserError) as error:
        config_from_options({"steps": "3,2,1", "scales": scales})
    assert str(error.value) == (
        f"--steps and --scales: expected as many steps as scales, received 3 and {scales}"
    )
    assert config_from_options({"steps": "3,2,1", "scales": 3}).scales == 3
    assert config_from_options({"steps": "6", "scales": scales}).scales == scales
