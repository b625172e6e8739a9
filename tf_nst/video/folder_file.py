"""Frames into a folder of PNGs, which takes its name when it is whole."""

import hashlib
import os
import shutil
from fractions import Fraction
from pathlib import Path

from tf_nst.errors import RunError
from tf_nst.io.images import Image
from tf_nst.io.replacing import sync_folders, target_of
from tf_nst.video.clip import Frame
from tf_nst.video.film_file import Target


class FolderFile:
    """A folder of 000001.png and so on, under a temporary name until `finish`; where a link leads,
    which stays.

    Attributes:
      notes: lines on what the folder cannot keep.
    """

    def __init__(self, target: Target) -> None:
        """Begins the folder. Raises RunError where it cannot be made."""
        self._target, self._path = target, target_of(Path(target.path))
        self._temporary = _temporary_of(self._path)
        self.notes = [f"{target.path}: a folder stores no sound"] * (target.audio is not None)
        if target.info.rate is None:
            self.notes.append(
                f"{target.path}: a folder stores no times, and these frames are not evenly spaced"
            )
        try:
            # That of a run that was killed: no other writes this folder at the same time.
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary.mkdir()
        except OSError as error:
            raise RunError(f"{target.path} cannot be written: {error.strerror}") from error

    def write(self, frame: Frame, end: Fraction) -> None:
        """Adds a frame; `end` has no place here. Raises RunError on a full disk."""
        name = f"{frame.index + 1:06}.png"
        try:
            Image(frame.pixels).save(self._temporary / name)
        except RunError as error:
            self.discard()
            reason = str(error).rpartition(": ")[2]
            raise RunError(f"{self._path / name} cannot be written: {reason}") from error

    def finish(self) -> None:
        """Gives the folder its name. Raises RunError where it cannot, or as the check does."""
        try:
            self._target.check()
            if self._path.is_dir():
                self._path.rmdir()
            os.rename(self._temporary, self._path)
            sync_folders([self._path.parent])
        except OSError as error:
            raise RunError(f"{self._path} cannot be written: {error.strerror}") from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Leaves nothing behind."""
        shutil.rmtree(self._temporary, ignore_errors=True)


def _temporary_of(folder: Path) -> Path:
    """A name beside the folder, as short for a long name."""
    digest = hashlib.sha256(os.fsencode(folder.name)).hexdigest()[:12]
    return folder.parent / f".tf_nst-{digest}.tmp"
