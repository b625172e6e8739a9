"""Checks of single values: each says which flag is wrong, what was expected, what was received."""

import math
import numbers

from tf_nst.errors import UserError


def check_choice(flag: str, value: str, choices: tuple[str, ...]) -> None:
    """Raises UserError unless the value is one of the choices."""
    if value not in choices:
        raise UserError(f"{flag}: expected one of {', '.join(choices)}, received {value!r}")


def check_number(flag: str, value: float, least: float) -> None:
    """Raises UserError unless the value is a finite number, `least` or more."""
    if not (is_finite(value) and value >= least):
        raise UserError(
            f"{flag}: expected a finite number of {least:g} or more, received {value!r}"
        )


def check_above_zero(flag: str, value: float) -> None:
    """Raises UserError unless the value is a finite number above 0."""
    if not (is_finite(value) and value > 0):
        raise UserError(f"{flag}: expected a finite number above 0, received {value!r}")


def check_share(flag: str, value: float) -> None:
    """Raises UserError unless the value is a number from 0 to below 1."""
    if not (is_finite(value) and 0 <= value < 1):
        raise UserError(f"{flag}: expected 0 or more and less than 1, received {value!r}")


def check_integer(flag: str, value: int, least: int, most: int) -> None:
    """Raises UserError unless the value is a whole number from `least` to `most`."""
    if not (is_whole(value) and least <= value <= most):
        raise UserError(
            f"{flag}: expected a whole number from {least} to {most}, received {value!r}"
        )


def is_whole(value: object) -> bool:
    """Whether the value is an integer, and no bool."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def is_finite(value: float) -> bool:
    """Whether the value is a finite real number, and no bool."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return number and math.isfinite(value)
