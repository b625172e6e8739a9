"""The kinds of failure that a user sees: one line each, and an exit code."""


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
