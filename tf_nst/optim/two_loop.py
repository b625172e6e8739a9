"""The two-loop recursion of L-BFGS (Nocedal and Wright 2006, algorithm 7.4), on inner products.

The recursion only adds multiples of moves, changes and the gradient, so it is run on their inner
products, numbers, and the pictures are passed over a few times in all instead of a few times for
each pair (Chen et al. 2014, Large-scale L-BFGS using MapReduce, section 3). Both of its loops are
then a triangular system of as many unknowns as there are pairs. docs/notes/optimizer.md has the
times.
"""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.ops.shapes import sizes
from tf_nst.optim.precondition import Precondition

# The cosine of the angle between a move and the change of the gradient: below it is rounding.
# Whatever the loss is multiplied by, the angle is the same.
LEAST_COSINE = 1e-8


class Pairs(NamedTuple):
    """The last moves, and how the gradient changed with them.

    Attributes:
      moves, changes: [B, memory, H, W, 3].
      curvatures: [B, memory], their inner products, above 0; 0 in an empty place.
      newest: [B] int32, the place of the newest.
    """

    moves: tf.Tensor
    changes: tf.Tensor
    curvatures: tf.Tensor
    newest: tf.Tensor


class _Products(NamedTuple):
    """Inner products of the free values, newest pair first.

    Attributes:
      mixed: [B, memory, memory], of change i and move j; of a pair without curvature the
        identity's row and column.
      by_move: [B, memory], of the gradient with each move; 0 for such a pair.
      known: [B, memory], whether a pair has curvature.
    """

    mixed: tf.Tensor
    by_move: tf.Tensor
    known: tf.Tensor


def two_loop(
    pairs: Pairs, gradient: tf.Tensor, free: tf.Tensor, precondition: Precondition
) -> tuple[tf.Tensor, tf.Tensor]:
    """The inverse Hessian that the pairs give, times the gradient.

    The newest pair scales the rest, so that the preconditioner's own scale does not matter
    (equation 7.20, where it is the identity).

    Args:
      pairs: the curvature known.
      gradient: [B, H, W, 3].
      free: [B, H, W, 3], 1 for the values that may move, else 0. Of the pairs only these count, or
        the inverse would reckon with moves of the others that the border does not allow.
      precondition: [B, H, W, 3] -> the same; linear, symmetric and positive: the inverse Hessian
        before any pair is known.

    Returns:
      The product, without pairs the preconditioned gradient; and [B], whether there are pairs.
    """
    shape, free_rows = sizes(gradient), _rows(free, 1)

    def estimated(rows: tf.Tensor) -> tf.Tensor:
        return free_rows * _rows(precondition(tf.reshape(rows, shape)), 1)

    moves, changes = _rows(pairs.moves, 2), _rows(pairs.changes, 2) * free_rows[:, None]
    start, order = _rows(gradient, 1) * free_rows, _newest_first(pairs)
    products = _products(pairs.curvatures, moves, changes, start, order)
    shares = _shares(products)
    rest = start - _sum(changes, _ordered(shares, order))
    result = estimated(rest)
    result *= _scale(products, changes, order, estimated)[:, None]
    along = _ordered(tf.linalg.matvec(changes, result), order) / _count(start)
    gains = _ordered(_gains(products, shares, along), order)
    result = (result + _sum(moves, gains)) * free_rows
    return tf.reshape(result, shape), tf.reduce_any(products.known, axis=1)


def _rows(pictures: tf.Tensor, axes: int) -> tf.Tensor:
    """The first axes as they are, all others as one."""
    return tf.reshape(pictures, [*sizes(pictures)[:axes], -1])


def _sum(rows: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """[B, memory, values], [B, memory] -> [B, values]: the weighted sum of the pairs' rows."""
    return tf.squeeze(tf.matmul(weights[:, None], rows), 1)


def _newest_first(pairs: Pairs) -> tf.Tensor:
    """[B, memory]: the place of each pair, the newest first."""
    memory = pairs.curvatures.shape[1]
    return tf.math.floormod(pairs.newest[:, None] - tf.range(memory), memory)


def _ordered(table: tf.Tensor, order: tf.Tensor, axis: int = 1) -> tf.Tensor:
    """An axis of places, the newest pair first; or back: place p holds the (newest - p)th pair."""
    return tf.gather(table, order, axis=axis, batch_dims=1)


def _length(rows: tf.Tensor) -> tf.Tensor:
    """[..., values] -> [...]: the root of the mean of squares."""
    return tf.sqrt(tf.reduce_mean(tf.square(rows), axis=-1))


def _count(rows: tf.Tensor) -> tf.Tensor:
    """Values of a picture: every inner product here is a mean."""
    return tf.cast(sizes(rows)[1], rows.dtype)


def _products(
    curvatures: tf.Tensor,
    moves: tf.Tensor,
    changes: tf.Tensor,
    start: tf.Tensor,
    order: tf.Tensor,
) -> _Products:
    count = _count(start)
    mixed = tf.matmul(changes, moves, transpose_b=True) / count
    mixed = _ordered(_ordered(mixed, order, 1), order, 2)
    by_move = _ordered(tf.linalg.matvec(moves, start), order) / count
    lengths = _ordered(_length(moves) * _length(changes), order)
    known = (_ordered(curvatures, order) > 0) & (
        tf.linalg.diag_part(mixed) > LEAST_COSINE * lengths
    )
    alone = tf.eye(known.shape[1], dtype=mixed.dtype)
    mixed = tf.where(known[:, :, None] & known[:, None, :], mixed, alone)
    return _Products(mixed, tf.where(known, by_move, tf.zeros_like(by_move)), known)


def _shares(products: _Products) -> tf.Tensor:
    """What is taken of each change [B, memory]: the first loop, from the newest pair on.

    A round of the loop is a row of a triangular system: the shares of this pair and the newer ones,
    times their changes' inner products with this pair's move, make up the gradient's.
    """
    return _solve(products.mixed, products.by_move, adjoint=True)


def _gains(products: _Products, shares: tf.Tensor, by_change: tf.Tensor) -> tf.Tensor:
    """What is added of each move [B, memory]: the second loop, from the oldest pair on.

    `by_change` [B, memory] are the inner products of the changes with the result so far.
    """
    rest = tf.linalg.diag_part(products.mixed) * shares - by_change
    return _solve(products.mixed, tf.where(products.known, rest, tf.zeros_like(rest)))


def _solve(mixed: tf.Tensor, right: tf.Tensor, *, adjoint: bool = False) -> tf.Tensor:
    """[B, memory]: the solution of the upper triangle of `mixed`, or of its transpose."""
    columns = tf.linalg.triangular_solve(mixed, right[..., None], lower=False, adjoint=adjoint)
    return tf.squeeze(columns, -1)


def _scale(
    products: _Products, changes: tf.Tensor, order: tf.Tensor, estimated: Precondition
) -> tf.Tensor:
    """[B]: what makes the estimate exact along the newest pair with curvature; else 1."""
    first = tf.argmax(tf.cast(products.known, tf.int32), axis=1, output_type=tf.int32)
    place = tf.gather(order, first, axis=1, batch_dims=1)
    change = tf.gather(changes, place, axis=1, batch_dims=1)
    square = tf.reduce_mean(change * estimated(change), axis=1)
    curvature = tf.gather(tf.linalg.diag_part(products.mixed), first, axis=1, batch_dims=1)
    some = tf.reduce_any(products.known, axis=1) & (square > 0)
    return tf.where(some, curvature / tf.where(some, square, tf.ones_like(square)), 1.0)
