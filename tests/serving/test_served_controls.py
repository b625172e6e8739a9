"""Exports with a strength and with colours answer what the command paints."""

import numpy as np
import pytest
from answering import assert_same_picture, counted, decoded, painted
from test_served_exports import SHALLOW, served

PHOTO = counted(40, 60)


def both(folder, painting, **controls):
    """What an export answers, as bytes, and what the command paints."""
    options = SHALLOW | {"optimizer": "adam", "size": 60, "steps": 3, **controls}
    answer = served(folder, painting, options, PHOTO)
    return answer["image_bytes"][0], painted(PHOTO, painting, **options)[0]


@pytest.mark.parametrize("color", ["content", "luminance"])
def test_colours_and_strength_are_the_command_s(tmp_path, painting, color):
    assert_same_picture(*both(tmp_path, painting, color=color, style_strength=0.5))


def test_values_that_are_nearly_equal_may_change_places(tmp_path, painting):
    """In a histogram rounding decides which of two comes first: one pixel in a thousand is off."""
    answer, expected = both(tmp_path, painting, color="histogram")
    assert np.abs(decoded(answer).astype(int) - expected).mean() < 0.05
