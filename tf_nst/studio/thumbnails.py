"""Small pictures of finished ones, made when they are first asked for."""

import io
from pathlib import Path

from PIL import Image as Pillow

from tf_nst.io.images import read_image
from tf_nst.io.writing import write_atomically
from tf_nst.studio.pictures import side_for

# Of some hundred kilobytes each.
MOST_KEPT = 1000


class Thumbnails:
    """The latest that were asked for, in a folder."""

    def __init__(self, folder: Path) -> None:
        """Takes the folder, an existing one of the server alone."""
        self._folder = folder
        self._kept: dict[str, Path] = {}

    def read(self, picture: Path, side: int) -> bytes:
        """The PNG of a picture, upright and in sRGB, at `side` pixels or a little more.

        Raises:
          UserError: it is not there, or cannot be read.
          RunError: the thumbnail cannot be kept.
        """
        side = side_for(side)
        key = f"{picture.stem}-{side}-{_changed(picture)}"
        if key in self._kept:
            self._kept[key] = self._kept.pop(key)  # the latest
            return self._kept[key].read_bytes()
        data, path = _drawn(picture, side), self._folder / f"{key}.png"
        write_atomically(path, data)
        self._kept[key] = path
        for old in list(self._kept)[:-MOST_KEPT]:
            self._kept.pop(old).unlink(missing_ok=True)
        return data


def _changed(picture: Path) -> int:
    """When, in nanoseconds; 0: it is not there."""
    return picture.stat().st_mtime_ns if picture.exists() else 0


def _drawn(picture: Path, side: int) -> bytes:
    small = read_image(picture, "picture").to_pillow()
    small.thumbnail((side, side), Pillow.Resampling.BICUBIC)
    target = io.BytesIO()
    small.save(target, "PNG", compress_level=1)
    return target.getvalue()
