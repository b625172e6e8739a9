"""Builds docs/statistics.jpg, the example pair painted by each statistic of the style: run before a
commit that changes one. Pictures in out/statistics are not painted again: python
scripts/make_statistics.py."""

import os
from pathlib import Path

from benchmarks.painted import Pair, Setting, check_folder, paint
from PIL import Image, ImageDraw, ImageFont

from tf_nst.config import STYLE_STATISTICS
from tf_nst.io.images import read_image
from tf_nst.io.writing import write_atomically

ROOT = Path(__file__).resolve().parents[1]
PAIR = Pair("examples/louvre_court.jpg", "examples/water_garden.jpg")
FOLDER, FIGURE = Path("out/statistics"), Path("docs/statistics.jpg")
# Pixels of a picture's long side, of a label and between pictures; pictures in a row.
SIZE, LABEL, GAP, COLUMNS = 256, 20, 6, 4
# Of the statistics that leave something out, what is compared besides.
COMPANIONS = {
    "covariance": "covariance,mean",
    "chained": "chained,gram@conv1_1",
    "nearest": "nearest,mean_std",
}


def settings() -> list[Setting]:
    """The default and each statistic, named after what is compared."""
    compared = {name: COMPANIONS.get(name, name) for name in STYLE_STATISTICS}
    flags = {name: (f"--style_statistic={value}",) for name, value in compared.items()}
    return [Setting("default", ()), *(Setting(*item) for item in flags.items())]


def draw(cells: dict[str, str]) -> Image.Image:
    """Pictures {label: path} in rows of COLUMNS, each below its label."""
    pictures = {label: _small(path) for label, path in cells.items()}
    height = LABEL + max(picture.height for picture in pictures.values())
    rows = -(-len(pictures) // COLUMNS)
    size = GAP + COLUMNS * (SIZE + GAP), GAP + rows * (height + GAP)
    sheet = Image.new("RGB", size, "white")
    font, pen = ImageFont.load_default(13), ImageDraw.Draw(sheet)
    for index, (label, picture) in enumerate(pictures.items()):
        row, column = divmod(index, COLUMNS)
        left, top = GAP + column * (SIZE + GAP), GAP + row * (height + GAP)
        pen.text((left, top), label, "black", font)
        sheet.paste(picture, (left, top + LABEL))
    return sheet


def _small(path: str) -> Image.Image:
    picture = read_image(path, "pictures").to_pillow().convert("RGB")
    picture.thumbnail((SIZE, SIZE), Image.Resampling.BICUBIC)
    return picture


def main() -> None:
    """Paints what is not there and writes the figure."""
    cells = {"photograph": PAIR.content, "painting": PAIR.style}
    for setting in settings():
        check_folder(FOLDER, setting, [PAIR], SIZE)
        cells[COMPANIONS.get(setting.name, setting.name)] = paint(FOLDER, setting, PAIR, SIZE)
    write_atomically(FIGURE, lambda file: draw(cells).save(file, "JPEG", quality=88))


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
