"""How long a run is: steps and scales, read and checked."""

from tf_nst.config.checks import check_integer, is_whole
from tf_nst.errors import UserError

MAX_STEPS = 1_000_000
MAX_SCALES = 32


def parse_steps(value: object) -> tuple[int, ...]:
    """Steps as a number, several of them, or text with commas, as a tuple.

    Raises:
      UserError: something else.
    """
    items = value.split(",") if isinstance(value, str) else value
    items = items if isinstance(items, list | tuple) else [items]
    try:
        whole = [int(item) if isinstance(item, str) else item for item in items]
    except ValueError:
        whole = []
    if not whole or not all(is_whole(item) for item in whole):
        raise UserError(
            f"--steps: expected a whole number, or one for each scale by commas, received {value!r}"
        )
    return tuple(int(item) for item in whole)


def check_steps(steps: tuple[int, ...], scales: int) -> None:
    """Raises UserError unless these are steps and a number of scales that go together."""
    check_integer("--scales", scales, 0, MAX_SCALES)
    if len(steps) > 1 and scales not in (0, len(steps)):
        raise UserError(
            f"--steps and --scales: expected as many steps as scales, received {len(steps)} and "
            f"{scales}"
        )
    for count in steps:
        check_integer("--steps", count, 0 if len(steps) > 1 else 1, MAX_STEPS)
    if len(steps) > MAX_SCALES or not any(steps):
        raise UserError(
            f"--steps: expected 1 to {MAX_SCALES} numbers, one of them above 0, received "
            f"{','.join(map(str, steps))}"
        )
