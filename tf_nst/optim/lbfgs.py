"""L-BFGS (Nocedal and Wright 2006, section 7.2) on pictures: one evaluation a step.

Inner products are means over values and gradients are the loss per unit of the mean pixel value,
so that every number here means the same at every size.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.ops.shapes import sizes
from tf_nst.optim.line_search import LineSearch, Point, Search, begin, gave_up, tolerant
from tf_nst.optim.optimizer import Optimizer, choose, per_mean_value, per_picture
from tf_nst.optim.precondition import Precondition, running_squares
from tf_nst.optim.two_loop import LEAST_COSINE, Pairs, two_loop

# Pairs kept by default.
MEMORY = 10
# The largest change of a pixel value in a move of rate 1: 40 grey levels. A quadratic model built
# from ten moves says nothing beyond.
LARGEST_MOVE = 40 / 255
# The same where no move has been learnt from, as at the start of every scale: a move of 40 levels
# from a picture that is half painted is a step lost (docs/notes/optimizer.md).
FIRST_MOVE = 16 / 255


class LbfgsState(NamedTuple):
    """Where the search stands.

    Attributes:
      point, gradient, direction: [B, H, W, 3], the last accepted picture, its gradient, and the
        direction that is searched.
      start: loss and slope at the point; the loss is infinite before the first evaluation.
      search: along the direction.
      pairs: the curvature known.
      squares: [B, H, W, 1], the running mean of the squared gradient.
      failures: [B] int32, searches in a row that found nothing better.
    """

    point: tf.Tensor
    gradient: tf.Tensor
    direction: tf.Tensor
    start: Point
    search: Search
    pairs: Pairs
    squares: tf.Tensor
    failures: tf.Tensor


def lbfgs(
    learning_rate: float,
    memory: int = MEMORY,
    line_search: LineSearch | None = None,
    precondition: Callable[[tf.Tensor], Precondition] | None = None,
) -> Optimizer:
    """L-BFGS with one evaluation a step.

    Args:
      learning_rate: the share of the quadratic model's move that is tried first.
      memory: pairs kept, 1 or more: 2 x memory pictures in float32.
      line_search: see tf_nst/optim/line_search.py; by default `tolerant()`.
      precondition: see tf_nst/optim/precondition.py; by default none, the textbook's L-BFGS.
    """
    search = line_search or tolerant(), learning_rate, precondition

    def init(image: tf.Tensor) -> LbfgsState:
        return lbfgs_init(image, empty_pairs(image, memory))

    def update(
        evaluation: Evaluation, image: tf.Tensor, state: LbfgsState
    ) -> tuple[tf.Tensor, LbfgsState]:
        gradient = per_mean_value(evaluation.gradient)
        return lbfgs_update(state, image, evaluation.loss, gradient, *search)

    # Begun anew at another size: resized pairs gave no lower loss (docs/notes/optimizer.md).
    return Optimizer(init, update, lambda state, image: init(image), lbfgs_failed)


def lbfgs_failed(state: LbfgsState) -> tf.Tensor:
    """[B]: after the second failed search in a row even the gradient itself leads nowhere."""
    return state.failures > 1


def lbfgs_init(image: tf.Tensor, pairs: Pairs) -> LbfgsState:
    """The state before the first evaluation, at `image` [B, H, W, 3]."""
    zeros = tf.zeros_like(image)
    start = Point(inner(zeros, zeros) + float("inf"), inner(zeros, zeros))
    failures = tf.zeros_like(start.loss, tf.int32)
    search = begin(start, 1.0)
    return LbfgsState(image, zeros, zeros, start, search, pairs, zeros[..., :1], failures)


def empty_pairs(image: tf.Tensor, memory: int) -> Pairs:
    """No curvature known, room for `memory` pairs."""
    batch, *picture = sizes(image)
    store = tf.zeros([batch, memory, *picture], image.dtype)
    return Pairs(store, store, tf.zeros([batch, memory], image.dtype), tf.zeros([batch], tf.int32))


def lbfgs_update(
    state: LbfgsState,
    image: tf.Tensor,
    loss: tf.Tensor,
    gradient: tf.Tensor,
    line_search: LineSearch,
    learning_rate: float,
    precondition: Callable[[tf.Tensor], Precondition] | None,
) -> tuple[tf.Tensor, LbfgsState]:
    """The next trial picture and the new state, after `image` was evaluated.

    Args:
      image: [B, H, W, 3] in 0..1, the trial.
      loss: [B].
      gradient: [B, H, W, 3], the loss per unit of the mean pixel value.
      learning_rate: the first rate of each search.
      precondition: running mean of the squared gradient [B, H, W, 1] -> the inverse Hessian before
        any pair is known; None: the identity.
    """
    inside = tf.cast((image > 0) & (image < 1), image.dtype)
    trial = Point(loss, inner(gradient, state.direction * inside))
    accepted, search = line_search(state.search, state.start, trial)
    accepted |= tf.math.is_inf(state.start.loss)
    accepted &= ~lbfgs_failed(state)
    failed = ~accepted & gave_up(search)
    pairs = _forget(_learn(state, image, gradient, accepted), failed)

    squares = running_squares(state.squares, gradient)
    point = choose(accepted, image, state.point)
    gradient = choose(accepted, gradient, state.gradient)
    estimate = precondition(squares) if precondition else lambda picture: picture
    direction = _direction(pairs, point, gradient, estimate)
    direction = choose(accepted | failed, direction, state.direction)
    start = Point(tf.where(accepted, loss, state.start.loss), inner(gradient, direction))
    anew = partial(tf.where, accepted | failed)
    search = tf.nest.map_structure(anew, begin(start, learning_rate), search)
    failures = tf.where(accepted, 0, state.failures + tf.cast(failed, tf.int32))
    updated = LbfgsState(point, gradient, direction, start, search, pairs, squares, failures)
    return _next_trial(updated), updated


def _next_trial(state: LbfgsState) -> tf.Tensor:
    """The picture at the search's rate; the point itself where the search has failed for good."""
    trial = state.point + per_picture(state.search.rate, state.point) * state.direction
    # Departure from the book: pixels stay in 0..1, the path is bent at the border.
    return choose(lbfgs_failed(state), state.point, tf.clip_by_value(trial, 0.0, 1.0))


def inner(one: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    """[B, ...] twice -> [B]: the mean of the products."""
    return tf.reduce_mean(one * other, axis=list(range(1, one.shape.rank)))


def _direction(
    pairs: Pairs, point: tf.Tensor, gradient: tf.Tensor, precondition: Precondition
) -> tf.Tensor:
    """Downhill within 0..1, no pixel moving further than LARGEST_MOVE at rate 1, or FIRST_MOVE.

    Values at the border that the gradient pushes outwards do not move and have no say (the
    two-metric projection of Bertsekas 1982, section 2).
    """
    outwards = ((point <= 0) & (gradient > 0)) | ((point >= 1) & (gradient < 0))
    free = tf.cast(~outwards, point.dtype)
    product, known = two_loop(pairs, gradient, free, precondition)
    direction = -product
    largest = tf.reduce_max(tf.abs(direction), axis=[1, 2, 3])
    largest_move, first_move = (
        tf.math.divide_no_nan(tf.constant(move, point.dtype), largest)
        for move in (LARGEST_MOVE, FIRST_MOVE)
    )
    scale = tf.where(known, tf.minimum(largest_move, 1.0), first_move)
    return direction * per_picture(scale, direction)


def _learn(state: LbfgsState, image: tf.Tensor, gradient: tf.Tensor, accepted: tf.Tensor) -> Pairs:
    """The pairs with the newest move, where it was accepted and its curvature is above 0."""
    pairs = state.pairs
    move, change = image - state.point, gradient - state.gradient
    curvature = inner(move, change)
    useful = accepted & tf.math.is_finite(state.start.loss)
    lengths = tf.sqrt(inner(move, move)) * tf.sqrt(inner(change, change))
    useful &= curvature > LEAST_COSINE * lengths
    memory = pairs.curvatures.shape[1]
    place = tf.where(useful, tf.math.floormod(pairs.newest + 1, memory), pairs.newest)
    where = tf.stack([tf.range(tf.size(place)), place], axis=1)
    old = _pair(pairs, place)
    new = (move, change, curvature)
    kept = [choose(useful, mine, other) for mine, other in zip(new, old, strict=True)]
    stores = (pairs.moves, pairs.changes, pairs.curvatures)
    moves, changes, curvatures = (
        tf.tensor_scatter_nd_update(store, where, value)
        for store, value in zip(stores, kept, strict=True)
    )
    return Pairs(moves, changes, curvatures, place)


def _forget(pairs: Pairs, which: tf.Tensor) -> Pairs:
    """No pairs for the pictures of `which` [B]."""
    return pairs._replace(
        curvatures=tf.where(which[:, None], tf.zeros_like(pairs.curvatures), pairs.curvatures)
    )


def _pair(pairs: Pairs, place: tf.Tensor) -> list[tf.Tensor]:
    """Move, change and curvature at `place` [B]."""
    return [tf.gather(store, place, axis=1, batch_dims=1) for store in pairs[:3]]
