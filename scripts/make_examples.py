"""Paints the two example pictures: a museum court (content) and a water garden (style)."""

from pathlib import Path

import numpy as np
from absl import app, flags
from examples_painter.court_film import make_louvre_court
from examples_painter.water_garden import make_water_garden
from PIL import Image

MAX_BYTES = 400_000
PICTURES = {"louvre_court.jpg": make_louvre_court, "water_garden.jpg": make_water_garden}

FLAGS = flags.FLAGS
flags.DEFINE_string(
    "output",
    str(Path(__file__).resolve().parent.parent / "examples"),
    "Folder for the two JPEG files.",
)
flags.DEFINE_integer("seed", 3, "Seed of everything random; the same seed gives the same bytes.")


def save_jpeg(picture, path):
    """Save `picture` (rows, columns, 3) in 0..1 as the best JPEG below MAX_BYTES."""
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    for quality in range(94, 40, -2):
        image.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size < MAX_BYTES:
            return


def main(_):
    """Render every picture and save it in the output folder."""
    folder = Path(FLAGS.output)
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PICTURES.items():
        save_jpeg(make(FLAGS.seed), folder / name)


if __name__ == "__main__":
    app.run(main)
