"""Bands of rows: they cover all rows, once, each of about as many pixels as it is told."""

import pytest

from tf_nst.ops import bands


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(5, 4, [(0, 2), (2, 4), (4, 5)]), (4, 8, [(0, 1), (1, 2), (2, 3), (3, 4)]), (2, 1, [(0, 2)])],
)
def test_bands_have_the_pixels_they_are_told_but_no_less_than_a_row(
    monkeypatch, height, width, expected
):
    monkeypatch.setattr(bands, "BAND_PIXELS", 8)
    parts = bands.bands(height, width)
    assert [(rows.start, rows.stop) for rows in parts] == expected
