"""Builds tf_nst/model/data/, the networks in the box, one byte a weight:

python scripts/bundle_weights.py --source=vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5

Each layer's weights become codes into a table of 256 numbers, by one-dimensional k-means. An .npz
of such codes is taken as it is, so that the same numbers give the same file, byte for byte.
"""

import hashlib
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from absl import app, flags

from tf_nst.errors import UserError
from tf_nst.model.bundled import BUNDLED, decode_codebook
from tf_nst.model.hdf5 import Arrays, convolutions, kernel_shape, read_arrays
from tf_nst.model.networks import Network

SOURCE = flags.DEFINE_string("source", None, "Keras' .h5 file, or an .npz of codes")
WORD = flags.DEFINE_enum("word", "imagenet", list(BUNDLED), "whose row of BUNDLED has the layers")
OUTPUT = flags.DEFINE_string("output", "", "file to write; by default the one in tf_nst/model/data")

LEVELS = 256
# ImageNet's layers are at rest after 300 rounds at most.
MOST_ROUNDS = 1000
DATA = Path(__file__).resolve().parents[1] / "tf_nst" / "model" / "data"


def main(argv):
    """Writes the file and prints what belongs into BUNDLED, and each layer's error."""
    if SOURCE.value is None or argv[1:]:
        sys.exit("expected --source=FILE and other flags only")
    row = BUNDLED[WORD.value]
    output = Path(OUTPUT.value or DATA / row.name)
    try:
        coded = bundle(SOURCE.value, row.network)
    except UserError as error:
        sys.exit(f"--source: {error}")
    try:
        with open(output, "wb") as file:
            np.savez(file, **coded)
    except OSError as error:
        sys.exit(f"--output: {output} cannot be written ({error.strerror})")
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
    print(f"sha256 {hashlib.sha256(output.read_bytes()).hexdigest()}")


def bundle(source: str, network: Network) -> dict[str, np.ndarray]:
    """The arrays of the file by name, for all convolutions of `network`.

    Raises:
      UserError: a source that does not hold them.
    """
    if source.endswith(".npz"):
        return read_codes(source, network)
    arrays = read_arrays(source, network, network.layers)
    coded = encode(arrays)
    for layer, (kernel, _) in arrays.items():
        error = np.sqrt(np.mean((decode_codebook(coded, layer)[0] - kernel) ** 2))
        print(f"{layer}: error {error / np.sqrt(np.mean(kernel**2)):.2%} of the weights' rms")
    return coded


def encode(arrays: Arrays) -> dict[str, np.ndarray]:
    """`LAYER_codes` uint8 [3, 3, in, out], `LAYER_codebook` float32 [256], `LAYER_bias` [out]."""
    coded = {}
    for layer, (kernel, bias) in arrays.items():
        codebook = fit_codebook(kernel)
        coded[f"{layer}_codes"] = nearest(codebook, kernel)
        coded[f"{layer}_codebook"] = codebook
        coded[f"{layer}_bias"] = bias
    return coded


def fit_codebook(values: np.ndarray) -> np.ndarray:
    """The LEVELS numbers, ascending float32, whose nearest are closest to `values` (Lloyd 1982)."""
    ordered = np.sort(values, axis=None).astype(np.float64)
    distinct = np.unique(ordered)
    if len(distinct) <= LEVELS:
        return np.pad(distinct, (0, LEVELS - len(distinct)), mode="edge").astype(np.float32)
    levels = _first_levels(ordered)
    for _ in range(MOST_ROUNDS):
        levels, previous = _means_of_cells(ordered, levels), levels
        if np.array_equal(levels, previous):
            break
    return levels.astype(np.float32)


def _first_levels(ordered: np.ndarray) -> np.ndarray:
    """Levels as dense as the values to the power of 1/3, the best of many (Panter and Dite 1951).

    Values are as dense as the gaps between them are narrow.
    """
    share = np.concatenate([[0.0], np.cumsum(np.diff(ordered) ** (2 / 3))])
    return np.interp((np.arange(LEVELS) + 0.5) / LEVELS * share[-1], share, ordered)


def _means_of_cells(ordered: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The mean of the values nearest to each level; one without any moves to the worst cell."""
    starts = np.concatenate([[0], np.searchsorted(ordered, _midpoints(levels))])
    filled = np.unique(starts[starts < len(ordered)])
    counts = np.diff(filled, append=len(ordered))
    means = np.add.reduceat(ordered, filled) / counts
    errors = np.add.reduceat((ordered - np.repeat(means, counts)) ** 2, filled)
    empty = LEVELS - len(means)
    for cell in np.argsort(errors)[len(errors) - empty :]:
        means = np.append(means, ordered[filled[cell]])
    return np.sort(means)


def nearest(codebook: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The codes uint8, shaped as `values`, of the nearest numbers in an ascending codebook."""
    return np.searchsorted(_midpoints(codebook.astype(np.float64)), values).astype(np.uint8)


def _midpoints(levels: np.ndarray) -> np.ndarray:
    return (levels[1:] + levels[:-1]) / 2


def read_codes(path: str, network: Network) -> dict[str, np.ndarray]:
    """The arrays of an .npz of codes, in the order of the layers.

    Raises:
      UserError: no .npz, or an array that is missing or of another shape or type.
    """
    try:
        with np.load(path) as file:
            return _checked_codes(path, file, network)
    except (OSError, EOFError, TypeError, ValueError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"expected an .npz of codes, received {path} ({reason})") from error


def _checked_codes(path: str, file: Mapping[str, np.ndarray], network: Network) -> dict:
    coded = {}
    for layer in convolutions(network.layers):
        for part, shape, dtype in (
            ("codes", kernel_shape(layer), np.uint8),
            ("codebook", (LEVELS,), np.float32),
            ("bias", (layer.channels,), np.float32),
        ):
            name = f"{layer.name}_{part}"
            if name not in file:
                raise UserError(f"expected {name} in {path}, received a file without it")
            coded[name] = file[name]
            if (coded[name].shape, coded[name].dtype) != (shape, dtype):
                raise UserError(
                    f"expected {name} {np.dtype(dtype)} {shape} in {path}, received "
                    f"{coded[name].dtype} {coded[name].shape}"
                )
            if not np.isfinite(coded[name]).all():
                raise UserError(f"expected {name} finite in {path}, received NaN or infinity")
    return coded


if __name__ == "__main__":
    app.run(main)
