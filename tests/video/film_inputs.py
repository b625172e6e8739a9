"""Films as files, and the flags of a tiny one."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from moving import STYLE, TINY, pan
from PIL import Image as Pillow

from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.writing import ClipWriter

FLAGS = [
    *(f"--{name}={text}" for name, text in (TINY | {"size": 32, "steps": 3}).items()),
    "--frame_steps=2",
]


def write_film(path: Path, frames: list[np.ndarray]) -> Path:
    """A film, or a folder, of ten frames a second."""
    height, width = frames[0].shape[:2]
    rate = Fraction(10)
    info = ClipInfo(width, height, len(frames), len(frames) / rate, rate, 1 / rate)
    with ClipWriter(path, info) as writer:
        for index, pixels in enumerate(frames):
            writer.write(Frame(index, index / rate, pixels))
    return path


def write_inputs(folder: Path, count: int = 5) -> Path:
    """FOLDER/clip, a folder of frames, and FOLDER/style.png."""
    write_film(folder / "clip", pan(count, 24, 32))
    Pillow.fromarray(STYLE).save(folder / "style.png")
    return folder


def pictures(folder: Path) -> list[np.ndarray]:
    """The frames in a folder that a film was written to."""
    return [np.asarray(Pillow.open(path)) for path in sorted(folder.glob("*.png"))]
