"""New files take the names of old ones: whole, together, and through links."""

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tf_nst.io.locking import claim, is_abandoned, keep_locked, locked_folders, opened

Data = bytes | Callable[[BinaryIO], object]
# Raises what keeps files from being published.
Check = Callable[[], None]
# Temporary files of this process, with what `keep_locked` gave of each.
_unfinished: dict[Path, int | None] = {}


class Staged(NamedTuple):
    """A file that is whole on the disk under a temporary name, and the name that it will take."""

    temporary: Path
    target: Path


def target_of(path: str | os.PathLike[str]) -> Path:
    """The path itself, or where a symbolic link leads."""
    return Path(os.path.realpath(path) if os.path.islink(path) else path)


def temporaries_of(target: Path) -> list[Path]:
    """All temporary files that are there for this name, of any run."""
    return [*target.parent.glob(f"{_temporary_prefix(target)}*.tmp")]


def _temporary_prefix(target: Path) -> str:
    """Of the temporary names for this one; as short for a long name."""
    return f".tf_nst-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


def _new_temporary(target: Path) -> Path:
    """A new temporary name, which `remove_unfinished` knows."""
    path = target.with_name(f"{_temporary_prefix(target)}{secrets.token_hex(8)}.tmp")
    _unfinished[path] = None
    return path


def remove_abandoned(target: Path) -> None:
    """Removes the temporary files for this name that killed runs left, where locks can tell."""
    with contextlib.suppress(OSError):
        for path in temporaries_of(target):
            if is_abandoned(path):
                path.unlink()


def remove_unfinished() -> None:
    """Removes all temporary files of this process."""
    for path in list(_unfinished):
        discard(path)


def discard(path: Path) -> None:
    """Removes a temporary file, if it is there still."""
    with contextlib.suppress(OSError):
        path.unlink()
    _forget(path)


def _forget(path: Path) -> None:
    descriptor = _unfinished.pop(path, None)
    if descriptor is not None:
        os.close(descriptor)


def stage(path: str | os.PathLike[str], data: Data) -> Staged:
    """Writes a temporary file beside the target, with the permissions of the file that is there.

    It is locked until it is discarded: other runs tell it from what a killed run left.

    Raises:
      OSError: it cannot be written.
    """
    staged, file = begin(path)
    try:
        with file:
            _write(file, data)
        seal(staged)
    except BaseException:
        discard(staged.temporary)
        raise
    return staged


def begin(path: str | os.PathLike[str]) -> tuple[Staged, BinaryIO]:
    """An empty temporary file as `stage` makes it, open, for what is written bit by bit.

    `seal` makes it ready for `publish`; else `discard` removes it.

    Raises:
      OSError: it cannot be written.
    """
    target = target_of(path)
    mode = _permissions(target)
    temporary, file = _open_temporary(target, 0o666 if mode is None else mode & 0o600 | 0o200)
    return Staged(temporary, target), file


def seal(staged: Staged) -> None:
    """Has a temporary file reach the disk, with the permissions of the file that is there.

    Raises:
      OSError: it cannot be written.
    """
    with open(staged.temporary, "r+b") as file:
        if (mode := _permissions(staged.target)) is not None:
            os.chmod(staged.temporary, mode)
        os.fsync(file.fileno())


def _open_temporary(target: Path, mode: int) -> tuple[Path, BinaryIO]:
    """A new temporary file, locked; another one where a run removed it before it was."""
    while True:
        path = _new_temporary(target)
        try:
            file = open(path, "xb", opener=lambda path, how: os.open(path, how, mode))
        except OSError:
            _forget(path)
            raise
        _unfinished[path] = keep_locked(file.fileno())
        if path.exists():
            return path, file
        file.close()
        _forget(path)


def _write(file: BinaryIO, data: Data) -> None:
    if callable(data):
        data(file)
    else:
        file.write(data)
    file.flush()


def take_lock(staged: Staged) -> int | None:
    """What `keep_locked` gave of a file, for the caller to close: published, it stays locked."""
    return _unfinished.pop(staged.temporary, None)


def _permissions(path: Path) -> int | None:
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except OSError:
        return None


def publish(files: list[Staged], gone: Sequence[Path] = (), check: Check = lambda: None) -> None:
    """Gives the files their names, the first before the others; removes those of `gone`.

    `check` is called first, while no other run publishes in the folders; where it raises, all stays
    as it is.

    What stood under the others' names is moved out of the way before, so that at no moment, nor
    after a crash, an old file stands beside a new one: only files that belong together, or fewer.

    Raises:
      OSError: a name cannot be taken. Before the first file has its name, all is put back.
    """
    first, *others = files
    folders = {target.parent for _, target in files}
    old_names = [*(target for _, target in others), *gone]
    with locked_folders(folders):
        check()
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
            for _, target in files:
                remove_abandoned(target)


def _move_aside(names: list[Path], folders: set[Path]) -> list[Staged]:
    """The files that stood under these names, as what may take the names again."""
    aside = []
    try:
        for target in names:
            if target.exists():
                aside.append(_moved_aside(target))
    except BaseException:
        _put_back(aside)
        raise
    sync_folders(folders if aside else ())
    return aside


def _moved_aside(target: Path) -> Staged:
    old = _new_temporary(target)
    _unfinished[old] = claim(target)
    try:
        os.rename(target, old)
    except BaseException:
        _forget(old)
        raise
    return Staged(old, target)


def _put_back(aside: list[Staged]) -> None:
    for old, target in aside:
        with contextlib.suppress(OSError):
            os.replace(old, target)
        _forget(old)


def sync_folders(folders: Iterable[Path]) -> None:
    """Has the folders' names reach the disk, where the system can."""
    for folder in folders:
        with contextlib.suppress(OSError), opened(folder) as descriptor:
            os.fsync(descriptor)
