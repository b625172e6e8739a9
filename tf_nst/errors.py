"""The kinds of failure that a user sees: one line each, and an exit code."""

import difflib
from collections.abc import Iterable


class NstError(Exception):
    """A failure in one line: what is wrong with what, what was expected, what was received."""

    exit_code = 1


class UserError(NstError):
    """A failure that the user can mend in the command, a file or an argument."""

    exit_code = 2


class NothingToPaintError(UserError):
    """Masks keep all that is visible of a picture."""


class RunError(NstError):
    """A failure while running: a full disk, a broken download, a loss that is not finite."""


def nearest(
    name: str, known: Iterable[str], prefix: str = "", *, count: int = 3, likeness: float = 0.6
) -> str:
    """The end of a message on an unknown name, `; nearest: size, style_size`; or nothing.

    Args:
      name: what was received.
      known: the names that there are.
      prefix: before each of them in the message, such as `--`.
      count: of names in it, at most.
      likeness: 0 to 1, of a name that is listed; 0 lists those that are least unlike.
    """
    names = difflib.get_close_matches(name, sorted(known), n=count, cutoff=likeness)
    return f"; nearest: {', '.join(prefix + it for it in names)}" if names else ""
