"""Films as files, and the flags of a tiny one."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from moving import STYLE, TINY, pan
from PIL import Image as Pillow

from tf_nst.cli.parsing import parse_flags
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.film_painter import FilmPainter
from tf_nst.video.flags import VIDEO_FLAGS, film_config
from tf_nst.video.ingest import ingest
from tf_nst.video.reading import open_clip
from tf_nst.video.tasks import Shot, preview_tasks, tasks_of
from tf_nst.video.work_folder import WorkFolder
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


def painted(inputs: Path, name: str, *flags: str, style: bool = True):
    """The results of all tasks of INPUTS/clip, of three frames, painted in this process; the work
    folder, and what it holds."""
    given = [f"--content={inputs / 'clip'}", f"--output={inputs / name}", *FLAGS, *flags]
    given += [f"--style={inputs / 'style.png'}"] if style else []
    values = parse_flags(["tf-nst", *given], VIDEO_FLAGS)
    folder = WorkFolder(inputs / f"{name}.frames")
    folder.make()
    folder.make_parts()
    with open_clip(values.content) as clip:
        film = ingest(values, clip, folder, bool)
    painter, tasks = FilmPainter(folder), tasks_of(Shot(0, 3), 0, film_config(values))
    results = [painter.paint(task) for task in (*preview_tasks(3), *tasks)]
    return results, folder, film


def write_masks(folder: Path, *columns: int) -> Path:
    """FOLDER, with a mask for each frame that is white in so many columns from the left."""
    folder.mkdir()
    for index, white in enumerate(columns):
        mask = np.zeros((24, 32), np.uint8)
        mask[:, :white] = 255
        Pillow.fromarray(mask).save(folder / f"{index}.png")
    return folder
