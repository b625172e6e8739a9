"""Paintings that wait, as files in the folder of the history: the next studio goes on with them.

A file stays until its painting has a state on the disk, or has ended.
"""

import json
import os
from pathlib import Path
from typing import Any

from tf_nst.errors import RunError
from tf_nst.io.locking import claim
from tf_nst.io.state_file import is_state, state_path
from tf_nst.io.writing import write_atomically
from tf_nst.studio.history import waiting_path
from tf_nst.studio.unfinished import Unfinished, unfinished_of


class Waiting:
    """The files of one studio. While it lives they are locked, and no other studio takes them."""

    def __init__(self, folder: Path) -> None:
        """Takes the folder of the history."""
        self._folder = folder
        self._locks: dict[str, int | None] = {}

    def take_left(self) -> list[Unfinished]:
        """Those that an earlier studio left, the oldest first, which are this studio's now.

        Left out is what is damaged or another studio's, and all where files cannot be locked.
        """
        paths = sorted(self._folder.glob("*.waiting"), key=lambda path: (_changed(path), path))
        return [left for left in map(self._taken, paths) if left is not None]

    def _taken(self, path: Path) -> Unfinished | None:
        lock = claim(path)
        if lock is None:
            return None
        try:
            left = unfinished_of(path, json.loads(path.read_bytes()))
        except (OSError, ValueError):
            left = None
        if has_begun(path):  # its studio was killed before it could remove the file
            path.unlink(missing_ok=True)
            left = None
        if left is None:
            os.close(lock)
        else:
            self._locks[path.stem] = lock
        return left

    def keep(self, picture: Path, request: dict[str, Any], arguments: dict[str, str]) -> list[str]:
        """Keeps a painting until `drop`; notes on it, such as that it cannot be kept.

        It begins: a state of it, which is of another version, goes.
        """
        path = waiting_path(picture)
        picture.with_suffix(".state").unlink(missing_ok=True)
        self.drop(picture)
        try:
            write_atomically(
                path, json.dumps({"request": request, "arguments": arguments}).encode()
            )
        except RunError as error:
            return [f"this painting waits only as long as the studio is open: {error}"]
        self._locks[path.stem] = claim(path)
        return []

    def drop(self, picture: Path) -> None:
        """A painting need not be begun any more; what is not this studio's stays."""
        path = waiting_path(picture)
        if path.stem in self._locks:
            path.unlink(missing_ok=True)
            _close(self._locks.pop(path.stem))

    def close(self) -> None:
        """Leaves what waits to the next studio."""
        for lock in self._locks.values():
            _close(lock)
        self._locks.clear()


def has_begun(picture: Path) -> bool:
    """Whether a painting has a state on the disk, or a picture: it need not begin again."""
    return is_state(state_path(picture)) or picture.with_suffix(".png").exists()


def _close(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _changed(path: Path) -> int:
    """When, in nanoseconds; 0: it is gone."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
