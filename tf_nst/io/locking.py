"""Locks on files and folders. A file that a living run works on is locked, where the system can."""

import contextlib
import importlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    fcntl = importlib.import_module("fcntl")
except ImportError:  # Windows
    fcntl = None

# How long another run, which holds a folder for milliseconds, is waited for.
_PATIENCE, _PAUSE = 5.0, 0.02


def lock(descriptor: int) -> bool | None:
    """Locks an open file or folder until the descriptor and all its duplicates are closed.

    Returns whether it is locked now; False: another run has it; None: nothing can be locked here.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_abandoned(path: Path) -> bool:
    """Whether no living run works on a file; False also where that cannot be known."""
    return _lock_of(path) is True


def is_in_use(path: Path) -> bool:
    """Whether a living run works on a file; False also where that cannot be known."""
    return _lock_of(path) is False


def _lock_of(path: Path) -> bool | None:
    """What `lock` says of a file; None also where it cannot be opened."""
    try:
        with opened(path, os.O_RDWR) as descriptor:
            return lock(descriptor)
    except OSError:
        return None


def keep_locked(descriptor: int) -> int | None:
    """A duplicate of an open file's descriptor, which keeps the file locked until it is closed.

    None: another run has locked it, or the system has no locks: an open file cannot be replaced
    there.
    """
    return os.dup(descriptor) if fcntl and lock(descriptor) is not False else None


def claim(path: Path) -> int | None:
    """As `keep_locked`, of a path; None also where there is no such file."""
    try:
        with opened(path, os.O_RDWR) as descriptor:
            return keep_locked(descriptor)
    except OSError:
        return None


def is_file_of(path: Path, descriptor: int | None) -> bool:
    """Whether a path leads to the file of a descriptor; True on a system without locks."""
    if fcntl is None or descriptor is None:
        return fcntl is None
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except OSError:
        return False


@contextlib.contextmanager
def opened(path: Path, how: int = os.O_RDONLY) -> Iterator[int]:
    """A descriptor of a file or a folder; NFS locks a file that is open for writing alone.

    Raises:
      OSError: it cannot be opened.
    """
    descriptor = os.open(path, how)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked_folders(folders: Iterable[Path]) -> Iterator[None]:
    """While inside, no other run publishes in these folders, where the file system can lock."""
    with contextlib.ExitStack() as stack:
        for folder in sorted(folders):
            with contextlib.suppress(OSError):
                _lock_patiently(stack.enter_context(opened(folder)))
        yield


def _lock_patiently(descriptor: int) -> None:
    end = time.monotonic() + _PATIENCE
    while lock(descriptor) is False and time.monotonic() < end:
        time.sleep(_PAUSE)
