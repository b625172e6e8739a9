"""The pictures of a folder."""

import os
from collections.abc import Callable
from pathlib import Path

from tf_nst.errors import UserError
from tf_nst.io.formats import HEAD_BYTES, OTHERS, format_of
from tf_nst.io.metadata.facts import UnusableError


def is_picture(path: Path) -> bool:
    """Whether a file begins as pictures do. Raises OSError where it cannot be read."""
    with open(path, "rb") as file:
        try:
            return format_of(file.read(HEAD_BYTES)) is not OTHERS
        except UnusableError:
            return False


def pictures_in(
    folder: str | os.PathLike[str], flag: str, counts: Callable[[Path], bool] = is_picture
) -> list[str]:
    """The pictures of a folder by name; hidden files and folders are left out.

    Args:
      folder: a path.
      flag: named in errors.
      counts: which files are pictures; OSError where one cannot be read.

    Raises:
      UserError: no folder, one that cannot be read, or one without pictures.
    """
    if not os.path.isdir(folder):
        raise UserError(f"{flag}: expected a folder of pictures, received {folder}")
    try:
        files = sorted(path for path in Path(folder).iterdir() if path.name[0] != ".")
        pictures = [str(path) for path in files if path.is_file() and counts(path)]
    except OSError as error:
        raise UserError(f"{flag}: {folder} cannot be read ({error.strerror})") from error
    if not pictures:
        what = "without pictures" if files else "that is empty"
        raise UserError(f"{flag}: expected a folder of pictures, received {folder}, one {what}")
    return pictures
