"""A contact sheet: where its pictures lie, what stands in the place of one, and its page."""

import html
import re
from pathlib import Path

import numpy as np
import pytest
from browser import look_at
from PIL import ImageFont

from tf_nst.io.images import Image
from tf_nst.io.manifest import PAGE_MARK
from tf_nst.viz.sheet import (
    GREY,
    LEAST_WIDTH,
    SheetCell,
    choose_columns,
    draw_sheet,
    flattened,
    plan_grid,
    shortened,
    wrapped,
)
from tf_nst.viz.sheet_page import render_sheet

RED = np.full([90, 130, 3], (200, 10, 20), np.uint8)
HOSTILE = '<b>&"quoted"</b>$title.jpg'


@pytest.mark.parametrize(
    ("axes", "columns"),
    [((1,), 1), ((5,), 3), ((9,), 3), ((1, 6), 3), ((4, 3), 3), ((1, 2, 5), 5), ((2, 1), 2)],
)
def test_columns_are_the_last_option_or_a_square(axes, columns):
    assert choose_columns(axes) == columns


def test_cells_lie_row_by_row():
    grid = plan_grid(5, 2, (90, 130), 2)
    assert (grid.rows, grid.size) == (3, (12 + 3 * (90 + 32 + 12), 12 + 2 * 142))
    assert [grid.corner(index) for index in (0, 1, 2)] == [(12, 12), (154, 12), (12, 146)]
    assert plan_grid(1, 1, (20, 20), 1).width == LEAST_WIDTH


def test_a_sheet_shows_pictures_and_grey_where_there_is_none():
    cells = [SheetCell(("1  a",), RED), SheetCell(("2  b",), reason="is damaged " * 40)]
    grid = plan_grid(2, 2, (90, 130), 1)
    pixels = draw_sheet(cells, grid).pixels
    assert pixels.shape == (*grid.size, 3)
    np.testing.assert_array_equal(pixels[12:102, 12:142], RED)
    assert tuple(pixels[13, 155]) == GREY and tuple(pixels[101, 283]) == GREY
    assert (pixels[:12] == 255).all() and (pixels[12:102, 154:284] < 100).any()
    assert (pixels[102:122, 12:142] < 100).any(), "a caption"
    assert (pixels[102:122, 150:] < 100).any(), "a caption"


def test_lines_are_as_wide_as_there_is_room():
    font = ImageFont.load_default(12)
    name = "a_very_long_name_of_a_painting_by_nobody.jpg"
    short = shortened(name, font, 100)
    assert font.getlength(short) <= 100 and short.startswith("a_very") and short.endswith("jpg")
    assert shortened("a.jpg", font, 100) == "a.jpg"
    lines = wrapped(f"{name} is damaged", font, 100)
    assert max(map(font.getlength, lines)) <= 100
    assert "".join(lines).replace(" ", "") == f"{name}isdamaged"


def test_what_is_hidden_is_paper():
    alpha = np.zeros([90, 130], np.uint8)
    alpha[:, 65:] = 255
    pixels = flattened(Image(RED, alpha))
    assert (pixels[:, :65] == 255).all() and (pixels[:, 65:] == RED[:, 65:]).all()


@pytest.fixture
def page(tmp_path) -> Path:
    cells = [
        SheetCell(("1  a.jpg", "style_weight=3"), RED),
        SheetCell((f"2  {HOSTILE}",), RED),
        SheetCell(("3  c.jpg",), reason=HOSTILE),
    ]
    path = tmp_path / "sheet.html"
    commands = ["tf-nst --style=a.jpg", f"tf-nst --style='{HOSTILE}'", "tf-nst"]
    path.write_text(render_sheet(f"{HOSTILE}: 3 pictures", 3, cells, commands), encoding="utf-8")
    return path


def test_a_page_has_every_picture_and_its_command_and_escapes_names(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith(PAGE_MARK)
    assert "<b>" not in text and text.count(html.escape(HOSTILE)) == 5
    commands = re.findall(r'data-command="([^"]*)"', text)
    assert [html.unescape(it) for it in commands] == [
        "tf-nst --style=a.jpg",
        f"tf-nst --style='{HOSTILE}'",
    ]
    assert text.count('src="data:image/jpeg;base64,') == 2
    assert not re.findall(r"(?:https?:)?//\w", re.sub(r"base64,[^\"]*", "", text))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_the_window_and_complains_of_nothing(page, width, tmp_path):
    state = look_at(page, width, tmp_path / "profile")
    assert (state.images, state.missing, state.width) == (2, 0, width)
    assert not state.outside and not state.console
