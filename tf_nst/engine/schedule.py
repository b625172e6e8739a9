"""The sizes at which a picture is painted, one after the other: coarse to fine."""

import itertools
import math
from typing import NamedTuple

from tf_nst.errors import UserError

# The long side of the coarsest scale is about this: below, the deepest layers see the whole
# picture in a position or two.
COARSEST = 128
# The least short side of a scale, for the same reason.
LEAST_SIDE = 32
# By itself a schedule has no more scales than leave each so many steps on average.
STEPS_PER_SCALE = 10


class Scale(NamedTuple):
    """Height and width in pixels, and the steps made at this size."""

    height: int
    width: int
    steps: int


def plan_scales(
    height: int, width: int, steps: tuple[int, ...], count: int = 0
) -> tuple[Scale, ...]:
    """The scales of a picture of height x width pixels, each sqrt(2) times the one before.

    Args:
      steps: of each scale; or one number for all together: then those of a scale fall with the
        square root of its side, since a step's time grows with the side's square.
      count: of scales; 0: as many as `steps` has numbers, or, where it is one number, as there are
        from a long side of COARSEST pixels on.

    Raises:
      UserError: more scales than the picture's size or the steps allow.
    """
    possible = 1 + _halvings(min(height, width) / LEAST_SIDE)
    _check_count(possible, f"{width}×{height} pixels", steps, count)
    count = len(steps) if len(steps) > 1 else count
    # A coarsest scale that is nearly as large as COARSEST counts.
    wanted = 1 + _halvings(max(height, width) / COARSEST, slack=0.1)
    count = count or max(1, min(wanted, possible, steps[0] // STEPS_PER_SCALE))
    shares = [2 ** -(index / 2) for index in reversed(range(count))]
    own = steps if len(steps) > 1 else _spread(steps[0], shares)
    return tuple(
        Scale(round(height * share), round(width * share), made)
        for share, made in zip(shares, own, strict=True)
    )


def _check_count(possible: int, size: str, steps: tuple[int, ...], count: int) -> None:
    if len(steps) > possible:
        raise UserError(
            f"--steps: expected one number, or those of at most {possible} scales, for {size}, "
            f"received {','.join(map(str, steps))}"
        )
    most = possible if len(steps) > 1 else min(possible, *steps)
    if count > most:
        raise UserError(
            f"--scales: expected at most {most} for {size} and {sum(steps)} steps, received {count}"
        )


def _halvings(ratio: float, slack: float = 0.0) -> int:
    """How often sqrt(2) goes into a ratio; 0 below 1. Missed by `slack` it still goes."""
    return max(0, math.floor(2 * math.log2(ratio) + slack))


def _spread(steps: int, shares: list[float]) -> list[int]:
    """Whole numbers above 0 that add up to `steps`, falling with the root of the shares."""
    weights = [share**-0.5 for share in shares]
    ends = [0]
    for index in range(len(weights)):
        end = round(steps * sum(weights[: index + 1]) / sum(weights))
        ends.append(min(max(end, ends[-1] + 1), steps - (len(weights) - 1 - index)))
    return [end - start for start, end in itertools.pairwise(ends)]
