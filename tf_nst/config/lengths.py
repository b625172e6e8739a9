"""How long a run is: its steps, of all scales together or of each."""

from dataclasses import dataclass

from tf_nst.config.value_types import Integer, ValueType, is_integer, whole_or_text
from tf_nst.errors import UserError

MAX_STEPS = 1_000_000
MAX_SCALES = 32


@dataclass(frozen=True)
class Steps(ValueType):
    """Steps of all scales together, or of each separated by commas, where 0 leaves a scale out."""

    values = f"1 to {MAX_STEPS}, or one for each scale separated by commas"
    expected = "a whole number, or one for each scale separated by commas"

    def read(self, text: str, flag: str) -> int | str:
        return whole_or_text(text)

    def convert(self, value: object, flag: str) -> tuple[int, ...]:
        steps = _parse(value)
        if not steps:
            raise self.refusal(flag, value)
        for count in steps:
            Integer(0 if len(steps) > 1 else 1, MAX_STEPS).convert(count, flag)
        if len(steps) > MAX_SCALES or not any(steps):
            raise UserError(
                f"{flag}: expected 1 to {MAX_SCALES} numbers, one of them above 0, received "
                f"{self.plain(steps)}"
            )
        return steps


@dataclass(frozen=True)
class StepsOfOneScale(ValueType):
    """A single number of steps, in the form of `Steps`."""

    most: int = MAX_STEPS

    @property
    def values(self) -> str:
        return f"1 to {self.most}"

    @property
    def expected(self) -> str:
        return f"one number from {self.values}"

    def convert(self, value: object, flag: str) -> tuple[int, ...]:
        steps = _parse(value)
        if len(steps) != 1 or not 1 <= steps[0] <= self.most:
            raise self.refusal(flag, value)
        return steps


def _parse(value: object) -> tuple[int, ...]:
    """A number, several of them, or text with commas, as a tuple; empty for anything else."""
    items = value.split(",") if isinstance(value, str) else value
    items = items if isinstance(items, list | tuple) else [items]
    try:
        numbers = [int(item) if isinstance(item, str) else item for item in items]
    except ValueError:
        return ()
    steps = tuple(int(number) for number in numbers if is_integer(number))
    return steps if len(steps) == len(numbers) else ()
