"""Runs that an earlier studio left: their states lie in the folder of the history."""

from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.errors import UserError
from tf_nst.io.locking import is_in_use
from tf_nst.io.state_file import is_state, read_description
from tf_nst.studio.history import STUDIO
from tf_nst.studio.sources import check_arguments
from tf_nst.version import VERSION

MESSAGE = "an earlier studio ended while this was painted"
OTHER_VERSION = (
    "a studio of another version of tf_nst ended while this was painted: it can only begin again"
)


class Unfinished(NamedTuple):
    """A run that can go on, or begin.

    Attributes:
      name: of its files.
      names: of the photograph and of the paintings, for people.
      request, arguments: as `Run` has them.
      state: the file from which it goes on; None: it begins.
      step: at which it is.
      message: what became of it; empty: it has not begun.
    """

    name: str
    names: list[str]
    request: dict[str, Any]
    arguments: dict[str, str]
    state: Path | None = None
    step: int = 0
    message: str = ""


def unfinished_runs(folder: Path) -> list[Unfinished]:
    """Those of a folder, the oldest first; left out is a state that is damaged, another program's,
    or of a run that another studio paints now."""
    paths = (path for path in sorted(folder.glob("*.state")) if is_state(path))
    paths = (path for path in paths if not is_in_use(path))
    return [run for run in map(_of_state, paths) if run is not None]


def _of_state(path: Path) -> Unfinished | None:
    try:
        description = read_description(path)
        about, step = description[STUDIO], int(description["step"])
        is_ours = description["version"] == VERSION
    except (UserError, LookupError, TypeError, ValueError):
        return None
    left = unfinished_of(path, about)
    if left is None or not is_ours:
        return left and left._replace(message=OTHER_VERSION)
    return left._replace(state=path, step=step, message=MESSAGE)


def unfinished_of(path: Path, about: Any) -> Unfinished | None:
    """The run of a file in the folder of the history, from its {"request": .., "arguments": ..};
    None where these are anything else, or its pictures are gone."""
    try:
        request, arguments = (dict(about[name]) for name in ("request", "arguments"))
        dict(request["settings"])
        names = [str(name) for name in (request["name"], *request.get("style_names", []))]
        check_arguments(arguments, path.parent)
    except (UserError, LookupError, TypeError, ValueError):
        return None
    return Unfinished(path.stem, names, request, arguments)
