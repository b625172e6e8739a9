"""Pictures of twelve values, where runs of L-BFGS begin and end, and the pairs that they keep."""

import numpy as np

from tf_nst.optim.two_loop import Pairs

SIZE = 12
GENERATOR = np.random.default_rng(0)
GOAL = GENERATOR.uniform(0.3, 0.7, SIZE)
START = GENERATOR.uniform(0.2, 0.8, [1, SIZE])


def as_pictures(rows) -> np.ndarray:
    """[..., n] -> [..., 1, n / 3, 3]."""
    rows = np.asarray(rows)
    return rows.reshape(*rows.shape[:-1], 1, rows.shape[-1] // 3, 3)


def as_row(picture) -> np.ndarray:
    """[1, 1, n / 3, 3] -> [n]."""
    return np.asarray(picture).ravel()


def kept(pairs: Pairs) -> tuple[list, list]:
    """Moves and changes [n] of one picture, oldest first."""
    memory, newest = pairs.curvatures.shape[1], int(pairs.newest[0])
    places = [(newest - back) % memory for back in reversed(range(memory))]
    places = [place for place in places if pairs.curvatures[0, place] > 0]
    return tuple(
        [as_row(store[0, place]) for place in places] for store in (pairs.moves, pairs.changes)
    )
