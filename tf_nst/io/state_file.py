"""NAME.state: where a run stands, in one file. No TensorFlow here.

The file is NumPy's own .npz, stored and not compressed: a zip archive of plain arrays, each with
the checksum (CRC-32) that zip gives it. Its first array is the description, a text in JSON, which
names all others: zip's own list of names has no checksum.
"""

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import RunError, UserError
from tf_nst.io.locking import is_file_of
from tf_nst.io.replacing import (
    discard,
    publish,
    remove_abandoned,
    stage,
    take_lock,
    target_of,
)

_DESCRIPTION = "tf_nst"
# A zip's first header has the first array's name after 30 bytes.
_MARK = f"{_DESCRIPTION}.npy".encode()
_MARK_AT = 30
_NAMES = "arrays"
# What NumPy, zip and JSON raise at files that are not whole.
_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, RuntimeError, TypeError, AttributeError),
    *(zipfile.BadZipFile, zlib.error),
)


def state_path(picture: str | Path) -> Path:
    """NAME.state beside NAME.png."""
    return Path(picture).with_suffix(".state")


def is_state(path: Path) -> bool:
    """Whether a file begins as a state of tf_nst does."""
    try:
        with open(path, "rb") as file:
            start = file.read(_MARK_AT + len(_MARK))
    except OSError:
        return False
    return start.startswith(b"PK") and start.endswith(_MARK)


def write_state(
    path: Path, description: dict[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> int | None:
    """Writes a state whole or not at all, and makes sure that it is on the disk.

    Returns:
      What `keep_locked` gives of the file, for the caller to close.

    Raises:
      RunError: an OSError, such as a full disk, the state before stays; or the file that is there
        is no state.
    """
    text = np.array(json.dumps({_NAMES: list(arrays), **description}).encode())
    named: dict[str, Any] = {_DESCRIPTION: text, **arrays}
    try:
        staged = stage(path, lambda file: np.savez(file, **named))
        try:
            publish([staged], check=partial(_check_replaced, staged.target))
            return take_lock(staged)
        finally:
            discard(staged.temporary)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror or error}") from error


def _check_replaced(path: Path) -> None:
    if os.path.lexists(path) and not is_state(path):
        raise RunError(f"{path} cannot be written: it exists and is not from tf_nst")


@contextlib.contextmanager
def refusing_damage(path: Path) -> Iterator[None]:
    """While inside, what NumPy, zip, JSON or a lookup raises is a UserError on this state."""
    try:
        yield
    except _DAMAGE as error:
        raise UserError(
            f"--resume: expected a whole state of tf_nst, received {path}, which is damaged or is "
            "not from tf_nst; remove it, or choose another --output"
        ) from error


def read_description(path: Path) -> dict[str, Any]:
    """The description of a state, all of whose checksums are right; no array stays in memory.

    Raises:
      UserError: the file cannot be read, is damaged or is not from tf_nst.
    """
    with refusing_damage(path):
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        with np.load(path, allow_pickle=False) as arrays:
            description: dict[str, Any] = json.loads(arrays[_DESCRIPTION].item())
            names = [_DESCRIPTION, *description.pop(_NAMES)]
            if damaged is None and names == arrays.files:
                return description
        raise ValueError("a checksum or a name is wrong")


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of a state by name.

    Raises:
      UserError: as `read_description`.
    """
    with refusing_damage(path), np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files if name != _DESCRIPTION}


def remove_state(path: Path, descriptor: int | None) -> None:
    """Removes a state of this run, and what runs that were killed left of their next ones.

    Args:
      descriptor: what `keep_locked` gave of the state; another run's stays.
    """
    target = target_of(path)
    if is_file_of(target, descriptor) and is_state(target):
        discard(target)
    remove_abandoned(target)
