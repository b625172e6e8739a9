"""Exports with a strength and with colours answer what the command paints."""

import pytest
from answering import assert_same_picture, counted, painted
from test_served_exports import SHALLOW, served

PHOTO = counted(40, 60)
CONTROLS = [
    {"color": "content", "style_strength": 0.5},
    {"color": "luminance"},
    {"color": "histogram"},
]


@pytest.mark.parametrize("controls", CONTROLS)
def test_colours_and_strength_are_the_command_s(tmp_path, painting, controls):
    options = SHALLOW | {"optimizer": "adam", "size": 60, "steps": 3, **controls}
    answer = served(tmp_path, painting, options, PHOTO)
    expected, _ = painted(PHOTO, painting, **options)
    assert_same_picture(answer["image_bytes"][0], expected)
