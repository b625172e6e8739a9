"""Rows of panels as a matplotlib figure, laid out in inches, so that nothing overlaps."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.viz.panels import Panel, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN, GAP, LINE = 0.25, 0.12, 0.165
CELL = 1.7
CAPTION_SIZE, TITLE_SIZE, HEADING_SIZE = 8, 9.5, 13
# Mean width of DejaVu Sans' letters in units of the font's size, rounded up.
LETTER = {"normal": 0.57, "bold": 0.65}
DPI = 150


class _Text(NamedTuple):
    lines: str
    size: float
    weight: str
    height: float


def draw_rows(heading: str, rows: Sequence[Row], cell: float = CELL) -> "Figure":
    """A matplotlib Figure of the rows, one below the other.

    Args:
      heading: above all.
      rows: of panels, each of any shape.
      cell: width of a panel in inches.
    """
    figure = new_figure(_width(rows, cell), 1.0)
    width = figure.get_figwidth() - 2 * MARGIN
    head = _text(heading, width, HEADING_SIZE, "bold")
    titles = [_text(row.title, width, TITLE_SIZE, "bold") for row in rows]
    heights = [
        title.height + _row_height(row, cell) for title, row in zip(titles, rows, strict=True)
    ]
    figure.set_figheight(2 * MARGIN + head.height + GAP + sum(heights) + GAP * len(rows))
    top = figure.get_figheight() - MARGIN
    _write(figure, head, MARGIN, top)
    top -= head.height + GAP
    for title, row, height in zip(titles, rows, heights, strict=True):
        _write(figure, title, MARGIN, top)
        _draw_row(figure, row, cell, top - title.height)
        top -= height + GAP
    return figure


def new_figure(width: float, height: float) -> "Figure":
    """An empty Figure of so many inches, drawn without a screen."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DPI, facecolor="white")


def rendered(figure: "Figure") -> NDArray[np.uint8]:
    """A figure's pixels [H, W, 3] uint8."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _width(rows: Sequence[Row], cell: float) -> float:
    most = max([len(row.panels) for row in rows] + [3])
    return 2 * MARGIN + most * cell + (most - 1) * GAP


def _text(text: str, width: float, size: float, weight: str) -> _Text:
    """Text broken to a width in inches; a point is 1/72 of one."""
    letters = int(width * 72 / (size * LETTER[weight]))
    lines = textwrap.wrap(text, max(8, letters))
    return _Text("\n".join(lines), size, weight, len(lines) * LINE * size / CAPTION_SIZE)


def _caption(panel: Panel, cell: float) -> _Text:
    return _text(panel.caption, cell, CAPTION_SIZE, "normal")


def _picture_height(panel: Panel, cell: float) -> float:
    height, width = panel.picture.shape[:2]
    return cell * float(height) / float(width)


def _row_height(row: Row, cell: float) -> float:
    heights = [_picture_height(panel, cell) + _caption(panel, cell).height for panel in row.panels]
    return max(heights, default=0.0) + GAP / 2


def _draw_row(figure: "Figure", row: Row, cell: float, top: float) -> None:
    for index, panel in enumerate(row.panels):
        left = MARGIN + index * (cell + GAP)
        height = _picture_height(panel, cell)
        width_in, height_in = figure.get_figwidth(), figure.get_figheight()
        place = (left / width_in, (top - height) / height_in, cell / width_in, height / height_in)
        axes = figure.add_axes(place)
        axes.imshow(np.clip(panel.picture, 0.0, 1.0), aspect="auto")
        axes.set_axis_off()
        _write(figure, _caption(panel, cell), left, top - height - GAP / 3)


def _write(figure: "Figure", text: _Text, left: float, top: float) -> None:
    figure.text(
        left / figure.get_figwidth(),
        top / figure.get_figheight(),
        text.lines,
        fontsize=text.size,
        fontweight=text.weight,
        va="top",
        linespacing=1.25,
    )
