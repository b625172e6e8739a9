"""The convolutions' numbers: ImageNet, a file, or seeded random ones. No TensorFlow here."""

import difflib
import hashlib
import os
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tf_nst.errors import UserError
from tf_nst.model.compact import COMPACT, compact_network, holds_compact, load_compact
from tf_nst.model.download import (
    IMAGENET,
    OFFLINE_CHOICES,
    checksum,
    download,
    imagenet_path,
    is_cached,
)
from tf_nst.model.hdf5 import HDF5_OF_KERAS, Arrays, convolutions, kernel_shape, read_arrays
from tf_nst.model.networks import Layer, Network


class Weights(NamedTuple):
    """The convolutions asked for, and where they are from.

    source: "imagenet", "compact", "random" or "file": what the choice came to.
    flag: the value of --weights that gives the same again: a word or an absolute path.
    checksum: sha256 of the file; for "random" of the arrays' bytes.
    network: the layer table that the arrays belong to: with "compact" narrower than was asked.
    arrays: layer name -> kernel float32 [3, 3, in, out] and bias float32 [out].
    """

    source: str
    flag: str
    checksum: str
    network: Network
    arrays: Arrays


_WORDS = ("auto", "imagenet", "compact", "random")
_DAMAGED = "is damaged (it cannot be read or its md5 is not Keras')"


def load_weights(
    choice: str,
    network: Network,
    layers: tuple[Layer, ...],
    *,
    seed: int,
    report: Callable[[str], None],
) -> Weights:
    """The kernels and biases of the convolutions among `layers`.

    `choice` is "imagenet" (Keras' file from Keras' cache, else downloaded to it), "compact" (the
    small network in the box), "random" (He-normal from `seed` >= 0), "auto" (the best there is
    without a download) or the path of an HDF5 file as Keras saves it. `report` gets plain lines:
    what auto chose, a download's progress.

    Raises:
      UserError: no such choice or file, or a file that does not hold these layers of `network`.
      RunError: the download failed.
    """
    if choice == "auto":
        return _best_offline(network, layers, seed, report)
    if choice == "imagenet":
        return _imagenet(network, layers, report)
    if choice == "compact":
        return _compact(network, layers)
    if choice == "random":
        return _random(network, layers, seed)
    return _from_path(choice, network, layers)


def _best_offline(
    network: Network, layers: tuple[Layer, ...], seed: int, report: Callable[[str], None]
) -> Weights:
    """The first of _OFFLINE that there is."""
    tried = ((load(network, layers, seed), what) for load, what in _OFFLINE)
    weights, what = next(row for row in tried if row[0] is not None)
    if what:
        report(f"--weights=auto took {what}; {_why_not_imagenet(network)}")
    return weights


def _why_not_imagenet(network: Network) -> str:
    if network.name not in IMAGENET:
        return f"--weights=imagenet has nothing for --network={network.name}"
    path = imagenet_path(network)
    state = _DAMAGED if os.path.exists(path) else "is not there"
    megabytes = IMAGENET[network.name].megabytes
    return f"{path} {state}: --weights=imagenet downloads it ({megabytes} MB)"


def _imagenet(
    network: Network, layers: tuple[Layer, ...], report: Callable[[str], None]
) -> Weights:
    path = imagenet_path(network)
    if not is_cached(network):
        if os.path.exists(path):
            report(f"{path} {_DAMAGED}: downloading it again")
        url, md5, _ = IMAGENET[network.name]
        download(url, path, md5=md5, report=report)
    return _from_cache(network, layers)


def _cached_imagenet(network: Network, layers: tuple[Layer, ...], _seed: int) -> Weights | None:
    if network.name not in IMAGENET or not is_cached(network):
        return None
    return _from_cache(network, layers)


def _from_cache(network: Network, layers: tuple[Layer, ...]) -> Weights:
    weights = _from_file(imagenet_path(network), network, layers)
    return weights._replace(source="imagenet", flag="imagenet")


def _compact(network: Network, layers: tuple[Layer, ...]) -> Weights:
    arrays = load_compact(network, layers)
    sha256 = COMPACT[network.name].sha256
    return Weights("compact", "compact", sha256, compact_network(network), arrays)


def _compact_if_there(network: Network, layers: tuple[Layer, ...], _seed: int) -> Weights | None:
    return _compact(network, layers) if holds_compact(network, layers) else None


def _random(network: Network, layers: tuple[Layer, ...], seed: int) -> Weights:
    arrays = {
        layer.name: (_he_normal(layer, seed), np.zeros(layer.channels, np.float32))
        for layer in convolutions(layers)
    }
    digest = hashlib.sha256()
    for kernel, bias in arrays.values():
        digest.update(kernel)
        digest.update(bias)
    return Weights("random", "random", digest.hexdigest(), network, arrays)


# What auto tries, best first, and what it tells of a second best. The last row always answers.
_OFFLINE = (
    (_cached_imagenet, ""),
    (_compact_if_there, "the compact network in the box, a sketch of what ImageNet's paint"),
    (_random, "random weights, which give colours and blots rather than strokes"),
)


def _he_normal(layer: Layer, seed: int) -> np.ndarray:
    """Normal with variance 2 / fan-in (He et al. 2015, equation 10), not truncated as Keras' is."""
    sequence = np.random.SeedSequence(seed, spawn_key=tuple(layer.name.encode()))
    generator = np.random.Generator(np.random.PCG64(sequence))
    shape = kernel_shape(layer)
    deviation = np.float32(np.sqrt(2 / np.prod(shape[:3])))
    return deviation * generator.standard_normal(shape, np.float32)


def _from_path(choice: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    path = os.path.expanduser(choice)
    if re.fullmatch(r"[\w-]*", choice) and not os.path.exists(path):
        nearest = difflib.get_close_matches(choice.lower(), _WORDS, n=1, cutoff=0.0)[0]
        raise UserError(
            f"--weights={choice}: expected {', '.join(_WORDS)} or the path of {HDF5_OF_KERAS}, "
            f"received neither; nearest: --weights={nearest}; {OFFLINE_CHOICES}"
        )
    return _from_file(os.path.abspath(path), network, layers)


def _from_file(path: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    arrays = read_arrays(path, network, layers)
    return Weights("file", path, checksum(path, "sha256"), network, arrays)
