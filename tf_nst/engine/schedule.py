"""The sizes at which a picture is painted, one after the other."""

from typing import NamedTuple


class Scale(NamedTuple):
    """Height and width in pixels, and the steps made at this size."""

    height: int
    width: int
    steps: int


def plan_scales(height: int, width: int, steps: int) -> tuple[Scale, ...]:
    """The scales of a picture of height x width pixels: the size itself with all the steps."""
    return (Scale(height, width, steps),)
