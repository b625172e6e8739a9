"""What is written beside a picture: NAME.json, its record, and names that are not written over."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tf_nst.errors import UserError
from tf_nst.io.flag_file import MARK, settings_path
from tf_nst.io.state_file import is_state, state_path
from tf_nst.version import VERSION

_JSON_MARK = '{\n  "tf_nst": '


def record_path(picture: str | Path) -> Path:
    """NAME.json beside NAME.png."""
    return Path(picture).with_suffix(".json")


def preview_path(picture: str | Path) -> Path:
    """NAME.preview.png beside NAME.png."""
    path = Path(picture)
    return path.with_name(f"{path.stem}.preview{path.suffix}")


def check_sidecars(picture: str | Path, flag: str = "--output") -> None:
    """Refuses to write over a NAME.json or NAME.cfg that tf_nst did not write.

    Raises:
      UserError: there is such a file and its beginning is not that of tf_nst's files.
    """
    check_record(picture, flag)
    _check_written_here(picture, settings_path(picture), MARK, flag)


def check_record(picture: str | Path, flag: str = "--output") -> None:
    """Refuses to write over a NAME.json that tf_nst did not write. Raises as `check_sidecars`."""
    _check_written_here(picture, record_path(picture), _JSON_MARK, flag)


def check_state(picture: str | Path, flag: str = "--output") -> None:
    """Refuses to write over a NAME.state that tf_nst did not write. Raises as `check_sidecars`."""
    path = state_path(picture)
    if path.exists() and not is_state(path):
        raise _foreign(picture, path, flag)


def _check_written_here(picture: str | Path, path: Path, mark: str, flag: str) -> None:
    if path.exists() and not _begins_with(path, mark):
        raise _foreign(picture, path, flag)


def _foreign(picture: str | Path, path: Path, flag: str) -> UserError:
    return UserError(
        f"{flag}: {path} would be written beside {Path(picture).name}, but it exists and is not "
        "from tf_nst; expected another name for the picture"
    )


def _begins_with(path: Path, mark: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(len(mark)) == mark
    except (OSError, UnicodeDecodeError):
        return False


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that the pixels depend on."""
    packages = ("tensorflow", "keras", "numpy", "pillow")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def record_bytes(record: dict) -> bytes:
    """What NAME.json holds: `record` after the versions; NumPy's scalars as Python's numbers."""
    whole = {"tf_nst": VERSION, "versions": versions(), **record}
    return (json.dumps(whole, indent=2, default=_python_number) + "\n").encode()


def _python_number(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"expected what JSON can hold, received {type(value).__name__}")
