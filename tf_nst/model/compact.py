"""The compact networks in the box: distilled from ImageNet VGG19, same layers, fewer channels."""

import hashlib
from importlib import resources
from typing import NamedTuple

import numpy as np

from tf_nst.errors import UserError
from tf_nst.model.hdf5 import Arrays, convolutions
from tf_nst.model.networks import Layer, Network


class CompactFile(NamedTuple):
    """A file in tf_nst/model/data, its sha256, and the channels of its five blocks.

    It holds block1_conv1_kernel [3, 3, in, out], block1_conv1_bias [out] and so on upwards, as
    far as `deepest`, in float16 or float32.
    """

    name: str
    sha256: str
    channels: tuple[int, ...]
    deepest: str


# By the network whose layer table it has.
COMPACT = {
    "vgg19": CompactFile(
        "vgg19_half.npz",
        "6178fd10799d5f977cc20c849c0a696689bd78a6a3464884c3a207113d94bfa8",
        (32, 64, 128, 256, 256),
        "block5_conv2",
    ),
}


def compact_network(network: Network) -> Network:
    """The compact sibling of `network`: its layer table with fewer channels.

    Raises:
      UserError: there is none.
    """
    if network.name not in COMPACT:
        raise UserError(
            f"--weights=compact: expected --network among {', '.join(COMPACT)}, "
            f"received {network.name}"
        )
    return network._replace(channels=COMPACT[network.name].channels)


def holds_compact(network: Network, layers: tuple[Layer, ...]) -> bool:
    """Whether the box holds a compact sibling of `network` that is as deep as `layers`."""
    if network.name not in COMPACT or not _path(COMPACT[network.name]).is_file():
        return False
    order = [layer.name for layer in network.layers]
    deepest = COMPACT[network.name].deepest
    return all(order.index(layer.name) <= order.index(deepest) for layer in convolutions(layers))


def load_compact(network: Network, layers: tuple[Layer, ...]) -> Arrays:
    """Kernel and bias, float32, of the convolutions of the compact sibling among `layers`.

    `layers` may be those of `network`: only their names are read.

    Raises:
      UserError: there is no such sibling, it is not deep enough, or its file was tampered with.
    """
    compact_network(network)
    file = COMPACT[network.name]
    names = [layer.name for layer in convolutions(layers)]
    if not _path(file).is_file():
        raise UserError(f"--weights=compact: {file.name} is missing; install tf_nst again")
    with _path(file).open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
            raise UserError(
                f"--weights=compact: expected {file.name} with sha256 {file.sha256}, received "
                "another file; install tf_nst again"
            )
        stream.seek(0)
        with np.load(stream) as held:
            _check_depth(names, file, frozenset(held))
            return {
                name: (_float32(held, name, "kernel"), _float32(held, name, "bias"))
                for name in names
            }


def _path(file: CompactFile):
    return resources.files("tf_nst.model").joinpath("data", file.name)


def _check_depth(names: list[str], file: CompactFile, held: frozenset[str]) -> None:
    if missing := [name for name in names if f"{name}_kernel" not in held]:
        raise UserError(
            f"--weights=compact: expected layers up to {file.deepest}, received {missing[-1]}; "
            "--weights=imagenet has it"
        )


def _float32(held, name: str, part: str) -> np.ndarray:
    return held[f"{name}_{part}"].astype(np.float32)
