"""Gram matrices and distances of given features, as the terms of the loss measure them."""

import numpy as np
import tensorflow as tf

from tf_nst.objective.terms import Gram, MeanSquaredContent, means

# Channels of a matrix that a figure shows: the strongest of both pictures. More are a haze.
SHOWN = 32


def gram_of(features: np.ndarray) -> np.ndarray:
    """[h, w, C] -> the mean over positions of f f^T, [C, C] float32, as the style term has it."""
    return means(Gram("", 1.0).moments(tf.constant(features[None])))["gram"][0].numpy()


def gram_distance(matrix: np.ndarray, target: np.ndarray) -> float:
    """|G - A|^2 / |A|^2 of two matrices [C, C], as the style term measures it."""
    both = ({"gram": tf.constant(gram[None])} for gram in (matrix, target))
    return float(Gram("", 1.0).distance(*both)[0])


def content_distance(features: np.ndarray, target: np.ndarray) -> float:
    """|F - P|^2 / |P|^2 of two features [h, w, C], as the content term measures it."""
    term = MeanSquaredContent("", 1.0)
    both = (tf.constant(each[None]) for each in (features, target))
    return float(term.distance(means(term.moments(*both)))[0])


def differing_pairs(content: np.ndarray, style: np.ndarray, count: int) -> list[tuple[int, int]]:
    """The pairs of different channels whose entries of two matrices [C, C] differ most.

    No channel is in two of them, or one strong channel would be in all.
    """
    differences = np.triu(np.abs(content - style), k=1)
    pairs = []
    while len(pairs) < count and differences.max(initial=0.0) > 0:
        pair = tuple(map(int, np.unravel_index(differences.argmax(), differences.shape)))
        pairs.append(pair)
        differences[list(pair)] = 0
        differences[:, list(pair)] = 0
    return pairs


def shown_channels(content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """The SHOWN channels of largest mean square in both pictures, the strongest first."""
    shares = sum(np.diag(gram) / max(np.trace(gram), 1e-12) for gram in (content, style))
    return np.argsort(-shares, kind="stable")[:SHOWN]
