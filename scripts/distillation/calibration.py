"""Measured beforehand: the teacher's scales, the student's balance, the adapters' start."""

from collections.abc import Iterable
from typing import NamedTuple

import keras
import numpy as np

from distillation.networks import LAYERS, scaled
from tf_nst.model.hdf5 import Arrays

# Channels weaker than this, relative to their layer, are scaled as if they were this strong.
FLOOR = 0.1
# Channels of the student weaker than this, relative to their layer, are never active.
DEAD = 1e-3
# How much of second differences is left by `softened`; measured on the judged pairs.
SOFTENED = {"block1_conv1": 0.5, "block1_conv2": 0.7, "block2_conv1": 0.8, "block2_conv2": 0.8}


class Target(NamedTuple):
    """How one layer of the teacher is scaled.

    Attributes:
      scale: root mean square of all its features.
      deviations: [C] that of each channel, in units of `scale`, at least FLOOR.
    """

    scale: np.ndarray
    deviations: np.ndarray


class Calibration(NamedTuple):
    """What training starts from.

    Attributes:
      student: balanced arrays, features about 1.
      targets: layer -> Target.
      adapters: layer -> kernel [1, 1, student's channels, teacher's] and bias.
    """

    student: Arrays
    targets: dict[str, Target]
    adapters: dict[str, tuple[np.ndarray, np.ndarray]]


def calibrate(
    student: keras.Model,
    arrays: Arrays,
    teacher: keras.Model,
    images: Iterable[np.ndarray],
    *,
    balanced: bool,
) -> Calibration:
    """Runs both networks over `images`, batches as they are trained with.

    Args:
      student: built from `arrays`, every convolution an output.
      arrays: of the student.
      teacher: the large network, LAYERS its outputs.
      images: batches.
      balanced: whether to scale channels so that inner products are the teacher's (`balance`).
    """
    sums, squares = {}, {}
    for batch in images:
        found, wanted = student.predict_on_batch(batch), teacher.predict_on_batch(batch)
        for name, features in found.items():
            strengths = np.square(features, dtype=np.float32).mean((0, 1, 2))
            squares[name] = squares.get(name, 0.0) + strengths / len(images)
        for name in LAYERS:
            moments = _moments(*(_rows(features[name]) for features in (found, wanted)))
            sums[name] = sums.get(name, 0.0) + moments
    factors = {name: 1 / np.sqrt(item.mean() + 1e-12) for name, item in squares.items()}
    targets, adapters = {}, {}
    for name, moments in sums.items():
        moments /= moments[-1, -1]
        channels, factor = len(arrays[name][1]), None if balanced else factors[name]
        targets[name], factors[name], adapters[name] = _of_layer(moments, channels, factor)
    dead = {name: item < DEAD**2 * item.mean() for name, item in squares.items()}
    return Calibration(revived(scaled(arrays, factors), dead), targets, adapters)


def revived(arrays: Arrays, dead: dict[str, np.ndarray]) -> Arrays:
    """Gives channels that are never active small random kernels, and lets nothing look at them."""
    rng, result, below = np.random.default_rng(0), {}, np.zeros(3, bool)
    for name, (kernel, bias) in arrays.items():
        fresh = rng.standard_normal(kernel.shape) * 0.2 / np.sqrt(np.prod(kernel.shape[:3]))
        kernel = np.where(dead[name], fresh, kernel)
        kernel = np.where(below[:, None], 0, kernel).astype(np.float32)
        result[name] = (kernel, np.where(dead[name], 0, bias).astype(np.float32))
        below = dead[name]
    return result


def softened(arrays: Arrays) -> Arrays:
    """Arrays whose lowest kernels see less of the finest grain: SOFTENED of second differences.

    A kernel [3, 3] is a sum of products of a mean, a first and a second difference of three
    pixels; only the last of these sees an alternation of pixels without seeing a slope.
    """
    basis = np.array([[1, 1, 1], [-1, 0, 1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    result = dict(arrays)
    for name, share in SOFTENED.items():
        kernel, bias = arrays[name]
        shares = np.array([1, 1, share])
        parts = np.einsum("ai,bj,ijcd->abcd", basis, basis, kernel)
        parts *= (shares[:, None] * shares)[:, :, None, None]
        result[name] = (np.einsum("ai,bj,abcd->ijcd", basis, basis, parts).astype(np.float32), bias)
    return result


def _rows(features) -> np.ndarray:
    features = np.asarray(features, np.float32)
    return features.reshape(-1, features.shape[-1])


def _moments(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Sums of products of all columns: student's channels, teacher's channels, a one."""
    rows = np.concatenate([found, wanted, np.ones((len(found), 1), np.float32)], 1)
    return (rows.T @ rows).astype(np.float64)


def _of_layer(moments: np.ndarray, channels: int, factor: float | None):
    """Target, the student's factors [C] and the adapter from the means of products.

    The factors are `factor`, or, where it is None, those of `balance`.
    """
    strengths = np.diag(moments)[channels:-1]
    scale = np.sqrt(strengths.mean())
    deviations = np.maximum(np.sqrt(strengths) / scale, FLOOR)
    unit = np.concatenate([np.ones(channels), np.full(len(strengths), 1 / scale), [1.0]])
    moments = moments * unit[:, None] * unit
    factors = balance(moments, channels) if factor is None else np.full(channels, factor)
    unit = np.concatenate([factors, np.ones(len(strengths) + 1)])
    adapter = _regression(moments * unit[:, None] * unit, channels, deviations)
    target = Target(np.float32(scale), deviations.astype(np.float32))
    return target, factors.astype(np.float32), adapter


def balance(moments: np.ndarray, channels: int, rounds: int = 500) -> np.ndarray:
    """Factors [channels] with which the student's inner products come nearest to the teacher's.

    A Gram matrix's distance depends on the inner products of feature vectors alone. Those of the
    student are sum_j w_j s_j s_j' with w the squared factors, so that the nearest are a
    non-negative least-squares problem, solved by multiplicative updates (Lee and Seung 2001).

    Args:
      moments: means of products of [student's channels, teacher's channels, 1], uncentred.
    """
    means = moments[-1, :-1]
    square, linear = np.zeros((channels, channels)), np.zeros(channels)
    for products in (moments[:-1, :-1], moments[:-1, :-1] - np.outer(means, means)):
        own, cross = products[:channels, :channels], products[:channels, channels:]
        size = np.square(products[channels:, channels:]).sum()
        square += np.square(own) / size
        linear += np.square(cross).sum(1) / size
    typical = linear.sum() / square.sum()
    weights = np.full(channels, typical)
    for _ in range(rounds):
        weights *= linear / np.maximum(square @ weights, 1e-30)
    strengths = np.diag(moments)[:channels]
    least = 0.01 * np.mean(weights * strengths) / np.maximum(strengths, 1e-12)
    weak = strengths < DEAD**2 * strengths.mean()
    return np.sqrt(np.where(weak, typical, np.maximum(weights, least)))


def _regression(moments: np.ndarray, channels: int, deviations: np.ndarray):
    """Ridge regression of the teacher's scaled channels on the student's: kernel and bias."""
    index = np.r_[:channels, len(moments) - 1]
    own, cross = moments[np.ix_(index, index)], moments[index, channels:-1] / deviations
    own = own + 1e-3 * np.diag(own)[:channels].mean() * np.diag(np.r_[np.ones(channels), 0])
    solution = np.linalg.solve(own, cross).astype(np.float32)
    return solution[None, None, :-1], solution[-1]
