"""Gram matrices and distances of features at hand, as the terms of the loss measure them."""

import numpy as np
import tensorflow as tf

from tf_nst.objective.statistics import STATISTICS

# Channels of a matrix that a figure shows: the strongest of both pictures. More are a haze.
SHOWN = 32


def gram_of(features: np.ndarray) -> np.ndarray:
    """[h, w, C] -> the mean over positions of f f^T, [C, C] float32, as the style term has it."""
    statistic = STATISTICS["gram"]
    return statistic.value(statistic.measure(tf.constant(features[None])))["gram"][0].numpy()


def gram_distance(matrix: np.ndarray, target: np.ndarray) -> float:
    """|G - A|^2 / |A|^2 of two matrices [C, C], as the style term measures it."""
    both = ({"gram": tf.constant(it[None])} for it in (matrix, target))
    return float(STATISTICS["gram"].distance(*both)[0])


def content_distance(features: np.ndarray, target: np.ndarray) -> float:
    """|F - P|^2 / |P|^2 of two features [h, w, C], as the content term measures it."""
    statistic = STATISTICS["mean_squared"]
    both = (tf.constant(it[None]) for it in (features, target))
    return float(statistic.distance(statistic.value(statistic.measure(*both)))[0])


def differing_pairs(content: np.ndarray, style: np.ndarray, count: int) -> list[tuple[int, int]]:
    """The pairs of different channels whose entries of two matrices [C, C] differ most.

    No channel is in two of them: one strong channel would be in all.
    """
    differences = np.triu(np.abs(content - style), k=1)
    found = []
    while len(found) < count and differences.max(initial=0.0) > 0:
        pair = tuple(int(it) for it in np.unravel_index(differences.argmax(), differences.shape))
        found.append(pair)
        differences[list(pair)] = 0
        differences[:, list(pair)] = 0
    return found


def shown_channels(content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """The SHOWN channels of largest mean square in both pictures, the strongest first."""
    shares = sum(np.diag(it) / max(np.trace(it), 1e-12) for it in (content, style))
    return np.argsort(-shares, kind="stable")[:SHOWN]
