"""The convolutions' numbers: ImageNet's, a file's, or seeded random ones. No TensorFlow here."""

import hashlib
import os
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import UserError, nearest
from tf_nst.model.bundled import BUNDLED, load_bundled
from tf_nst.model.download import (
    KERAS_FILES,
    OFFLINE_CHOICES,
    cache_path,
    checksum,
    download,
    is_cached,
)
from tf_nst.model.hdf5 import HDF5_OF_KERAS, Arrays, convolutions, kernel_shape, read_arrays
from tf_nst.model.networks import Layer, Network


class Weights(NamedTuple):
    """The convolutions asked for, and where they are from.

    Attributes:
      source: a word of BUNDLED, "keras", "random" or "file".
      flag: the value of --weights that gives the same again: a word or an absolute path.
      checksum: sha256 of the file; for "random" of the arrays' bytes.
      network: the layer table that the arrays belong to.
      arrays: layer name -> kernel float32 [3, 3, in, out] and bias float32 [out].
    """

    source: str
    flag: str
    checksum: str
    network: Network
    arrays: Arrays


WORDS = (*BUNDLED, "keras", "random")
# Words of earlier versions.
_REMOVED = ("auto", "compact")


def load_weights(
    choice: str,
    network: Network,
    layers: tuple[Layer, ...],
    *,
    seed: int,
    report: Callable[[str], None],
) -> Weights:
    """The kernels and biases of the convolutions among `layers`.

    Args:
      choice: "imagenet" (the network in the box), "keras" (Keras' own file from Keras' cache, else
        downloaded to it), "random" (He-normal from `seed`) or the path of an HDF5 file as Keras
        saves it.
      network: the layer table.
      layers: of `network`, from the image upwards.
      seed: 0 or more.
      report: called with plain lines on a download's progress.

    Raises:
      UserError: no such choice or file, or a file that does not hold these layers of `network`.
      RunError: the download failed.
    """
    if choice in BUNDLED:
        arrays = load_bundled(choice, network, layers)
        return Weights(choice, choice, BUNDLED[choice].sha256, network, arrays)
    if choice == "keras":
        return _from_keras(network, layers, report)
    if choice == "random":
        return _random(network, layers, seed)
    if choice in _REMOVED:
        raise UserError(
            f"--weights={choice}: expected {', '.join(WORDS)} or a path, received a word of an "
            "earlier version; --weights=imagenet, the default, is ImageNet's VGG19 in the package"
        )
    return _from_path(choice, network, layers)


def _from_keras(
    network: Network, layers: tuple[Layer, ...], report: Callable[[str], None]
) -> Weights:
    path = cache_path(network)
    if not is_cached(network):
        if os.path.exists(path):
            report(f"{path} is damaged (its md5 is not that of Keras' file): downloading it again")
        url, md5 = KERAS_FILES[network.name]
        download(url, path, md5=md5, report=report)
    return _from_file(path, network, layers)._replace(source="keras", flag="keras")


def _random(network: Network, layers: tuple[Layer, ...], seed: int) -> Weights:
    arrays = {
        layer.name: (_he_normal(layer, seed), np.zeros(layer.channels, np.float32))
        for layer in convolutions(layers)
    }
    digest = hashlib.sha256()
    for kernel, bias in arrays.values():
        digest.update(kernel.data)
        digest.update(bias.data)
    return Weights("random", "random", digest.hexdigest(), network, arrays)


def _he_normal(layer: Layer, seed: int) -> NDArray[np.float32]:
    """Normal with variance 2 / fan-in (He et al. 2015, equation 10), not truncated as Keras' is."""
    sequence = np.random.SeedSequence(seed, spawn_key=tuple(layer.name.encode()))
    generator = np.random.Generator(np.random.PCG64(sequence))
    shape = kernel_shape(layer)
    deviation = np.float32(np.sqrt(2 / np.prod(shape[:3])))
    return deviation * generator.standard_normal(shape, np.float32)


def _from_path(choice: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    path = os.path.expanduser(choice)
    if re.fullmatch(r"[\w-]*", choice) and not os.path.exists(path):
        hint = nearest(choice.lower(), WORDS, "--weights=", count=1, likeness=0.0)
        raise UserError(
            f"--weights={choice}: expected {', '.join(WORDS)} or the path of {HDF5_OF_KERAS}, "
            f"received neither{hint}; {OFFLINE_CHOICES}"
        )
    return _from_file(os.path.abspath(path), network, layers)


def _from_file(path: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    arrays = read_arrays(path, network, layers)
    return Weights("file", path, checksum(path, "sha256"), network, arrays)
