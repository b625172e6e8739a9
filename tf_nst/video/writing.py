"""A clip written frame by frame: a film with its sound, an animation, or a folder of pictures."""

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from tf_nst.errors import RunError, UserError
from tf_nst.io.replacing import Check, target_of
from tf_nst.io.writing import check_replaceable, check_writable
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.encoders import container_of, encoded_size, encoder_of
from tf_nst.video.film_file import FilmFile, Target
from tf_nst.video.folder_file import FolderFile
from tf_nst.video.timing import USUAL_RATE

# FFmpeg's names of what keeps no shape of pixels, as pictures in a folder do not.
_SQUARE = ("webp",)


class ClipWriter:
    """Frames into a file, one at a time, under a temporary name until all of them are there.

    As a context manager it finishes the file, or leaves nothing where an error came before.

    Attributes:
      notes: lines on what the file cannot keep.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        info: ClipInfo,
        audio: str | os.PathLike[str] | None = None,
        check: Check = lambda: None,
        flag: str = "--output",
    ) -> None:
        """Begins the file.

        Args:
          path: ends in an extension of encoders.CONTAINERS, or is a folder's name: one that ends in
            a slash, without an extension, or that is there and empty.
          info: of the clip that was read, at the width and height of the frames that come.
          audio: the film whose sound is copied, packet by packet, or None.
          check: called before the file takes its name; raises what keeps it from that.
          flag: what messages name.

        Raises:
          UserError: as `check_clip_output`.
          RunError: the file cannot be begun, such as on a full disk.
        """
        self.notes = check_clip_output(path, info, flag)
        target = Target(os.fspath(path), info, audio, check, flag)
        self._file = FolderFile(target) if is_folder(path) else FilmFile(target)
        self._info, self._path = info, os.fspath(path)
        self._waiting: Frame | None = None
        self._gap = 1 / (info.rate or USUAL_RATE)

    def write(self, frame: Frame) -> None:
        """Adds a frame; the one before is encoded, now that its end is known.

        Raises:
          UserError: another size than the clip's, or a time that is not after the one before.
          RunError: it cannot be written, such as on a full disk; nothing is left.
        """
        self._check(frame)
        if self._waiting is not None:
            self._gap = frame.time - self._waiting.time
            self._file.write(self._waiting, frame.time)
        self._waiting = frame

    def _check(self, frame: Frame) -> None:
        expected = (self._info.height, self._info.width, 3)
        if frame.pixels.shape != expected:
            raise UserError(
                f"frames: expected pixels {list(expected)}, received {list(frame.pixels.shape)}"
            )
        if self._waiting is not None and frame.time <= self._waiting.time:
            raise UserError(
                f"frames: expected a time after {float(self._waiting.time):g} s, received "
                f"{float(frame.time):g} s"
            )

    def finish(self) -> None:
        """Writes the last frame, ends the file and gives it its name.

        Raises:
          RunError: no frame came, or it cannot be written; nothing is left.
        """
        if self._waiting is None:
            self._file.discard()
            raise RunError(f"{self._path} cannot be written: there is no frame")
        time = self._waiting.time
        end = self._info.duration if self._info.duration > time else time + self._gap
        self._file.write(self._waiting, end)
        self._file.finish()
        self.notes += [line for line in self._file.notes if line not in self.notes]

    def discard(self) -> None:
        """Leaves nothing of the file."""
        self._file.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.discard()


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a name to write to is a folder's."""
    name = os.fspath(path)
    return name.endswith(("/", os.sep)) or os.path.isdir(name) or not Path(name).suffix


def check_clip_output(
    path: str | os.PathLike[str], info: ClipInfo, flag: str = "--output"
) -> list[str]:
    """Refuses, before a long run, what a clip could not be written to; returns notes for the user.

    Whether a file that exists is written over is for the command to ask (tf_nst/cli/overwrite.py).

    Raises:
      UserError: an unknown extension, a folder that is missing, not writable, has files in it or
        cannot be replaced, frames that are too large for the format, or PyAV or its encoder is
        missing.
    """
    parent = Path(os.path.abspath(path)).parent
    if not parent.is_dir():
        raise UserError(f"{flag}: the folder {parent} does not exist; expected an existing folder")
    parents = {parent, target_of(Path(path)).parent}
    if is_folder(path):
        _check_folders(parents, flag)
        _check_empty(Path(path), flag)
        return _aspect_notes(path, info)
    kind = container_of(path, flag)
    encoder = encoder_of(kind, path, flag)
    check_replaceable(path, flag)
    _check_folders(parents, flag)
    width, height = encoded_size(encoder, info)
    if max(width, height) > encoder.longest_side:
        raise UserError(
            f"{flag}: {path} cannot hold {width}×{height} pixels; expected at most "
            f"{encoder.longest_side} a side in this format"
        )
    notes = _aspect_notes(path, info) if kind.name in _SQUARE else []
    if (width, height) == (info.width, info.height):
        return notes
    return [
        *notes,
        f"{path}: sides are even in this format: {width}×{height} pixels, the last row or column "
        "of them twice",
    ]


def _aspect_notes(path: str | os.PathLike[str], info: ClipInfo) -> list[str]:
    if info.pixel_aspect == 1:
        return []
    ratio = f"{info.pixel_aspect.numerator}:{info.pixel_aspect.denominator}"
    return [f"{os.fspath(path)}: its pixels are shown as squares, which were {ratio}"]


def _check_folders(folders: Iterable[Path], flag: str) -> None:
    for folder in folders:
        check_writable(folder, flag)


def _check_empty(folder: Path, flag: str) -> None:
    """Refuses what no new folder could take the place of."""
    if folder.is_file():
        raise UserError(f"{flag}: {folder} is a file; expected a folder or another extension")
    if not folder.is_dir():
        return
    if any(folder.iterdir()):
        raise UserError(f"{flag}: {folder} has files in it; expected a new or empty folder")
    if os.path.ismount(os.path.realpath(folder)) or folder.samefile(os.curdir):
        raise UserError(
            f"{flag}: {folder} cannot be replaced: it is a mount point or the working directory; "
            "expected a new folder, such as one in it"
        )
