"""Pictures of a folder, one at a time. No TensorFlow here."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError
from tf_nst.io.given import Source
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_one

FLAG = "--images"


def list_pictures(folder: str | os.PathLike[str]) -> tuple[Path, ...]:
    """The files of a folder by name, hidden ones and folders left out.

    Raises:
      UserError: no folder, or one without files.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UserError(f"{FLAG}: expected a folder of images, received {folder}")
    files = (path for path in folder.iterdir() if path.is_file())
    paths = sorted(path for path in files if not path.name.startswith("."))
    if not paths:
        raise UserError(f"{FLAG}: expected a folder of images, received {folder} without any file")
    return tuple(paths)


class Album:
    """Pictures at a config's size, each read again at every access.

    Attributes:
      sources: as `tf_nst.stylize` takes them.
      skipped: what is wrong with each source that could not be read, in one line.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        config: StylizeConfig,
        report: Callable[[str], None],
        progress: Callable[[int, int], None],
    ) -> None:
        self.sources, self._config = sources, config
        self._report, self._progress = report, progress
        self.skipped: list[str] = []

    def read(self, index: int) -> Image:
        """The picture of a source. Raises UserError as `read_image`."""
        return read_one(self._config, self.sources[index], FLAG)

    def __iter__(self) -> Iterator[tuple[int, Image]]:
        """Index and picture of each source that can be read; the others are reported."""
        for index in range(len(self.sources)):
            try:
                picture = self.read(index)
            except UserError as error:
                line = str(error).removeprefix(f"{FLAG}: ")
                self.skipped.append(line)
                self._report(f"skipped: {line}")
            else:
                yield index, picture
            self._progress(index + 1, len(self.sources))
