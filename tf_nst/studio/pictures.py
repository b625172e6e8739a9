"""The pictures that were given: photographs, paintings, masks. No TensorFlow here.

A name that the browser sent is shown and never becomes a path: a picture's file is called by the
server, and its folder is the server's own. An id is made of what the file holds: what an earlier
studio called by it was the same picture.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image as Pillow

from tf_nst.cli.terminal import printable
from tf_nst.errors import RunError, UserError
from tf_nst.io.images import read_image

MOST_BYTES = 64 * 2**20
MOST_PIXELS = 100_000_000
MOST_PICTURES = 500
# Long sides at which pictures are shown.
SIDES = (160, 320, 640, 1280, 2048)


class Picture(NamedTuple):
    """A picture that was given.

    Attributes:
      id: that the server gave it.
      name: for people.
      path: of its file, as it was given.
      width, height: in pixels, upright.
      is_mask: whether it only says where.
      notes: on how it was read.
    """

    id: str
    name: str
    path: Path
    width: int
    height: int
    is_mask: bool = False
    notes: tuple[str, ...] = ()

    def shown(self) -> dict[str, Any]:
        """For the page."""
        size = {"width": self.width, "height": self.height}
        return {"id": self.id, "name": self.name, **size, "notes": list(self.notes)}


class Pictures:
    """Keeps the files in a folder."""

    def __init__(self, folder: Path) -> None:
        """Takes the folder, an existing one of the server alone."""
        self._folder = folder
        self._pictures: dict[str, Picture] = {}
        self._count = 0

    def __getitem__(self, name: object) -> Picture:
        """The picture of an id. Raises UserError where there is none."""
        if not isinstance(name, str) or name not in self._pictures:
            raise UserError(f"expected the id of a picture, received {name!r}")
        return self._pictures[name]

    def shown(self) -> list[dict[str, Any]]:
        """For the page; without masks, which belong to a painting."""
        return [picture.shown() for picture in self._pictures.values() if not picture.is_mask]

    def new_path(self) -> Path:
        """Where the next picture's bytes go."""
        self._count += 1
        return self._folder / f"new{self._count}"

    def take(self, source: Path, name: str, *, is_mask: bool = False) -> Picture:
        """Adds a copy of a file of this machine.

        Raises:
          UserError: it cannot be read, or as `add`.
        """
        path = self.new_path()
        try:
            shutil.copyfile(source, path)
        except OSError as error:
            raise UserError(f"{source} cannot be read ({error.strerror})") from error
        return self.add(path, name, is_mask=is_mask)

    def add(self, path: Path, name: str, *, is_mask: bool = False) -> Picture:
        """Decodes the file at a path of `new_path`; what is there already stays as it is.

        Raises:
          UserError: there are too many, masks not counted; or it is none, is damaged, or has too
            many pixels, which its header says before anything is decoded.
        """
        shown = printable(name)[:200] or "picture"
        given = f"{'m' if is_mask else 'p'}{digest_of(path)}"
        if given in self._pictures:
            path.unlink()
            return self._pictures[given]
        try:
            if not is_mask:
                self._check_count()
            image = read_image(path, "picture", MOST_PIXELS)
        except (UserError, RunError) as error:
            path.unlink(missing_ok=True)
            line = str(error).removeprefix("picture: ").replace(str(path), shown)
            raise UserError(line) from None
        notes = tuple(note.replace(str(path), shown) for note in image.notes)
        kept = path.replace(self._folder / given)
        picture = Picture(given, shown, kept, image.width, image.height, is_mask, notes)
        self._draw(image.to_pillow(), picture)
        self._pictures[picture.id] = picture
        return picture

    def _check_count(self) -> None:
        if sum(not picture.is_mask for picture in self._pictures.values()) >= MOST_PICTURES:
            raise UserError(f"expected at most {MOST_PICTURES} pictures, received one more")

    def _draw(self, upright: Pillow.Image, picture: Picture) -> None:
        """What is shown of it, from the largest side to the smallest."""
        for side in reversed(SIDES):
            upright.thumbnail((side, side), Pillow.Resampling.BICUBIC)
            upright.save(self._shown_path(picture, side), "PNG", compress_level=1)

    def shown_path(self, name: str, side: int) -> Path:
        """The PNG of a picture, upright and in sRGB, at `side` pixels or a little more.

        Raises:
          UserError: there is no such picture.
        """
        return self._shown_path(self[name], side_for(side))

    def _shown_path(self, picture: Picture, side: int) -> Path:
        return self._folder / f"{picture.id}-{side}.png"


def side_for(side: int) -> int:
    """The least of the sides at which pictures are shown that is as large, in pixels."""
    return next((it for it in SIDES if it >= side), SIDES[-1])


def digest_of(path: Path) -> str:
    """Sixteen hexadecimal digits that identify a file by its content.

    Raises:
      OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
