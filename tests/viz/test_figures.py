"""Panels and figures: arrays as pictures, and nothing that overlaps or is cut off."""

import numpy as np
import pytest

from tf_nst import viz
from tf_nst.errors import UserError
from tf_nst.model.geometry import Box
from tf_nst.viz import options
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.panels import (
    Panel,
    Row,
    around_grey,
    cut,
    enlarge,
    heat,
    heat_over,
    percent,
    plain,
    signed_heat,
)

LONG = "a caption that is far longer than its picture is wide, so that it takes several lines"


def drawn():
    """A figure of two rows, and its boxes of texts and axes in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    panels = tuple(Panel(np.full((20 + 9 * index, 30, 3), 0.5), LONG) for index in range(4))
    title = "A title that says what is to be seen in this row of pictures, at some length " * 2
    figure = draw_rows(f"What it is all about, {LONG}", [Row(title, panels), Row(title, panels)])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [text.get_window_extent(canvas.get_renderer()) for text in figure.texts]
    return figure, texts, [axes.get_window_extent() for axes in figure.axes]


def test_nothing_is_cut_off_and_nothing_overlaps():
    figure, texts, pictures = drawn()
    boxes = [*texts, *pictures]
    assert len(texts) == 1 + 2 + 8 and len(pictures) == 8
    width, height = figure.get_size_inches() * figure.dpi
    for index, box in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert not [other for other in boxes[index + 1 :] if box.shrunk(0.98, 0.98).overlaps(other)]


def test_a_row_without_panels_is_its_title():
    figure = draw_rows("All", [Row("nothing to see", ())])
    assert [text.get_text() for text in figure.texts] == ["All", "nothing to see"]


def test_colours_run_from_the_least_to_the_largest():
    values = np.array([[0.0, 1.0, 4.0]])
    shown = heat(values).sum(axis=-1)[0]
    assert shown[0] < 0.1 and (np.diff(shown) > 0).all()
    red, white, blue = signed_heat(np.array([[3.0, 0.0, -3.0]]))[0]
    assert red[0] > red[2] and blue[2] > blue[0] and white.min() > 0.9
    for flat in (heat(np.zeros((2, 2))), signed_heat(np.zeros((2, 2)))):
        assert np.isfinite(flat).all() and flat.shape == (2, 2, 3)


def test_a_map_lies_over_its_pixels():
    values = np.zeros((2, 3))
    values[1, 2] = 5.0
    shown = heat_over(np.full((9, 13, 3), 0.5), values, 4)
    assert shown.shape == (9, 13, 3)
    different = (np.abs(shown - shown[0, 0]) > 1e-9).any(axis=-1)
    expected = np.zeros((9, 13), bool)
    expected[4:8, 8:12] = True
    np.testing.assert_array_equal(different, expected)


def test_cuts_are_filled_past_the_borders():
    picture = np.arange(48.0).reshape(4, 4, 3)
    np.testing.assert_array_equal(cut(picture, Box(1, 0, 3, 2), -1), picture[1:3, :2])
    result = cut(picture, Box(-1, -2, 6, 5), -1)
    assert result.shape == (7, 7, 3)
    np.testing.assert_array_equal(result[1:5, 2:6], picture)
    assert (result == -1).sum() == 3 * (49 - 16)
    assert (cut(picture, Box(8, 8, 10, 10), -1) == -1).all()


def test_zero_is_grey_and_the_largest_fills_the_range():
    shown = around_grey(np.array([[[-2.0, 0.0, 1.0]]]))
    np.testing.assert_allclose(shown, [[[0.0, 0.5, 0.75]]])
    assert enlarge(np.ones((2, 3, 3)), 4).shape == (8, 12, 3)


@pytest.mark.parametrize(
    ("number", "said"),
    [(2303.27, "2,300"), (0.0123456, "0.0123"), (12.0, "12"), (0.0, "0"), (1234567, "1.23e+06")],
)
def test_numbers_have_three_digits(number, said):
    assert plain(number) == said


@pytest.mark.parametrize(("share", "said"), [(0.325, "32.5 %"), (2e-14, "10⁻¹⁴ of it"), (0, "0 %")])
def test_shares_are_percents_and_rounding_is_a_power(share, said):
    assert percent(share) == said


def test_without_matplotlib_a_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r'pip install "tf_nst\[viz\]"'):
        options.check_matplotlib()


def test_the_package_has_what_it_says_and_nothing_else():
    assert all(callable(getattr(viz, name)) for name in viz.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'activation'"):
        _ = viz.activation
