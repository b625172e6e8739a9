"""Kernels and biases from the HDF5 layouts in which the versions of Keras save them."""

import os
import re
from collections.abc import Iterable
from typing import TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from tf_nst.errors import UserError
from tf_nst.model.download import OFFLINE_CHOICES, by_hand
from tf_nst.model.networks import NETWORKS, Layer, Network

KernelAndBias = tuple[NDArray[np.float32], NDArray[np.float32]]
Arrays = dict[str, KernelAndBias]  # by the layer's name
ByAxes = dict[int, h5py.Dataset]  # number of axes -> dataset
Convolutions = dict[str, ByAxes]  # by the layer's name
Key = TypeVar("Key", str, int)

HDF5_OF_KERAS = "an HDF5 file as Keras saves it (.h5, .weights.h5)"
_CONVOLUTION = re.compile(r"block\d+_conv\d+")
_BY_CLASS = re.compile(r"(?:^|/)conv2d(?:_(\d+))?/vars/[01]$")


def read_arrays(path: str, network: Network, layers: tuple[Layer, ...]) -> Arrays:
    """The convolutions among `layers`: float32 kernel [3, 3, in, out] and bias [out] of each.

    Raises:
      UserError: no readable HDF5 file, or one that does not hold these layers of `network`.
    """
    try:
        if fault := _fault(path):
            raise _Refused(HDF5_OF_KERAS, fault)
        with h5py.File(path, "r") as file:
            return _read(file, network, layers)
    except _Refused as refused:
        raise _user_error(path, network, refused.expected, refused.received) from refused
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        damage = f"a truncated or damaged one ({error})"
        raise _user_error(path, network, "a whole HDF5 file", damage) from error


class _Refused(Exception):
    """A file that is not what is needed: what was expected, what was received."""

    def __init__(self, expected: str, received: str) -> None:
        super().__init__(expected, received)
        self.expected, self.received = expected, received


def _user_error(path: str, network: Network, expected: str, received: str) -> UserError:
    return UserError(
        f"--weights={path!r}: expected {expected}, received {received}; "
        f"{by_hand(network)}{OFFLINE_CHOICES}"
    )


def _fault(path: str) -> str:
    """What keeps the file from being opened as HDF5; empty if nothing does."""
    if not os.path.exists(path):
        return "a path where there is no file"
    if not os.path.isfile(path):
        return "a directory" if os.path.isdir(path) else "something that is not a plain file"
    try:
        with open(path, "rb") as file:
            head = file.read(12)
    except OSError as error:
        return f"a file that cannot be read ({error.strerror})"
    if not head:
        return "an empty file"
    return "" if h5py.is_hdf5(path) else f"a file that is not HDF5 (it begins with {head!r})"


def _read(file: h5py.File, network: Network, layers: tuple[Layer, ...]) -> Arrays:
    datasets = _datasets(file)
    arrays = _by_name(datasets) or _by_order(datasets, network)
    _check_layers(frozenset(arrays), network, layers)
    return {
        layer.name: (
            _array(arrays[layer.name][4], layer, kernel_shape(layer)),
            _array(arrays[layer.name][1], layer, (layer.channels,)),
        )
        for layer in convolutions(layers)
    }


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Path in the file -> dataset; an optimiser's copies of the layers left out."""
    datasets = {}

    def visit(name: str | bytes, item: h5py.Group | h5py.Dataset) -> None:
        path = str(name)  # bytes where the name is not UTF-8
        if isinstance(item, h5py.Dataset) and not path.startswith("optimizer"):
            datasets[path] = item

    file.visititems(visit)
    return datasets


def _by_name(datasets: dict[str, h5py.Dataset]) -> Convolutions:
    """The convolutions whose name is a part of the dataset's path.

    Keras 3 names its groups by class and holds the layer's name in an attribute of the last group.
    """
    arrays: Convolutions = {}
    for path, dataset in datasets.items():
        for part in (*path.split("/"), str(dataset.parent.attrs.get("name", ""))):
            if _CONVOLUTION.fullmatch(part):
                arrays.setdefault(part, {})[dataset.ndim] = dataset
    return _with_kernel_and_bias(arrays)


def _by_order(datasets: dict[str, h5py.Dataset], network: Network) -> Convolutions:
    """The convolutions of early Keras 3, which holds no names: conv2d, conv2d_1, ... upwards."""
    numbered: dict[int, ByAxes] = {}
    for path, dataset in datasets.items():
        match = _BY_CLASS.search(path)
        if match and "name" not in dataset.parent.attrs:
            numbered.setdefault(int(match[1] or 0), {})[dataset.ndim] = dataset
    numbered = _with_kernel_and_bias(numbered)
    for table in (network, *NETWORKS.values()):
        names = [layer.name for layer in convolutions(table.layers)]
        if len(names) == len(numbered):
            return dict(zip(names, (numbered[index] for index in sorted(numbered)), strict=True))
    return {}


def _with_kernel_and_bias(arrays: dict[Key, ByAxes]) -> dict[Key, ByAxes]:
    return {key: by_axes for key, by_axes in arrays.items() if {1, 4} <= by_axes.keys()}


def _check_layers(present: frozenset[str], network: Network, layers: tuple[Layer, ...]) -> None:
    known = _names(network.layers)
    of = next((name for name, it in NETWORKS.items() if _names(it.layers) == present), None)
    hint = f" (these are {of}'s layers: --network={of})" if of else ""
    if foreign := sorted(present - known):
        received = f"a file that also holds {', '.join(foreign)}{hint}"
        raise _Refused(f"the layers of {network.name}", received)
    if missing := sorted((known if of else _names(layers)) - present):
        received = f"a file without {', '.join(missing)}{hint}"
        raise _Refused(f"the layers of {network.name}", received)


def _array(dataset: h5py.Dataset, layer: Layer, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The dataset as float32, if it is what the layer needs."""
    what = "kernel" if len(shape) == 4 else "bias"
    if dataset.shape != shape:
        raise _Refused(f"{layer.name} with a {what} of shape {shape}", f"{dataset.shape}")
    if dataset.dtype.kind != "f":
        raise _Refused(f"{layer.name} with a floating-point {what}", f"{dataset.dtype}")
    array: NDArray[np.float32] = dataset.astype(np.float32)[()]
    if not np.isfinite(array).all():
        raise _Refused(f"{layer.name} with a finite {what}", "NaN or infinite values")
    return array


def _names(layers: Iterable[Layer]) -> frozenset[str]:
    return frozenset(layer.name for layer in convolutions(layers))


def convolutions(layers: Iterable[Layer]) -> list[Layer]:
    """Those of `layers` that have weights."""
    return [layer for layer in layers if layer.kind == "convolution"]


def kernel_shape(layer: Layer) -> tuple[int, ...]:
    """(height, width, channels in, channels out)."""
    return (3, 3, layer.channels_in, layer.channels)
