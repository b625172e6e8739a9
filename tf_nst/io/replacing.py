"""New files take the names of old ones: whole, together, and through links."""

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

Data = bytes | Callable[[BinaryIO], object]
# How long another run, which holds a folder for milliseconds, is waited for.
_PATIENCE, _PAUSE = 5.0, 0.02
_unfinished: set[Path] = set()


class Staged(NamedTuple):
    """A file that is whole on the disk under a temporary name, and the name that it will take."""

    temporary: Path
    target: Path


def target_of(path: str | os.PathLike) -> Path:
    """The path itself, or where a symbolic link leads."""
    return Path(os.path.realpath(path) if os.path.islink(path) else path)


def temporary_in(folder: Path) -> Path:
    """A new temporary name, which `remove_unfinished` knows."""
    path = folder / f".tf_nst-{secrets.token_hex(8)}.tmp"
    _unfinished.add(path)
    return path


def reserve(path: Path) -> Path:
    """Makes `path` a temporary name, which `remove_unfinished` knows; a file that is there goes."""
    discard(path)
    _unfinished.add(path)
    return path


def remove_unfinished() -> None:
    """Removes all temporary files of this process."""
    for path in list(_unfinished):
        discard(path)


def discard(path: Path) -> None:
    """Removes a temporary file, if it is there still."""
    with contextlib.suppress(OSError):
        path.unlink()
    _unfinished.discard(path)


def stage(path: str | os.PathLike, data: Data) -> Staged:
    """Writes a temporary file beside the target, with the permissions of the file that is there.

    Raises:
      OSError: it cannot be written.
    """
    target = target_of(path)
    staged = Staged(temporary_in(target.parent), target)
    try:
        write_staged(staged, data)
    except BaseException:
        discard(staged.temporary)
        raise
    return staged


def write_staged(staged: Staged, data: Data) -> None:
    """Writes the temporary file, whole and to the disk. Raises OSError as `stage`."""
    mode = _permissions(staged.target)
    first = 0o666 if mode is None else mode & 0o600 | 0o200
    with open(staged.temporary, "xb", opener=lambda path, how: os.open(path, how, first)) as file:
        if callable(data):
            data(file)
        else:
            file.write(data)
        file.flush()
        if mode is not None:
            os.chmod(staged.temporary, mode)
        os.fsync(file.fileno())


def _permissions(path: Path) -> int | None:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return None


def publish(files: list[Staged], gone: Sequence[Path] = ()) -> None:
    """Gives the files their names, the first before the others; removes those of `gone`.

    What stood under the others' names is moved out of the way before, so that at no moment, nor
    after a crash, an old file stands beside a new one: only files that belong together, or fewer.

    Raises:
      OSError: a name cannot be taken. Before the first file has its name, all is put back.
    """
    first, *others = files
    folders = {target.parent for _, target in files}
    old_names = [*(target for _, target in others), *gone]
    with _locked(folders):
        aside = _move_aside(old_names, folders)
        try:
            os.replace(*first)
        except BaseException:
            _put_back(aside)
            raise
        sync_folders(folders)
        try:
            for staged in others:
                os.replace(*staged)
            sync_folders(folders if others else ())
        finally:
            for old, _ in aside:
                discard(old)


def _move_aside(names: list[Path], folders: set[Path]) -> list[Staged]:
    """The files that stood under these names, as what may take the names again."""
    aside = []
    try:
        for target in names:
            if target.exists():
                old = temporary_in(target.parent)
                os.rename(target, old)
                aside.append(Staged(old, target))
    except BaseException:
        _put_back(aside)
        raise
    sync_folders(folders if aside else ())
    return aside


def _put_back(aside: list[Staged]) -> None:
    for old, target in aside:
        with contextlib.suppress(OSError):
            os.replace(old, target)
        _unfinished.discard(old)


def sync_folders(folders: Iterable[Path]) -> None:
    """Has the folders' names reach the disk, where the system can."""
    for folder in folders:
        with contextlib.suppress(OSError), _opened(folder) as descriptor:
            os.fsync(descriptor)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked(folders: Iterable[Path]) -> Iterator[None]:
    """While inside, no other run publishes in these folders, where the file system can lock."""
    with contextlib.ExitStack() as stack:
        for folder in sorted(folders):
            with contextlib.suppress(OSError):
                _lock(stack.enter_context(_opened(folder)))
        yield


def _lock(descriptor: int) -> None:
    end = time.monotonic() + _PATIENCE
    while fcntl:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                return
        time.sleep(_PAUSE)
