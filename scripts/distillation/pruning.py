"""A student made of its teacher's own channels, each layer fitted by least squares."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from distillation.networks import INPUT_SCALE, scaled, used_layers
from tf_nst.model.hdf5 import Arrays
from tf_nst.model.networks import Network

CHUNK = 16  # pictures in one call of a convolution
POSITIONS = 60_000  # positions that a layer is fitted on
ROUNDS = 12  # of least squares, targets below 0 renewed after each
RIDGE = 1e-4  # relative to the mean square of the features


def pruned(
    network: Network,
    teacher: Arrays,
    small: Network,
    images: np.ndarray,
    *,
    seed: int = 0,
    report: Callable[[str], None] = lambda line: None,
) -> Arrays:
    """Kernels and biases of `small` whose channels imitate some of the teacher's.

    Args:
      network: the teacher's layer table.
      teacher: its arrays, the first kernel in units of pixel values.
      small: the same table with fewer channels.
      images: [N, h, w, 3] as `build` takes them.
      seed: of the positions that are fitted.
      report: called with a line for each layer.
    """
    rng, result = np.random.default_rng(seed), {}
    teacher = scaled(teacher, {}, INPUT_SCALE)
    theirs = own = images.astype(np.float16)
    counts = {layer.name: layer.channels for layer in small.layers}
    for layer in used_layers(network):
        if layer.kind == "pooling":
            theirs, own = _pooled(theirs), _pooled(own)
            continue
        plain = _convolved(theirs, *teacher[layer.name])
        theirs = np.maximum(plain, 0)
        kept = best_columns(_moments(theirs) * _importance(teacher, layer.name), counts[layer.name])
        places = _places(own.shape, POSITIONS, rng)
        wanted = plain[places][:, kept].astype(np.float32)
        kernel, bias, error = fitted(_patches(own, places), wanted)
        result[layer.name] = (kernel.reshape(3, 3, -1, len(kept)), bias)
        own = np.maximum(_convolved(own, *result[layer.name]), 0)
        report(f"{layer.name}: {len(kept)} channels, relative squared error {error:.3f}")
    return scaled(result, {}, 1 / INPUT_SCALE)


def best_columns(products: np.ndarray, count: int) -> np.ndarray:
    """The `count` channels from which all are best predicted, chosen one by one.

    Greedy column subset selection: each time the one that explains most of what is left.

    Args:
      products: [C, C] mean products of the channels, weighted by what each is worth.
    """
    left, kept = products.astype(np.float64), []
    for _ in range(count):
        diagonal = np.diag(left)
        possible = diagonal > 1e-9 * products.trace() / len(products)
        gain = np.where(possible, np.square(left).sum(0) / np.maximum(diagonal, 1e-30), -1.0)
        gain[kept] = -2.0
        best = int(np.argmax(gain))
        kept.append(best)
        if possible[best]:
            left = left - np.outer(left[:, best], left[best]) / diagonal[best]
    return np.sort(kept)


def fitted(rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The linear map whose rectified values come near to the rectified wanted ones.

    Where a wanted value is below 0 any value below 0 is as good: its target is the prediction
    itself, cut at 0, which is renewed after each solution.

    Args:
      rows: [N, D] features.
      wanted: [N, C] before the ReLU.

    Returns:
      [D, C], the biases [C], and the relative squared error after the ReLU.
    """
    mean = rows.mean(0)
    rows = rows - mean
    normal = (rows.T @ rows).astype(np.float64)
    normal += RIDGE * normal.trace() / len(normal) * np.eye(len(normal))
    inverse = np.linalg.inv(normal).astype(np.float32)
    target = wanted
    for _ in range(ROUNDS):
        kernel, bias = inverse @ (rows.T @ target), target.mean(0)
        found = rows @ kernel + bias
        target = np.where(wanted > 0, wanted, np.minimum(found, 0))
    rectified = np.maximum(wanted, 0)
    error = np.square(np.maximum(found, 0) - rectified).sum() / np.square(rectified).sum()
    return kernel, bias - mean @ kernel, float(error)


def _importance(teacher: Arrays, name: str) -> np.ndarray:
    """[C, C]: how much the next layer looks at each channel, as weights of products."""
    names = list(teacher)
    following = names.index(name) + 1
    if following == len(names):
        return np.ones(1)
    norms = np.sqrt(np.square(teacher[names[following]][0]).sum((0, 1, 3)))
    return np.outer(norms, norms)


def _moments(features: np.ndarray) -> np.ndarray:
    """Mean products of the channels of [N, h, w, C]."""
    rows = features.reshape(-1, features.shape[-1])
    parts = (part.astype(np.float32) for part in np.array_split(rows, -(-len(rows) // 65536)))
    return sum(part.T @ part for part in parts) / len(rows)


def _places(shape, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Random pictures, rows and columns."""
    total = int(np.prod(shape[:3]))
    return np.unravel_index(rng.choice(total, min(count, total), replace=False), shape[:3])


def _patches(features: np.ndarray, places: tuple[np.ndarray, ...]) -> np.ndarray:
    """[N, h, w, C] -> [places, 9 C] float32: the 3x3 neighbours of each, 0 beyond the border."""
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1), (0, 0)))
    picture, row, column = places
    parts = [padded[picture, row + i, column + j] for i in range(3) for j in range(3)]
    return np.concatenate(parts, axis=1).astype(np.float32)


def _convolved(features: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return _in_chunks(lambda part: ops.conv(part, kernel, padding="same") + bias, features)


def _pooled(features: np.ndarray) -> np.ndarray:
    return _in_chunks(lambda part: ops.max_pool(part, 2, 2, padding="valid"), features)


def _in_chunks(function: Callable, features: np.ndarray) -> np.ndarray:
    """float16 in and out, float32 within."""
    parts = (features[i : i + CHUNK].astype(np.float32) for i in range(0, len(features), CHUNK))
    return np.concatenate(
        [keras.ops.convert_to_numpy(function(part)).astype(np.float16) for part in parts]
    )
