"""Pictures, one at a time. No TensorFlow here."""

import os
from collections.abc import Callable, Iterator, Sequence

from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError
from tf_nst.io.folders import pictures_in
from tf_nst.io.given import Source
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_one

FLAG = "--images"


def sources_of(images: str | os.PathLike[str] | Sequence[Source]) -> Sequence[Source]:
    """The pictures, or all files of a folder: one that is no picture is reported, not passed over.

    Raises:
      UserError: as `pictures_in`.
    """
    if isinstance(images, str | os.PathLike):
        return pictures_in(images, FLAG, counts=lambda path: True)
    return images


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
