"""The sizes at which a picture is painted, one after the other: coarse to fine."""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config.lengths import MAX_STEPS
from tf_nst.errors import UserError

# The long side of the coarsest scale is about this: below, the deepest layers see the whole
# picture in a position or two.
COARSEST = 128
# The least short side of a scale, for the same reason.
LEAST_SIDE = 32
# By default a schedule has no more scales than leave each so many steps on average.
STEPS_PER_SCALE = 10


class Scale(NamedTuple):
    """Height and width in pixels, and the number of steps at this size."""

    height: int
    width: int
    steps: int


def plan_scales(
    height: int, width: int, steps: tuple[int, ...], count: int = 0
) -> tuple[Scale, ...]:
    """The scales of a picture of height x width pixels, each sqrt(2) times the one before.

    Args:
      steps: of each scale; or one number for all together: then three quarters of them are the last
        scale's and the others share the rest (docs/notes/optimizer.md says why).
      count: of scales; 0: as many as `steps` has numbers, or, where it is one number, as there are
        from a long side of COARSEST pixels on.

    Raises:
      UserError: more scales than the picture's size or the steps allow.
    """
    possible = _possible(min(height, width))
    _check_count(possible, f"{width}×{height} pixels", steps, count)
    count = len(steps) if len(steps) > 1 else count
    count = count or max(1, min(_default_count(height, width), steps[0] // STEPS_PER_SCALE))
    shares = _shares(count)
    each = steps if len(steps) > 1 else tuple(_spread(steps[0], count))
    return tuple(
        Scale(round(height * share), round(width * share), number)
        for share, number in zip(shares, each, strict=True)
    )


def fit_scales(
    height: int,
    width: int,
    count: int,
    seconds: float,
    expected: Callable[[tuple[Scale, ...]], float],
) -> tuple[Scale, ...]:
    """The scales of a picture of height x width pixels with the most steps that `seconds` allow.

    Args:
      count: of scales; 0: as many as leave each STEPS_PER_SCALE steps on average.
      seconds: until the picture is painted.
      expected: scales -> the seconds until they are painted.

    Raises:
      UserError: more scales than the picture's size allows, or not even a step for each fits.
    """

    def plan(number: int, steps: int) -> tuple[Scale, ...]:
        return plan_scales(height, width, (steps,), number)

    def fits(number: int, steps: int) -> bool:
        return expected(plan(number, steps)) <= seconds

    for number in (count,) if count else range(_default_count(height, width), 0, -1):
        least = number if count or number == 1 else number * STEPS_PER_SCALE
        if most := _most_steps(least, partial(fits, number)):
            return plan(number, most)
    sizes = f"{number} sizes up to {width}×{height} pixels" if number > 1 else f"{width}×{height}"
    needed = math.ceil(expected(plan(number, least)))
    raise UserError(
        f"--seconds: expected about {needed} or more for a step at {sizes}, received {seconds:g}"
    )


def _most_steps(least: int, fit: Callable[[int], bool]) -> int:
    """The most steps, from `least` to MAX_STEPS, that fit, as all fewer do; 0 where none do."""
    if not fit(least):
        return 0
    too_many = 2 * least
    while too_many <= MAX_STEPS and fit(too_many):
        least, too_many = too_many, 2 * too_many
    too_many = min(too_many, MAX_STEPS + 1)
    while too_many - least > 1:
        middle = (least + too_many) // 2
        least, too_many = (middle, too_many) if fit(middle) else (least, middle)
    return least


def _default_count(height: int, width: int) -> int:
    """As many scales as the size asks for and allows."""
    return max(1, min(_wanted(max(height, width)), _possible(min(height, width))))


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


def _wanted(long_side: int) -> int:
    """Scales from COARSEST on; a coarsest one that is nearly as large counts."""
    return 1 + _halvings(long_side / COARSEST, slack=0.1)


def _possible(short_side: int) -> int:
    """Scales of no less than LEAST_SIDE."""
    return 1 + _halvings(short_side / LEAST_SIDE)


def _halvings(ratio: float, slack: float = 0.0) -> int:
    """How often sqrt(2) goes into a ratio; 0 below 1. Missed by `slack` it still goes."""
    return max(0, math.floor(2 * math.log2(ratio) + slack)) if ratio > 0 else 0


class ScaleTables(NamedTuple):
    """`plan_scales` of every picture up to a bound, for a traced function to look up.

    Attributes:
      most: scales at the most.
      shares: [most] float64: what each scale's sides are of the last one's.
      wanted: [size + 1] int32, by the long side: scales that it asks for.
      possible: [size + 1] int32, by the short side: scales that it allows.
      steps: [most, steps + 1, most] int32, by scales less one and steps: those of each scale, from
        the coarsest on.
    """

    most: int
    shares: NDArray[np.float64]
    wanted: NDArray[np.int32]
    possible: NDArray[np.int32]
    steps: NDArray[np.int32]


def tabulate(size: int, steps: int) -> ScaleTables:
    """The tables up to a long side of `size` pixels and `steps` steps."""
    pixels = range(size + 1)
    wanted = [_wanted(side) for side in pixels]
    possible = [_possible(side) for side in pixels]
    most = max(1, min(wanted[-1], steps // STEPS_PER_SCALE))
    table = np.zeros((most, steps + 1, most), np.int32)
    for count in range(1, most + 1):
        for total in range(count, steps + 1):
            table[count - 1, total, :count] = _spread(total, count)
    sides = np.array(wanted, np.int32), np.array(possible, np.int32)
    return ScaleTables(most, np.array(_shares(most)), *sides, table)


def look_up_scales(
    tables: ScaleTables, height: tf.Tensor, width: tf.Tensor, steps: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Heights, widths and steps of the scales, [scales] int32 each, as `plan_scales` has them."""
    wanted = tf.gather(tables.wanted, tf.maximum(height, width))
    possible = tf.gather(tables.possible, tf.minimum(height, width))
    count = tf.minimum(tf.minimum(wanted, possible), steps // STEPS_PER_SCALE)
    count = tf.maximum(count, 1)
    shares = tf.constant(tables.shares, tf.float64)[tables.most - count :]
    scaled = (_rounded(shares * tf.cast(side, tf.float64)) for side in (height, width))
    return *scaled, tf.constant(tables.steps)[count - 1, steps, :count]


def _rounded(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.round(values), tf.int32)


def style_sides(
    height: int | tf.Tensor, width: int | tf.Tensor, share: float | tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The size of a style of height x width at a scale that is `share` of the picture, as int32.

    Both pictures shrink alike, so that strokes keep their size relative to the picture.
    """
    size = tf.cast(tf.stack([height, width]), tf.float64)
    share = tf.convert_to_tensor(share, tf.float64)
    share = tf.maximum(share, tf.minimum(LEAST_SIDE / tf.reduce_min(size), 1.0))
    small = tf.maximum(_rounded(share * size), 1)
    return small[0], small[1]


def _shares(count: int) -> list[float]:
    """What each scale's sides are of the last one's, from the coarsest on."""
    return [2 ** -(index / 2) for index in reversed(range(count))]


def _spread(steps: int, count: int) -> list[int]:
    """Whole numbers above 0 that add up to `steps`, about three quarters of them the last."""
    coarse = count - 1
    if not coarse:
        return [steps]
    each, more = divmod(max(coarse, steps // 4), coarse)
    coarser = [each + (index >= coarse - more) for index in range(coarse)]
    return [*coarser, steps - sum(coarser)]
