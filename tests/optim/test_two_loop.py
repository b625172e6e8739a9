"""The two-loop recursion against the matrix that it stands for."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from lbfgs_samples import SIZE, START, as_pictures, as_row
from tolerances import assert_close

from tf_nst.optim.two_loop import Pairs, two_loop


def pairs_of(moves, changes, memory: int) -> Pairs:
    """[count, n] twice, oldest first, as they lie after that many pairs were learnt."""
    size = moves.shape[1]
    stores, curvatures = np.zeros([2, memory, size]), np.zeros(memory)
    for index, (move, change) in enumerate(zip(moves, changes, strict=True), start=1):
        stores[:, index % memory] = move, change
        curvatures[index % memory] = np.mean(move * change)
    newest = tf.constant([len(moves) % memory])
    both = [tf.constant(as_pictures(store)[None]) for store in stores]
    return Pairs(*both, tf.constant(curvatures[None]), newest)


def hessian(seed: int = 1) -> np.ndarray:
    directions, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal([SIZE, SIZE]))
    return (directions * np.geomspace(0.1, 10, SIZE)) @ directions.T


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_two_loop_is_the_inverse_bfgs_matrix_times_the_gradient(count, share):
    """Of the last four pairs, and of those values alone that are free."""
    generator = np.random.default_rng(count)
    moves = generator.standard_normal([count, SIZE])
    gradient, free = generator.standard_normal(SIZE), generator.random(SIZE) >= share
    pairs = pairs_of(moves, moves @ hessian(), 4)
    product, known = two_loop(
        pairs,
        tf.constant(as_pictures([gradient])),
        tf.constant(as_pictures([1.0 * free])),
        lambda picture: picture,
    )
    moves, changes = (part[-4:] * free for part in (moves, moves @ hessian()))
    expected = reference.inverse_bfgs(moves, changes, SIZE) @ (gradient * free)
    assert_close(as_row(product), expected, "float64")
    assert known == (count > 0)


def test_pairs_along_conjugate_directions_tell_the_whole_inverse():
    """As many as there are values (Nocedal and Wright 2006, theorem 6.4)."""
    values, directions = np.linalg.eigh(hessian())
    pairs = pairs_of(directions.T, directions.T * values[:, None], SIZE)
    gradient = as_pictures(START)
    product, _ = two_loop(
        pairs, tf.constant(gradient), tf.ones_like(gradient), lambda picture: picture
    )
    assert_close(as_row(product), np.linalg.solve(hessian(), START[0]), "float64")


def test_pairs_of_which_too_little_is_free_do_not_count():
    """A move of one value, which is not free."""
    move = np.eye(SIZE)[:1]
    free = 1.0 - move
    product, known = two_loop(
        pairs_of(move, 3 * move, 4),
        tf.constant(as_pictures(START)),
        tf.constant(as_pictures(free)),
        lambda picture: picture,
    )
    np.testing.assert_array_equal(as_row(product), START[0] * free[0])
    assert not known
