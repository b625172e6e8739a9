"""Sums over positions from which losses are made. Sums of two windows add up to the sum of both.

Every function returns a dictionary of float32 sums (float64 for float64 features) with the batch
as the first axis, and under "positions" the sum of the weights [B]: dividing by it gives means
that do not depend on the picture's size.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.ops.accelerators import wide_dtype
from tf_nst.ops.shapes import sides, sizes

# bfloat16 features are multiplied in so many parts, of so many positions at least. A part's product
# is summed in float32 and rounded to bfloat16; the parts are added in float32, so that their errors
# average out: a Gram matrix of 262,144 positions is off by 2e-4 (relative, Frobenius), in one part
# by 2e-3. Two cores with AMX once took 5 ms, in float32 25. float32 is taken where there are too
# few parts, and where products are cut off instead of rounded: such errors add up to 3e-3. Weights
# are rounded as features are; those of windows, 0 and 1, are exact.
MOST_CHUNKS = 64
LEAST_POSITIONS = 128
LEAST_CHUNKS = 4


def gram_sums(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """Sum over positions p of w(p) f(p) f(p)^T (Gatys et al. 2016, equation 3).

    Args:
      features: [B, h, w, C], any floating dtype, the network's own units.
      weights: [h, w] weight of each position, or None for ones.

    Returns:
      "gram" [B, C, C] and "positions" [B].
    """
    positions = position_count(features, weights)
    if features.dtype != tf.bfloat16 or not rounds_products():
        return {"gram": _gram(_rows(features), weights), "positions": positions}
    chunks = chunk_count(features)
    gram = _either(
        chunks >= LEAST_CHUNKS,
        lambda: _gram(_rows(features, tf.bfloat16), weights, chunks),
        lambda: _gram(_rows(features), weights),
    )
    return {"gram": gram, "positions": positions}


def moment_sums(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """The sums of `gram_sums` and of `mean_sums`. Args are those of `gram_sums`."""
    return {**gram_sums(features, weights), **mean_sums(features, weights)}


def mean_sums(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """The sum over positions of w f: "mean" [B, C], and "positions" [B].

    Args are those of `gram_sums`.
    """
    values = features
    if weights is not None:
        values *= tf.cast(weights, values.dtype)[None, :, :, None]
    rows = tf.cast(tf.reduce_sum(values, axis=2), sum_dtype(features))
    return {"mean": _over_rows(rows), "positions": position_count(features, weights)}


def cross_gram_sums(
    features: tf.Tensor, finer: tf.Tensor, weights: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Sum over positions p of w(p) f(p) g(p)^T, of two layers' features at the same positions.

    Args:
      features: [B, h, w, C], any floating dtype; finer: [B, h, w, D], the same.
      weights: [h, w] or None for ones.

    Returns:
      "gram" [B, C, D] and "positions" [B].
    """
    rows, finer_rows = _rows(features), _rows(finer)
    if weights is not None:
        rows *= _column(weights, rows.dtype)
    gram = tf.matmul(rows, finer_rows, transpose_a=True)
    return {"gram": gram, "positions": position_count(features, weights)}


@functools.cache
def rounds_products() -> bool:
    """Whether a product of bfloat16 matrices is rounded; without AVX512 TensorFlow cuts it off.

    The sum is 257.77, between the bfloat16 numbers 256 and 258.
    """
    with tf.init_scope():
        column = tf.constant([[1.0]] * 257 + [[0.875]], tf.bfloat16)
        return float(tf.matmul(column, column, transpose_a=True)[0, 0]) == 258.0


def chunk_count(features: tf.Tensor) -> int | tf.Tensor:
    """In how many equal parts the positions are multiplied; [] int32 where their number is not
    known before the function runs."""
    counts = np.arange(1, MOST_CHUNKS + 1, dtype=np.int32)
    height, width = sides(features)
    divides = _divides(counts, height * width)
    if isinstance(divides, np.ndarray):
        return int(counts[divides].max(initial=1))
    return tf.reduce_max(tf.where(divides, counts, 1))


def _divides(counts: NDArray[np.int32], positions: int | tf.Tensor) -> Any:
    """[counts] whether so many parts are equal, and none has less than LEAST_POSITIONS."""
    return (positions % counts == 0) & (counts * LEAST_POSITIONS <= positions)


def _either(
    condition: bool | tf.Tensor, one: Callable[[], tf.Tensor], other: Callable[[], tf.Tensor]
) -> tf.Tensor:
    """What one of two functions gives, chosen while tracing where the condition is known."""
    if isinstance(condition, bool):
        return one() if condition else other()
    return tf.cond(condition, one, other)


def _gram(rows: tf.Tensor, weights: tf.Tensor | None, chunks: int | tf.Tensor = 1) -> tf.Tensor:
    """[B, h * w, C] -> [B, C, C] in the dtype of sums.

    One product in the gradient where autodiff makes two: G = F^T W F, so dL/dF = W F (S + S^T) with
    S = dL/dG. That is the gradient of P + P^T where P = F^T stop(W F). The weights get none, and a
    second derivative would be wrong.
    """
    parts = tf.reshape(rows, [sizes(rows)[0], chunks, -1, rows.shape[-1]])
    weighted = parts
    if weights is not None:
        weighted *= tf.reshape(tf.cast(weights, rows.dtype), [1, chunks, -1, 1])
    products = tf.matmul(parts, tf.stop_gradient(weighted), transpose_a=True)
    gram = tf.reduce_sum(tf.cast(products, sum_dtype(parts)), axis=1)
    transposed = tf.linalg.matrix_transpose(gram)
    return gram + (transposed - tf.stop_gradient(transposed))


def mean_square_sums(features: tf.Tensor, weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
    """Sums over positions of w f and w f^2, per channel: raw moments, because those add up.

    Args:
      features: [B, h, w, C], any floating dtype.
      weights: [h, w] or None for ones.

    Returns:
      "mean" [B, C], "mean_square" [B, C] and "positions" [B], all of them sums.
    """
    values = tf.cast(features, sum_dtype(features))
    squares = tf.square(values)
    if weights is not None:
        shares = tf.cast(weights, values.dtype)[None, :, :, None]
        values, squares = values * shares, squares * shares
    return {
        "mean": _channel_totals(values),
        "mean_square": _channel_totals(squares),
        "positions": position_count(features, weights),
    }


def _channel_totals(values: tf.Tensor) -> tf.Tensor:
    """[B, h, w, C] -> [B, C]: each row in the dtype given, the rows' sums in `wide_dtype`.

    One running float32 sum over a million positions is off by 1e-5 of itself, and a variance, the
    difference of two such sums, by a tenth where the mean is a hundred deviations.
    """
    return _over_rows(tf.reduce_sum(values, axis=2))


def _over_rows(rows: tf.Tensor) -> tf.Tensor:
    """[B, h, C] -> [B, C], in `wide_dtype` on the way."""
    return tf.cast(tf.reduce_sum(tf.cast(rows, wide_dtype()), axis=1), rows.dtype)


def error_sums(
    features: tf.Tensor, reference: tf.Tensor, weights: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Sums over positions of w |f - r|^2 and w |r|^2, channels summed.

    Args:
      features: [B, h, w, C], any floating dtype.
      reference: [B or 1, h, w, C], what the features are compared with.
      weights: [h, w] or None for ones.

    Returns:
      "error" [B], "reference" [B] and "positions" [B].

    Raises:
      ValueError: the shapes differ in more than the batch.
    """
    if not features.shape[1:].is_compatible_with(reference.shape[1:]):
        raise ValueError(
            f"features and reference must have equal shapes after the batch, "
            f"got {features.shape} and {reference.shape}"
        )
    rows, reference_rows = _rows(features), _rows(reference)
    reference_rows = tf.broadcast_to(reference_rows, sizes(rows))
    return {
        "error": _weighted_total(tf.square(rows - reference_rows), weights),
        "reference": _weighted_total(tf.square(reference_rows), weights),
        "positions": position_count(features, weights),
    }


def _rows(features: tf.Tensor, dtype: tf.DType | None = None) -> tf.Tensor:
    """[B, h, w, C] -> [B, h * w, C] in `dtype`, or in that of the sums."""
    batch, _, _, channels = sizes(features)
    rows = tf.reshape(features, [batch, -1, channels])
    return tf.cast(rows, dtype or sum_dtype(features))


def sum_dtype(features: tf.Tensor) -> tf.DType:
    """float64 for float64 features, else float32: float16 overflows, bfloat16 is coarse."""
    return tf.float64 if features.dtype == tf.float64 else tf.float32


def _column(weights: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """[h, w] -> [1, h * w, 1]."""
    return tf.cast(tf.reshape(weights, [1, -1, 1]), dtype)


def position_count(features: tf.Tensor, weights: tf.Tensor | None) -> tf.Tensor:
    """The sum of the weights, [B]; the number of positions where there are no weights."""
    (batch, height, width, _), dtype = sizes(features), sum_dtype(features)
    if weights is not None and not features.shape[1:3].is_compatible_with(weights.shape):
        raise ValueError(
            f"weights must have the features' height and width {features.shape[1:3]}, "
            f"got {weights.shape}"
        )
    if weights is None:
        count = tf.cast(height, dtype) * tf.cast(width, dtype)
    else:
        count = tf.reduce_sum(tf.cast(weights, dtype))
    return tf.fill([batch], count)


def _weighted_total(rows: tf.Tensor, weights: tf.Tensor | None) -> tf.Tensor:
    """[B, h * w, C] -> [B]: the weighted sum over positions and channels."""
    if weights is not None:
        rows = rows * _column(weights, rows.dtype)
    return tf.reduce_sum(rows, axis=[1, 2])
