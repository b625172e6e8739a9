"""A folder of pictures as the frames of a clip."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image as Pillow

from tf_nst.batch.sources import counts
from tf_nst.errors import UserError
from tf_nst.io.folders import pictures_in
from tf_nst.io.images import read_image
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.damage import Damage
from tf_nst.video.reader import ClipReader, Note
from tf_nst.video.still import opaque_frame

# EXIF's tag, and its numbers by which a picture lies on its side.
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)


def open_folder(folder: str, flag: str, rate: Fraction) -> ClipReader:
    """The pictures of a folder, sorted by the numbers in their names, at `rate` a second.

    Raises:
      UserError: a folder that cannot be read or has no pictures, a first picture that is damaged,
        or pictures of several sizes.
    """
    paths = sorted(pictures_in(folder, flag, counts), key=natural)
    first = read_image(paths[0], flag)
    for path in paths[1:]:
        if (size := _size(path) or first.size) != first.size:
            raise UserError(
                f"{flag}: expected frames of one size, received {_name(first.size)} in {paths[0]} "
                f"and {_name(size)} in {path}"
            )
    info = ClipInfo(
        width=first.width,
        height=first.height,
        frames=len(paths),
        duration=len(paths) / rate,
        rate=rate,
        time_base=1 / rate,
    )
    notes = [*first.notes, *_transparency(folder, first.alpha is not None)]
    return ClipReader(info, notes, lambda note: _frames(folder, paths, flag, rate, note))


def natural(path: str) -> list[tuple[int, int | str]]:
    """What sorts frame9 before frame10."""
    parts = re.split(r"(\d+)", Path(path).name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]


def _size(path: str) -> tuple[int, int] | None:
    """Height and width of the picture as it is seen, by its header; None of a damaged one."""
    try:
        with Pillow.open(path) as picture:
            width, height = picture.size
            is_sideways = picture.getexif().get(_ORIENTATION) in _SIDEWAYS
    except (OSError, SyntaxError, ValueError):
        return None
    return (width, height) if is_sideways else (height, width)


def _name(size: tuple[int, int]) -> str:
    return f"{size[1]}×{size[0]}"


def _transparency(folder: str, is_transparent: bool) -> list[str]:
    return [f"{folder}: transparent frames are painted on white"] * is_transparent


def _frames(
    folder: str, paths: list[str], flag: str, rate: Fraction, note: Note
) -> Iterator[Frame]:
    damage, count = Damage(rate), 0
    for position, path in enumerate(paths):
        try:
            image = read_image(path, flag)
        except UserError:
            damage.lose(position / rate)
            continue
        pixels = opaque_frame(image.pixels, image.alpha)
        yield Frame(count, position / rate, pixels, damage.lost)
        count += 1
    for line in damage.lines():
        note(f"{folder}: {line}")
