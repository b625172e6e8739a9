"""Runs that an earlier studio left: their states lie in the folder of the history."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.config.paths import split_paths
from tf_nst.errors import UserError
from tf_nst.io.locking import is_in_use
from tf_nst.io.state_file import is_state, read_description
from tf_nst.studio.history import SOURCES, STUDIO
from tf_nst.studio.settings import flags_of

_SOURCE = re.compile(rf"\./{SOURCES}/[0-9a-f]{{16}}\.[a-z0-9]+")
_PATHS = ("content", "style", "mask", "keep", "init")
MESSAGE = "an earlier studio ended while this was painted"


class Unfinished(NamedTuple):
    """A run that can go on.

    Attributes:
      name: of its files.
      request, arguments: as `Run` has them.
      state: the file from which it goes on.
      step: at which it is.
    """

    name: str
    request: dict[str, Any]
    arguments: dict[str, str]
    state: Path
    step: int


def unfinished_runs(folder: Path) -> list[Unfinished]:
    """Those of a folder, the oldest first; left out is a state that is damaged, another program's,
    or of a run that another studio paints now."""
    paths = (path for path in sorted(folder.glob("*.state")) if is_state(path))
    paths = (path for path in paths if not is_in_use(path))
    return [run for run in map(_unfinished, paths) if run is not None]


def _unfinished(path: Path) -> Unfinished | None:
    try:
        description = read_description(path)
        about = description[STUDIO]
        request, arguments = dict(about["request"]), dict(about["arguments"])
        step = int(description["step"])
        str(request["name"])
        _check(arguments, path.parent)
    except (UserError, LookupError, TypeError, ValueError):
        return None
    return Unfinished(path.stem, request, arguments, path, step)


def _check(arguments: dict[str, str], folder: Path) -> None:
    """A state may be anyone's: it says no more than the studio does, of pictures that are there.

    Raises:
      UserError, LookupError, TypeError, ValueError: it does.
    """
    for name in {"content", "style", *_PATHS} & {"content", "style", *arguments}:
        for source in split_paths(arguments[name]):
            if not (_SOURCE.fullmatch(source) and (folder / source).is_file()):
                raise UserError(f"--{name}: expected a picture of {SOURCES}, received {source!r}")
    int(arguments.get("scales", 1))
    flags_of({name: it for name, it in arguments.items() if name not in (*_PATHS, "scales")})
