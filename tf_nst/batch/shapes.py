"""The shape in which a photograph is painted, from the first bytes of its file."""

import math
from collections.abc import Sequence
from typing import BinaryIO

from PIL import Image as Pillow

from tf_nst.batch.plan import Job, Shape
from tf_nst.config import all_options
from tf_nst.io.decoding import pillow_settings
from tf_nst.io.resizing import fit_size

# EXIF's tag, and the orientations that swap rows and columns.
_ORIENTATION, _SWAPPED = 0x0112, (5, 6, 7, 8)


def shapes_of(jobs: Sequence[Job]) -> dict[str, Shape | None]:
    """{output: shape} of jobs."""
    known, shapes = {}, {}
    for job in jobs:
        key = job.content, job.flags.get("size")
        if key not in known:
            known[key] = shape_of(job, job.content)
        shapes[job.output] = known[key]
    return shapes


def largest_of(jobs: Sequence[Job], shapes: dict[str, Shape | None]) -> dict:
    """Flags and shape of the largest picture, as a process is asked for its needs."""
    job = max(jobs, key=lambda job: math.prod(shapes[job.output] or (0, 0)))
    return {"flags": job.flags, "shape": shapes[job.output] or (_size(job), _size(job))}


def shape_of(job: Job, file: str | BinaryIO) -> Shape | None:
    """Height and width in pixels at the job's --size; None where the file does not say.

    Args:
      file: the job's content: its path, or the open file.
    """
    try:
        with pillow_settings(), Pillow.open(file) as picture:
            width, height = picture.size
            if picture.getexif().get(_ORIENTATION) in _SWAPPED:
                height, width = width, height
        return fit_size(height, width, _size(job))
    except Exception:  # whatever a decoder makes of a broken file
        return None


def _size(job: Job) -> int:
    return int(job.flags.get("size", all_options()["size"].default))
