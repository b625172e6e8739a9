"""Sizes of styles: one, several, and shares."""

import pytest

from tf_nst.config import StylizeConfig, config_from_options, options_from_config
from tf_nst.config.sizes import long_side, size_for_each
from tf_nst.config.value_types import whole_or_text
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (512, 512),
        ("512", 512),
        ("512,1024", (512, 1024)),
        ("0.5x", ("0.5x",)),
        ([512, "0.5x"], (512, "0.5x")),
        (" 0 , 2x", (0, "2x")),
    ],
)
def test_sizes_are_kept_and_come_back(given, kept):
    config = StylizeConfig(style_size=given)
    assert config.style_size == kept
    assert config_from_options(options_from_config(config)).style_size == kept


@pytest.mark.parametrize("given", ["", "a", "-1", "0x", "nanx", "infx", "512,", 1.5, True, []])
def test_what_is_no_size_is_refused(given):
    with pytest.raises(UserError, match=r"^--style_size: expected a whole number from 0 to"):
        StylizeConfig(style_size=given)


@pytest.mark.parametrize(
    ("size", "pixels"), [(0, 300), (700, 700), ("0.5x", 150), ("2x", 600), ("0.001x", 1)]
)
def test_a_share_is_of_what_0_stands_for(size, pixels):
    assert long_side(size, 400, 300) == pixels


def test_a_share_of_more_than_the_most_pixels_is_refused():
    assert long_side("8x", 4096, 5000) == 32768
    with pytest.raises(UserError) as error:
        long_side("8.1x", 4096, 5000)
    assert str(error.value) == (
        "--style_size: expected a share that comes to 32768 pixels at most, received 8.1x of 4096 "
        "pixels"
    )


def test_one_size_is_that_of_all():
    assert size_for_each(5, 2) == (5, 5)
    assert size_for_each((5, "2x"), 2) == (5, "2x")
    with pytest.raises(UserError, match=r"^--style_size: .*each of 3 styles, received 5,2x"):
        size_for_each((5, "2x"), 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("--3", "--3"), ("3-", "3-"), ("", ""), ("9" * 5000, "9" * 5000)],
)
def test_a_text_of_digits_is_a_number_and_any_other_stays_text(text, value):
    assert whole_or_text(text) == value
