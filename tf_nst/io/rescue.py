"""A picture that cannot be written where it should is written elsewhere."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from tf_nst.errors import NstError, RunError
from tf_nst.io.manifest import names_of
from tf_nst.io.replacing import Check
from tf_nst.io.writing import Files, write_together

# Of a picture's path: its data and those of the files beside it, the picture first.
FilesOf = Callable[[Path], Files]


def write_or_rescue(
    path: str | os.PathLike[str], files_of: FilesOf, check: Check = lambda: None
) -> None:
    """Writes the files of `path`; where that fails, a copy beside or in the temporary folder.

    There the picture is written alone if the files beside it fail.

    Args:
      check: raises where files of `path` that are there now are to stay.

    Raises:
      RunError: they were not written under their names; the message says where the picture is.
    """
    path = Path(path)
    try:
        write_together(files_of(path), check)
    except Exception as error:
        place = rescue(path, files_of)
        if place is None:
            raise
        reason = error if isinstance(error, NstError) else f"{type(error).__name__}: {error}"
        raise RunError(f"{reason}; the picture is {place}") from error


def rescue(path: Path, files_of: FilesOf) -> Path | None:
    """Writes the files beside `path` or in the temporary folder; where, None if neither can be."""
    for place in _places(path):
        for files in (files_of, lambda place: _picture_alone(place, files_of)):
            with contextlib.suppress(Exception):
                copies = files(place)
                write_together(copies, partial(_check_free, [*names_of(place), *copies]))
                return place
    return None


def _picture_alone(place: Path, files_of: FilesOf) -> Files:
    return {place: files_of(place)[place]}


def _places(path: Path) -> Iterator[Path]:
    """NAME.rescued.png beside NAME.png, then NAME.png in a new temporary folder."""
    for number in count(1):
        place = path.with_name(f"{path.stem}.rescued{number if number > 1 else ''}{path.suffix}")
        if _is_free(place):
            yield place
            if _is_free(place):  # else another run took it meanwhile
                break
    with contextlib.suppress(OSError):
        folder = tempfile.mkdtemp(prefix="tf_nst-")
        yield Path(folder, path.name)
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _is_free(place: Path) -> bool:
    return not any(map(os.path.lexists, names_of(place)))


def _check_free(paths: Iterable[str | os.PathLike[str]]) -> None:
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(path)
