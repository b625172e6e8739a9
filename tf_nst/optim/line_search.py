"""How far to go along a direction: one evaluation a call, for every picture of a batch apart.

A search is asked about the trial that was just evaluated. It accepts it, or names the next trial,
or gives up. The loss along the direction is f(rate), its slope f'(rate).
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

# Nocedal and Wright 2006, section 3.1: the usual constants of quasi-Newton methods.
SUFFICIENT_DECREASE = 1e-4
CURVATURE = 0.9
MOST_TRIALS = 12


class Point(NamedTuple):
    """The loss [B] at a place of the line and its slope [B], per unit of rate."""

    loss: tf.Tensor
    slope: tf.Tensor


class Search(NamedTuple):
    """A search that goes on; all [B].

    Attributes:
      rate: of the next trial.
      trials: made so far, int32.
      low: the best rate so far, with its loss and slope.
      high: a rate beyond which no good one needs to be sought; infinite while none is known.
    """

    rate: tf.Tensor
    trials: tf.Tensor
    low: tf.Tensor
    low_point: Point
    high: tf.Tensor
    high_loss: tf.Tensor


LineSearch = Callable[[Search, Point, Point], tuple[tf.Tensor, Search]]


def begin(start: Point, rate: float) -> Search:
    """The search from a place, whose first trial is `rate`."""
    like = tf.ones_like(start.loss)
    zeros = tf.zeros_like(start.loss)
    return Search(rate * like, tf.zeros_like(zeros, tf.int32), zeros, start, like / 0.0, like / 0.0)


def gave_up(search: Search) -> tf.Tensor:
    """[B]: whether all trials are used up."""
    return search.trials >= MOST_TRIALS


def tolerant(rise: float = 2e-3, shrink: float = 0.3) -> LineSearch:
    """Accepts a trial unless it raises the loss by more than `rise`, relative; else goes back.

    For a loss that is evaluated with noise, which strong Wolfe conditions take for a wall.
    """

    def search(state: Search, start: Point, trial: Point) -> tuple[tf.Tensor, Search]:
        accepted = trial.loss <= start.loss + rise * tf.abs(start.loss)
        return accepted, state._replace(rate=shrink * state.rate, trials=state.trials + 1)

    return search


def strong_wolfe(rounding: float = 1e-6) -> LineSearch:
    """Nocedal and Wright 2006, algorithms 3.5 and 3.6, with quadratic interpolation.

    Departure: losses count as equal within `rounding`, relative, or the search would never end
    where rounding hides the decrease (the approximate condition of Hager and Zhang 2005, section
    1). The last trial is the best rate so far, and needs no more than a lower loss.
    """

    def search(state: Search, start: Point, trial: Point) -> tuple[tf.Tensor, Search]:
        slack = rounding * tf.abs(start.loss)
        enough = trial.loss <= start.loss + SUFFICIENT_DECREASE * state.rate * start.slope + slack
        flat = tf.abs(trial.slope) <= -CURVATURE * start.slope
        trials = state.trials + 1
        last = (trials == MOST_TRIALS) & (trial.loss < start.loss)
        accepted = enough & (flat | last)
        too_far = ~enough | (trial.loss > state.low_point.loss + slack)
        # The minimum lies between the trial and the best rate if the slope at the trial points
        # back to it.
        turned = ~too_far & (trial.slope * _towards_high(state) >= 0)
        high = tf.where(too_far, state.rate, tf.where(turned, state.low, state.high))
        high_loss = tf.where(
            too_far, trial.loss, tf.where(turned, state.low_point.loss, state.high_loss)
        )
        low = tf.where(too_far, state.low, state.rate)
        low_point = Point(
            *(tf.where(too_far, *both) for both in zip(state.low_point, trial, strict=True))
        )
        narrowed = Search(state.rate, trials, low, low_point, high, high_loss)
        return accepted, narrowed._replace(rate=_next_rate(narrowed))

    return search


def _towards_high(search: Search) -> tf.Tensor:
    """The sign of the way from the best rate to the other end: 1 while there is none."""
    ones = tf.ones_like(search.low)
    return tf.where(search.high < search.low, -ones, ones)


def _next_rate(search: Search) -> tf.Tensor:
    """Where no end is known, twice as far; then inside; at last the best rate once more."""
    width = search.high - search.low
    bent = 2 * (search.high_loss - search.low_point.loss - search.low_point.slope * width)
    share = -search.low_point.slope * width / tf.where(bent > 0, bent, tf.ones_like(bent))
    share = tf.where(bent > 0, tf.clip_by_value(share, 0.1, 0.9), 0.5)
    inside = search.low + share * width
    rate = tf.where(tf.math.is_inf(search.high), 2 * search.rate, inside)
    last = search.trials == MOST_TRIALS - 1
    return tf.where(last & (search.low > 0), search.low, rate)
