"""Roots of covariances, for the Wasserstein-2 distance of Gaussians.

tr (B^1/2 A B^1/2)^1/2 is wanted, and its gradient to A. With any R for which R R^T = B the matrix
M = R^T A R has the same eigenvalues above 0, so that R may leave out what B has no extent in. The
gradient is R f'(M) R^T where the trace is that of f(M): no eigenvector is differentiated, and equal
eigenvalues do no harm. f(w) = w / (w + floor)^1/2 is the square root but where it is so small that
rounding has eaten it; its slope stays finite at 0.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_nst.ops.accelerators import decomposes

# The floor, in units of the largest deviation of B and of the root of the dtype's precision: the
# eigenvalues of a product of three matrices are known to the precision times the largest of them,
# so their roots to the root of it. With less, rounding of the moments by 1e-7 would move gradients
# in deep layers of VGG19 by 3e-4 of themselves, now by 5e-5. Products err by the root's inverse,
# and where A has fewer positions than channels all the gradient is at stake: with 8 for 16, that of
# 16 positions of 512 channels is off by half of itself, now by 3 %; that of 9 positions against a
# target of full rank is wrong by products with either. Beside float64, at 192 pixels, decomposed
# distances are off by up to 0.7 %, gradients by up to 6 %, all of it in directions of hardly any
# extent. Near the target the floor outweighs the distance: docs/performance.md, "On a GPU".
DECOMPOSED, MULTIPLIED = 2.0, 16.0
# a, b of x (a - b x^2). The first doubles what is small and keeps 0.8 to 1 there; four of the
# second bring that to 1.
DOUBLING, ENDING = (2.0, 1.2), (1.5, 0.5)
SIGN_DOUBLINGS, ROOT_DOUBLINGS = 20, 9
# What may be left of an eigenvalue below 0, in units of the precision of the norm of its matrix.
REMAINDER = 8.0


def covariance_root(covariance: tf.Tensor) -> tf.Tensor:
    """R with R R^T = covariance, columns from the longest on, zeros where there is no extent.

    Args:
      covariance: [B, C, C] float32 or float64, symmetric; eigenvalues below 0 are rounding's.

    Returns:
      [B, C, C], the same dtype.
    """
    values, vectors = _eigen(covariance)
    values, vectors = values[:, ::-1], vectors[:, :, ::-1]
    extent = values > _precision(values) * values[:, :1] * values.shape[-1]
    lengths = tf.where(extent, tf.sqrt(tf.where(extent, values, 1.0)), 0.0)
    return vectors * lengths[:, None]


def root_trace(covariance: tf.Tensor, root: tf.Tensor) -> tf.Tensor:
    """tr (R^T A R)^1/2, with its gradient to A (Olkin and Pukelsheim 1982).

    Args:
      covariance: A, [B, C, C] float32 or float64, symmetric.
      root: R, [B or 1, C, C], see `covariance_root`; no gradient goes to it.

    Returns:
      [B], the same dtype.
    """
    root = tf.stop_gradient(root)
    if decomposes():
        by, room, root = _by_decomposition, DECOMPOSED, root[:, :, : _rank(root)]
    else:
        by, room = _by_products, MULTIPLIED
    between = tf.matmul(root, tf.matmul(tf.stop_gradient(covariance), root), transpose_a=True)
    trace, slope = by(_symmetric(between), _floor(root, room))
    gradient = tf.matmul(root, tf.matmul(slope, root, transpose_b=True))
    linear = tf.reduce_sum(tf.stop_gradient(gradient) * covariance, [1, 2])
    return linear + tf.stop_gradient(trace - linear)


def _symmetric(matrix: tf.Tensor) -> tf.Tensor:
    return (matrix + tf.linalg.matrix_transpose(matrix)) / 2


def _floor(root: tf.Tensor, room: float) -> tf.Tensor:
    """[B, 1]: what is added to the eigenvalues; above 0, whatever B is."""
    largest = tf.reduce_sum(tf.square(root[:, :, 0]), -1, keepdims=True)
    least = np.finfo(root.dtype.as_numpy_dtype).tiny ** 0.5
    return tf.maximum(room**2 * _precision(root) * tf.square(largest), least)


def _precision(tensor: tf.Tensor) -> float:
    return float(np.finfo(tensor.dtype.as_numpy_dtype).eps)


def _rank(root: tf.Tensor) -> tf.Tensor:
    """[] int32: the columns that are not zero, 1 at least; decomposing fewer is much quicker."""
    columns = tf.reduce_any(root != 0, axis=[0, 1])
    return tf.maximum(tf.reduce_sum(tf.cast(columns, tf.int32)), 1)


def _eigen(matrix: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Eigenvalues, ascending, and vectors; those of 0 where the matrix is not finite.

    TensorFlow's decomposition of NaN is an error, where a loss of NaN is wanted.
    """
    finite = tf.reduce_all(tf.math.is_finite(matrix), [1, 2], keepdims=True)
    values, vectors = tf.linalg.eigh(tf.where(finite, matrix, 0.0))
    return values, vectors


def _by_decomposition(matrix: tf.Tensor, floor: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """tr f(M) [B] and f'(M) [B, r, r] of M [B, r, r]; floor [B, 1]."""
    values, vectors = _eigen(matrix)
    values = tf.maximum(values, 0.0)
    inverse = tf.math.rsqrt(values + floor)
    slopes = inverse - values * inverse**3 / 2
    slope = tf.matmul(vectors * slopes[:, None], vectors, transpose_b=True)
    return tf.reduce_sum(values * inverse, -1), slope


def _by_products(matrix: tf.Tensor, floor: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """As `_by_decomposition`, by the coupled iteration of Newton and Schulz (Higham 2008,
    chapter 6, for matrices of norm below 1), which diverges at eigenvalues below 0."""
    size = tf.norm(matrix, axis=[1, 2], keepdims=True)
    room = tf.maximum(floor[:, :, None], REMAINDER * _precision(matrix) * size)
    matrix = _positive_part(matrix)
    raised = _raised(matrix, room)
    size = tf.norm(raised, axis=[1, 2], keepdims=True)

    def refined(
        linear: tf.Tensor, cubic: tf.Tensor, root: tf.Tensor, inverse: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        near_unit = tf.matmul(inverse, root)
        return (
            linear * root - cubic * tf.matmul(root, near_unit),
            linear * inverse - cubic * tf.matmul(near_unit, inverse),
        )

    # From the identity as the inverse: its first step and, times that, the root's.
    linear, cubic = DOUBLING
    root = raised / size
    step = _raised(-cubic * root, linear)
    _, inverse = _repeated(refined, ROOT_DOUBLINGS - 1, tf.matmul(root, step), step)
    inverse /= tf.sqrt(size)
    product = tf.matmul(matrix, inverse)
    slope = inverse - tf.matmul(tf.matmul(product, inverse), inverse) / 2
    return tf.linalg.trace(product), _symmetric(slope)


def _raised(matrix: tf.Tensor, by: tf.Tensor | float) -> tf.Tensor:
    """M [B, r, r] plus `by` [B, 1, 1] times the identity, which needs no constant of its size."""
    by = tf.reshape(tf.convert_to_tensor(by, matrix.dtype), [-1, 1])
    return tf.linalg.set_diag(matrix, tf.linalg.diag_part(matrix) + by)


def _positive_part(matrix: tf.Tensor) -> tf.Tensor:
    """M [B, r, r] without its eigenvalues below 0: (M + M sign M) / 2."""
    size = tf.norm(matrix, axis=[1, 2], keepdims=True)

    def refined(linear: tf.Tensor, cubic: tf.Tensor, sign: tf.Tensor) -> tuple[tf.Tensor]:
        return (linear * sign - cubic * tf.matmul(sign, tf.matmul(sign, sign)),)

    (sign,) = _repeated(refined, SIGN_DOUBLINGS, tf.where(size > 0, matrix / size, 0.0))
    return _symmetric(matrix + tf.matmul(matrix, sign)) / 2


def _repeated(
    refined: Callable[..., tuple[tf.Tensor, ...]], doublings: int, *matrices: tf.Tensor
) -> tuple[tf.Tensor, ...]:
    """The matrices after rounds of x (a - b x^2), which bring x of 2^-doublings to 1.

    A loop, of which no gradient is taken. Unrolled, with an identity for each product, the rounds
    for five layers of VGG19 were 435 products and 90 MB of constants in the compiled program.

    Args:
      refined: a, b, [] of the matrices' dtype, and the matrices -> the matrices one round later.
    """
    rounds = [DOUBLING] * doublings + [ENDING] * 4
    linear, cubic = tf.unstack(tf.constant(rounds, matrices[0].dtype), axis=1)
    _, *matrices = tf.while_loop(
        lambda index, *_: index < len(rounds),
        lambda index, *matrices: (index + 1, *refined(linear[index], cubic[index], *matrices)),
        (tf.constant(0), *matrices),
        parallel_iterations=1,
    )
    return tuple(matrices)
