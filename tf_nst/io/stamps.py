"""Whether files are still those that were there when a run began."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tf_nst.errors import UserError


class Stamp(NamedTuple):
    """What tells a file from another one, or from what it was: inode, bytes, nanoseconds."""

    inode: int
    size: int
    changed: int


Stamps = dict[Path, Stamp | None]


def stamps_of(paths: Iterable[str | os.PathLike[str]]) -> Stamps:
    """The stamp of each path's file; None where there is none."""
    return {Path(path): _stamp(path) for path in paths}


def check_unchanged(stamps: Stamps, flag: str = "--output") -> None:
    """Refuses to write over what was written since the stamps were taken.

    Raises:
      UserError: a file appeared or changed.
    """
    for path, before in stamps.items():
        if _stamp(path) not in (None, before):
            raise UserError(
                f"{flag}: {path} was written by another program during this run and stays as it "
                "is; expected another name, or --overwrite=true"
            )


def _stamp(path: str | os.PathLike[str]) -> Stamp | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return Stamp(status.st_ino, status.st_size, status.st_mtime_ns)
