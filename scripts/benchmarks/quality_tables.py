"""Tables of measured pictures, in Markdown, and one sheet that shows them all."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tf_nst.io.images import read_image
from tf_nst.io.writing import write_atomically

# Measure -> how it is printed.
COLUMNS = {
    **{"style": ".3f", "conv2_2": ".3f", "conv3_3": ".3f", "conv4_3": ".3f"},
    **{"colour": ".1f", "edges": ".3f", "self-similarity": ".3f", "grain": ".2f"},
    **{"specks": ".1f", "weave": ".2f", "frame colour": ".2f", "frame detail": ".2f"},
    **{"seconds": ".0f", "steps": ".0f"},
}
CELL, GAP, LABEL = 384, 8, 24


def print_results(results):
    """Tables of {pair: {name: {measure: number}}}: of the means over pairs, then of each pair."""
    if len(results) > 1:
        print_table(f"mean of {len(results)} pairs", mean_over_pairs(results))
    for pair, rows in results.items():
        print_table(pair, rows)


def mean_over_pairs(results):
    """{name: {measure: mean}}; a measure that some pair lacks is left out."""
    names = next(iter(results.values()))
    means = {}
    for name in names:
        of_pairs = [rows[name] for rows in results.values()]
        common = [key for key in of_pairs[0] if all(key in each for each in of_pairs)]
        means[name] = {key: float(np.mean([each[key] for each in of_pairs])) for key in common}
    return means


def print_table(title, rows):
    """A row for each name of {name: {measure: number}}; empty where there is no number."""
    print(f"\n| {title} | " + " | ".join(COLUMNS) + " |\n" + "|---" * (1 + len(COLUMNS)) + "|")
    for name, numbers in rows.items():
        cells = [
            format(numbers[key], form) if key in numbers else "" for key, form in COLUMNS.items()
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def draw_sheet(path, rows):
    """Writes a PNG of {pair: {name: path of a picture}}: a row for each pair, labels above."""
    bands = [_band(pair, pictures) for pair, pictures in rows.items()]
    size = max(band.width for band in bands), sum(band.height for band in bands)
    sheet, top = Image.new("RGB", size, "white"), 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    write_atomically(path, lambda file: sheet.save(file, "PNG"))


def _band(pair, pictures):
    """One row of the sheet."""
    small = {name: _small(path) for name, path in pictures.items()}
    height = LABEL + max(image.height for image in small.values()) + GAP
    band = Image.new("RGB", (GAP + len(small) * (CELL + GAP), height), "white")
    font, draw = ImageFont.load_default(14), ImageDraw.Draw(band)
    for column, (name, image) in enumerate(small.items()):
        left = GAP + column * (CELL + GAP)
        draw.text((left, 4), name if column else f"{pair}: {name}", "black", font)
        band.paste(image, (left, LABEL))
    return band


def _small(path):
    """A picture, upright, of at most CELL pixels a side."""
    image = read_image(path, "pictures").to_pillow().convert("RGB")
    image.thumbnail((CELL, CELL), Image.Resampling.BICUBIC)
    return image
