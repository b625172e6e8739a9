"""The networks in the box: ImageNet's VGG19, one byte a weight. No TensorFlow here."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import UserError
from tf_nst.model.hdf5 import Arrays, KernelAndBias, convolutions
from tf_nst.model.networks import NETWORKS, Layer, Network

# The arrays of a file by name, and a layer's name -> its kernel and bias, float32.
Decoder = Callable[[Mapping[str, NDArray[Any]], str], KernelAndBias]


class BundledFile(NamedTuple):
    """A network in the box.

    Attributes:
      name: of an .npz file in tf_nst/model/data.
      sha256: of the file, in hexadecimal.
      network: the layer table that the weights belong to.
      decode: reads the kernel [3, 3, in, out] and the bias [out] of a layer.
    """

    name: str
    sha256: str
    network: Network
    decode: Decoder


def decode_codebook(file: Mapping[str, NDArray[Any]], layer: str) -> KernelAndBias:
    """Kernel and bias of a layer whose weights are codes into a table of its own.

    The file has `LAYER_codes` uint8 [3, 3, in, out], `LAYER_codebook` float32 [256] and
    `LAYER_bias` float32 [out].
    """
    return file[f"{layer}_codebook"][file[f"{layer}_codes"]], file[f"{layer}_bias"]


# By the word of --weights. Each file is made by scripts/bundle_weights.py.
BUNDLED = {
    "imagenet": BundledFile(
        "vgg19_imagenet.npz",
        "818398913891a99841370b514c6eeeeb0aadd3afd9c6f53f60ce9f945cb0b9ab",
        NETWORKS["vgg19"],
        decode_codebook,
    ),
}


def load_bundled(word: str, network: Network, layers: tuple[Layer, ...]) -> Arrays:
    """The convolutions among `layers` of the network in the box that `word` names.

    Only these layers are decoded.

    Args:
      word: a row of BUNDLED.
      network: the layer table that was asked for.
      layers: of `network`.

    Returns:
      {layer: (kernel float32 [3, 3, in, out], bias float32 [out])}.

    Raises:
      UserError: the box has another network under this word, its file is missing or damaged, or
        it lacks a layer.
    """
    row = BUNDLED[word]
    if network.name != row.network.name:
        raise UserError(
            f"--weights={word}: expected --network={row.network.name}, whose weights are in the "
            f"package, received --network={network.name}; --weights=keras downloads Keras' own file"
        )
    names = [layer.name for layer in convolutions(layers)]
    try:
        return _decoded(word, row, names)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise _damaged(word, row, f"a file that cannot be read ({reason})") from error


def _decoded(word: str, row: BundledFile, names: list[str]) -> Arrays:
    path = bundled_path(row)
    if not path.is_file():
        raise _damaged(word, row, "no such file")
    # IO, as which a resource is opened, lacks the readinto that files have.
    with cast(io.BufferedReader, path.open("rb")) as stream:
        received = hashlib.file_digest(stream, "sha256").hexdigest()
        if received != row.sha256:
            raise _damaged(word, row, f"a file with sha256 {received}")
        stream.seek(0)
        with np.load(stream) as file:
            _check_layers(word, row, names, frozenset(file))
            return {name: row.decode(file, name) for name in names}


def _check_layers(word: str, row: BundledFile, names: list[str], present: frozenset[str]) -> None:
    if missing := [name for name in names if f"{name}_bias" not in present]:
        raise UserError(
            f"--weights={word}: expected layers that {row.name} has, received {missing[0]}"
        )


def _damaged(word: str, row: BundledFile, received: str) -> UserError:
    return UserError(
        f"--weights={word}: expected {row.name} with sha256 {row.sha256} in the package, received "
        f"{received}; install tf_nst again"
    )


def bundled_path(row: BundledFile) -> Traversable:
    """Where the file lies in the package."""
    return resources.files("tf_nst.model").joinpath("data", row.name)
