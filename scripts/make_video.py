"""Builds docs/video/, a painted film that loops, and a strip of its frames below the film's own.

python scripts/make_video.py
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from absl import app, flags
from benchmarks.clips import PERIOD
from benchmarks.scenes import CLIPS
from PIL import Image

from tf_nst.errors import RunError
from tf_nst.io.writing import write_atomically

FOLDER = flags.DEFINE_string("folder", "docs/video", "where both are written to")
CLIP = flags.DEFINE_enum("clip", "pan", list(CLIPS), "which clip of scripts/benchmarks/scenes.py")
STYLE = flags.DEFINE_string("style", "examples/water_garden.jpg", "painting")
SIZE = flags.DEFINE_integer("size", 256, "long side in pixels")
SKIP = flags.DEFINE_integer("skip", 4, "every which frame of the clip is painted")
MILLISECONDS = flags.DEFINE_integer("milliseconds", 100, "for which a frame is shown")
STEPS = flags.DEFINE_integer("steps", 0, "steps of the first frame; 0: those of the command")

MOST_BYTES = 1_500_000
QUALITIES = range(85, 25, -10)
# Frames of the strip, and pixels between them.
COLUMNS, GAP = 6, 4


def looping_webp(frames: Sequence[np.ndarray], milliseconds: int) -> bytes:
    """An animation of [H,W,3] uint8, at the best of QUALITIES at which it is small enough.

    Raises:
      RunError: it is too large at all of them.
    """
    first, *rest = (Image.fromarray(frame) for frame in frames)
    for quality in QUALITIES:
        file = io.BytesIO()
        options = {"duration": milliseconds, "loop": 0, "quality": quality, "method": 6}
        first.save(file, "WEBP", save_all=True, append_images=rest, **options)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    raise RunError(f"expected an animation of {MOST_BYTES} bytes, received {file.tell()}")


def strip(film: Sequence[np.ndarray], painted: Sequence[np.ndarray]) -> Image.Image:
    """COLUMNS frames of a film, evenly spaced, above the same ones as they are painted."""
    chosen = [round(place) for place in np.linspace(0, len(film) - 1, COLUMNS)]
    height, width = painted[0].shape[:2]
    sheet = Image.new("RGB", (COLUMNS * (width + GAP) - GAP, 2 * height + GAP), "white")
    for column, index in enumerate(chosen):
        left = column * (width + GAP)
        sheet.paste(Image.fromarray(film[index]).resize((width, height)), (left, 0))
        sheet.paste(Image.fromarray(painted[index]), (left, height + GAP))
    return sheet


def main(argv: Sequence[str]) -> None:
    """Paints the clip and writes both files."""
    from tf_nst.video.painter import paint_clip
    from tf_nst.video.settings import FilmConfig

    frames = list(CLIPS[CLIP.value](PERIOD, SIZE.value))
    film = [frame.pixels for frame in frames[:: SKIP.value]]
    options = {"size": SIZE.value} | ({"steps": STEPS.value} if STEPS.value else {})
    painted = list(paint_clip(film, STYLE.value, film=FilmConfig(loop=True), **options))
    folder = Path(FOLDER.value)
    folder.mkdir(parents=True, exist_ok=True)
    animation = looping_webp(painted, MILLISECONDS.value)
    write_atomically(folder / f"{CLIP.value}.webp", animation)
    strip(film, painted).save(folder / "strip.jpg", quality=92)


if __name__ == "__main__":
    app.run(main)
