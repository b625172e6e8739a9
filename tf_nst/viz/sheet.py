"""A contact sheet: pictures in a grid, each above its caption, drawn by Pillow. No TensorFlow."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from tf_nst.io.images import Image

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

GAP, FONT_SIZE, LINE = 12, 12, 16
# For captions of smaller pictures.
LEAST_WIDTH = 120
PAPER, INK, GREY, ON_GREY = (255, 255, 255), (32, 32, 32), (208, 208, 208), (64, 64, 64)


class SheetCell(NamedTuple):
    """What is shown of one picture.

    Attributes:
      lines: of its caption.
      pixels: [h, w, 3] uint8; None: there is no picture.
      reason: why there is none.
    """

    lines: tuple[str, ...]
    pixels: NDArray[np.uint8] | None = None
    reason: str = ""


class Grid(NamedTuple):
    """Where things lie on a sheet, in pixels.

    Attributes:
      columns, rows: of cells.
      height, width: of the largest picture, wide enough for captions.
      lines: of the longest caption.
    """

    columns: int
    rows: int
    height: int
    width: int
    lines: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the sheet."""
        return GAP + self.rows * self._cell_height, GAP + self.columns * (self.width + GAP)

    @property
    def _cell_height(self) -> int:
        return self.height + self.lines * LINE + GAP

    def corner(self, index: int) -> tuple[int, int]:
        """Left and top of a cell, counted from 0 row by row."""
        row, column = divmod(index, self.columns)
        return GAP + column * (self.width + GAP), GAP + row * self._cell_height


def choose_columns(axes: Sequence[int]) -> int:
    """The columns of a sheet.

    Args:
      axes: how many styles there are and how many values of each option; the last that has several
        lies along the rows, if another one has, else the cells are wrapped into a square.
    """
    several = [count for count in axes if count > 1]
    if len(several) > 1:
        return several[-1]
    return math.ceil(math.sqrt(math.prod(several)))


def plan_grid(count: int, columns: int, size: tuple[int, int], lines: int) -> Grid:
    """The grid of `count` cells of pictures of up to `size` (height, width) pixels."""
    height, width = size
    return Grid(columns, -(-count // columns), height, max(width, LEAST_WIDTH), lines)


def draw_sheet(cells: Sequence[SheetCell], grid: Grid) -> Image:
    """The sheet, of 8 bits."""
    height, width = grid.size
    sheet = Pillow.new("RGB", (width, height), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(FONT_SIZE)
    for index, cell in enumerate(cells):
        left, top = grid.corner(index)
        if cell.pixels is None:
            _draw_reason(draw, font, cell.reason, (left, top), grid)
        else:
            sheet.paste(Pillow.fromarray(cell.pixels), (left, top))
        for number, line in enumerate(cell.lines):
            place = left, top + grid.height + 2 + number * LINE
            draw.text(place, shortened(line, font, grid.width), INK, font)
    return Image(np.asarray(sheet), name="sheet")


def _draw_reason(
    draw: ImageDraw.ImageDraw, font: Font, reason: str, corner: tuple[int, int], grid: Grid
) -> None:
    """A grey picture with as much of the reason as goes into it."""
    left, top = corner
    draw.rectangle((left, top, left + grid.width - 1, top + grid.height - 1), GREY)
    most = max(1, (grid.height - GAP) // LINE)
    lines = wrapped(reason, font, grid.width - GAP)
    if len(lines) > most:
        lines = [*lines[: most - 1], shortened("".join(lines[most - 1 :]), font, grid.width - GAP)]
    for number, line in enumerate(lines):
        draw.text((left + GAP // 2, top + GAP // 2 + number * LINE), line, ON_GREY, font)


def wrapped(text: str, font: Font, width: int) -> list[str]:
    """The text in lines of up to `width` pixels, broken at spaces, and within longer words."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if font.getlength(joined) <= width:
            lines[-1] = joined
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def shortened(text: str, font: Font, width: int) -> str:
    """The text, its middle left out where it is wider than `width` pixels."""
    kept = len(text)
    short = text
    while kept > 1 and font.getlength(short) > width:
        kept -= 1
        short = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
    return short


def flattened(image: Image) -> NDArray[np.uint8]:
    """[H, W, 3] uint8: an image over the colour of the sheet."""
    picture = image.to_pillow().convert("RGBA")
    paper = Pillow.new("RGBA", picture.size, (*PAPER, 255))
    return np.asarray(Pillow.alpha_composite(paper, picture).convert("RGB"))
