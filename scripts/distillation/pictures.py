"""Training pictures: read once, cropped at random places, sizes and flips."""

from pathlib import Path

import numpy as np
from PIL import Image

# The pictures that judge a student; learning from them would make the judgement worthless.
JUDGED = (
    "content_tubingen",
    "content_golden_gate",
    "style_great_wave",
    "style_starry_night",
    "louvre_court",
    "water_garden",
)
SUFFIXES = (".jpg", ".jpeg", ".png")


class JudgedPictureError(ValueError):
    """A folder of training pictures holds one that the student will be judged by."""


def picture_paths(folder: str) -> list[Path]:
    """The pictures below `folder`, in the order of their names.

    Raises:
      JudgedPictureError: one of them is among JUDGED, by its name.
    """
    paths = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES)
    for path in paths:
        if path.stem.lower() in JUDGED:
            raise JudgedPictureError(f"{path}: expected training pictures, received a judged one")
    return paths


def read_pictures(folder: str, least: int) -> list[Image.Image]:
    """The pictures below `folder` whose sides are `least` pixels or more. Raises as above."""
    pictures = []
    for path in picture_paths(folder):
        try:
            with Image.open(path) as file:
                picture = file.convert("RGB")
        except OSError:  # being written by another process
            continue
        if min(picture.size) >= least:
            pictures.append(picture)
    return pictures


def random_crop(
    picture: Image.Image, side: int, rng: np.random.Generator, largest: float = 6.0
) -> np.ndarray:
    """[side, side, 3] float32 in 0..255: a square of 0.8 to `largest` times `side`, resized."""
    most = min(min(picture.size), largest * side)
    length = float(np.exp(rng.uniform(np.log(min(0.8 * side, most)), np.log(most))))
    left, top = (rng.uniform(0, extent - length) for extent in picture.size)
    box = (left, top, left + length, top + length)
    filter_ = Image.Resampling.BICUBIC if rng.random() < 0.7 else Image.Resampling.BILINEAR
    crop = np.asarray(picture.resize((side, side), filter_, box), np.float32)
    return crop[:, ::-1] if rng.random() < 0.5 else crop
