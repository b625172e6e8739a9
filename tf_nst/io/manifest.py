"""What is written beside a picture: NAME.json, its record, and names that are not written over."""

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tf_nst.errors import UserError
from tf_nst.io.flag_file import MARK, settings_path
from tf_nst.io.state_file import is_state, state_path
from tf_nst.io.writing import Files, check_replaceable
from tf_nst.version import VERSION

PAGE_MARK = "<!DOCTYPE html>\n<!-- a sheet of tf_nst -->\n"
_JSON_MARK = '{\n  "tf_nst": '


def record_path(picture: str | Path) -> Path:
    """NAME.json beside NAME.png."""
    return Path(picture).with_suffix(".json")


def names_of(picture: str | Path) -> tuple[Path, Path, Path]:
    """A picture, its record and its flag file."""
    return Path(picture), record_path(picture), settings_path(picture)


def page_path(picture: str | Path) -> Path:
    """NAME.html beside NAME.png."""
    return Path(picture).with_suffix(".html")


def preview_path(picture: str | Path) -> Path:
    """NAME.preview.png beside NAME.png."""
    path = Path(picture)
    return path.with_name(f"{path.stem}.preview{path.suffix}")


def check_sidecars(picture: str | Path, flag: str = "--output", *, sidecars: str = "all") -> None:
    """Refuses to write over a NAME.json or NAME.cfg that is not of this picture.

    Args:
      sidecars: which are written, see `sidecar_files`.

    Raises:
      UserError: there is such a file that tf_nst did not write, or it is of a picture of another
        format that is there; or such a name would be too long.
    """
    if sidecars != "none":
        check_record(picture, flag)
    if sidecars == "all":
        _check_written_here(picture, settings_path(picture), MARK, flag)


def sidecar_files(picture: Path, record: bytes, flags: bytes | None, sidecars: str) -> Files:
    """The record and the flag file beside a picture; None for one of an earlier run, which goes.

    Args:
      record, flags: what they hold; of None there is none.
      sidecars: "all", "record" or "none".
    """
    files = {record_path(picture): (record, _JSON_MARK), settings_path(picture): (flags, MARK)}
    wanted = sidecar_names(picture, sidecars)
    written: Files = {path: data for path, (data, _) in files.items() if path.name in wanted}
    earlier = [path for path, (_, mark) in files.items() if _begins_with(path, mark)]
    return {**dict.fromkeys([] if _other_owner(picture) else earlier), **written}


def sidecar_names(picture: Path, sidecars: str, *, with_flags: bool = True) -> list[str]:
    """The names of the files beside a picture, for "all", "record" or "none"."""
    paths = [record_path(picture)] if sidecars != "none" else []
    paths += [settings_path(picture)] if sidecars == "all" and with_flags else []
    return [path.name for path in paths]


def check_record(picture: str | Path, flag: str = "--output") -> None:
    """Refuses to write over a NAME.json that is not of this picture. Raises as `check_sidecars`."""
    path = record_path(picture)
    _check_written_here(picture, path, _JSON_MARK, flag)
    if owner := _other_owner(picture):
        raise UserError(
            f"{flag}: {path} is the record of {owner}, which {Path(picture).name} would overwrite;"
            f" expected another name than {Path(picture).stem}"
        )


def check_page(picture: str | Path, flag: str = "--output") -> None:
    """Refuses to write over a NAME.html that is no sheet's. Raises as `check_sidecars`."""
    _check_written_here(picture, page_path(picture), PAGE_MARK, flag)


def check_preview(picture: str | Path, flag: str = "--preview_every") -> None:
    """Refuses previews over another picture of tf_nst, or where none can be written.

    Raises:
      UserError: NAME.preview is a picture with a record of its own, or cannot be replaced.
    """
    path = preview_path(picture)
    check_replaceable(path, flag)
    if path.exists() and record_path(path).exists():
        raise UserError(
            f"{flag}: {path} is a picture with a record, which previews would overwrite; "
            "expected another --output"
        )


def _other_owner(picture: str | Path) -> str | None:
    """The name of another picture that is there and whose record NAME.json is."""
    path = record_path(picture)
    owner = _recorded_file(path)
    if owner is None or owner == Path(picture).name:
        return None
    return owner if path.with_name(owner).exists() else None


def _recorded_file(record: Path) -> str | None:
    """The name of the picture that a record is of, where it says so."""
    try:
        name = json.loads(record.read_bytes())["file"]
        return Path(name).name
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def check_state(picture: str | Path, flag: str = "--output", *, resume: bool = False) -> None:
    """Refuses a NAME.state that cannot be replaced, or that tf_nst did not write.

    Args:
      resume: whether the run goes on from it: what it holds is checked where it is read.

    Raises:
      UserError: as `check_sidecars`.
    """
    path = state_path(picture)
    _check_readable(path, flag)
    check_replaceable(path, flag)
    if path.exists() and not resume and not is_state(path):
        raise _foreign(picture, path, flag)


def _check_readable(path: Path, flag: str) -> None:
    if os.path.exists(path) and not os.access(path, os.R_OK):
        raise UserError(
            f"{flag}: {path} cannot be read (Permission denied); expected a file that can be read, "
            "or another name for the picture"
        )


def _check_written_here(picture: str | Path, path: Path, mark: str, flag: str) -> None:
    _check_readable(path, flag)
    if os.path.exists(path) and not _begins_with(path, mark):
        raise _foreign(picture, path, flag)
    check_replaceable(path, flag)


def _foreign(picture: str | Path, path: Path, flag: str) -> UserError:
    return UserError(
        f"{flag}: {path} would be written beside {Path(picture).name}, but it exists and is not "
        "from tf_nst; expected another name for the picture"
    )


def _begins_with(path: Path, mark: str) -> bool:
    if not path.is_file():
        return False
    try:
        with open(path, "rb") as file:
            return file.read(len(mark)) == mark.encode()
    except OSError:
        return False


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that the pixels depend on."""
    packages = ("tensorflow", "keras", "numpy", "pillow")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def record_bytes(picture: str | Path, record: Mapping[str, Any]) -> bytes:
    """What NAME.json beside a picture holds: `record` after the versions and the picture's name.

    NumPy's scalars are written as Python's numbers.
    """
    file = Path(picture).name
    whole = {"tf_nst": VERSION, "versions": versions(), "file": file, **record}
    return (json.dumps(whole, indent=2, default=_python_number) + "\n").encode()


def _python_number(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"expected what JSON can hold, received {type(value).__name__}")
