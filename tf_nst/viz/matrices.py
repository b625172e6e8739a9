"""Gram matrices and distances of features at hand, as the terms of the loss measure them."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.objective.statistics import STATISTICS

# Channels of a matrix that a figure shows: the strongest of both pictures. More are a haze.
SHOWN = 32


def gram_of(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """[h, w, C] -> the mean over positions of f f^T, [C, C] float32, as the style term has it."""
    statistic = STATISTICS["gram"]
    value = statistic.value(statistic.measure(tf.constant(features[None])))
    gram: NDArray[np.float32] = value["gram"][0].numpy()
    return gram


def gram_distance(matrix: NDArray[np.float32], target: NDArray[np.float32]) -> float:
    """|G - A|^2 / |A|^2 of two matrices [C, C], as the style term measures it."""
    both = ({"gram": tf.constant(it[None])} for it in (matrix, target))
    return float(STATISTICS["gram"].distance(*both)[0])


def content_distance(features: NDArray[np.float32], target: NDArray[np.float32]) -> float:
    """|F - P|^2 / |P|^2 of two features [h, w, C], as the content term measures it."""
    statistic = STATISTICS["mean_squared"]
    both = (tf.constant(it[None]) for it in (features, target))
    return float(statistic.distance(statistic.value(statistic.measure(*both)))[0])


def differing_pairs(
    content: NDArray[np.float32], style: NDArray[np.float32], count: int
) -> list[tuple[int, int]]:
    """The pairs of different channels whose entries of two matrices [C, C] differ most.

    No channel is in two of them: one strong channel would be in all.
    """
    differences = np.triu(np.abs(content - style), k=1)
    pairs: list[tuple[int, int]] = []
    while len(pairs) < count and differences.max(initial=0.0) > 0:
        place = np.unravel_index(differences.argmax(), differences.shape)
        pair = int(place[0]), int(place[1])
        pairs.append(pair)
        differences[list(pair)] = 0
        differences[:, list(pair)] = 0
    return pairs


def shown_channels(content: NDArray[np.float32], style: NDArray[np.float32]) -> NDArray[np.intp]:
    """The SHOWN channels of largest mean square in both pictures, the strongest first."""
    shares = sum(np.diag(it) / max(np.trace(it), 1e-12) for it in (content, style))
    return np.argsort(-shares, kind="stable")[:SHOWN]
