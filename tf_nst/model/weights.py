"""The convolutions' numbers: ImageNet, a file, or seeded random ones. No TensorFlow here."""

import difflib
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import h5py
import numpy as np

from tf_nst.errors import UserError
from tf_nst.model.download import (
    IMAGENET,
    OFFLINE_CHOICES,
    checksum,
    download,
    imagenet_path,
    is_cached,
)
from tf_nst.model.networks import NETWORKS, Layer, Network

Arrays = dict[str, tuple[np.ndarray, np.ndarray]]
Found = dict[str, dict[int, h5py.Dataset]]  # layer name -> number of axes -> dataset


class Weights(NamedTuple):
    """The convolutions asked for, and where they are from.

    source: "imagenet", "random" or "file": what the choice came to.
    flag: the value of --weights that gives the same again: a word or an absolute path.
    checksum: sha256 of the file; for "random" of the arrays' bytes.
    arrays: layer name -> kernel float32 [3, 3, in, out] and bias float32 [out].
    """

    source: str
    flag: str
    checksum: str
    arrays: Arrays


_WORDS = ("auto", "imagenet", "random")
_HDF5_OF_KERAS = "an HDF5 file as Keras saves it (.h5, .weights.h5)"
_DAMAGED = "is damaged (it cannot be read or its md5 is not Keras')"
_CONVOLUTION = re.compile(r"block\d+_conv\d+")
_BY_CLASS = re.compile(r"(?:^|/)conv2d(?:_(\d+))?/vars/[01]$")


def load_weights(
    choice: str,
    network: Network,
    layers: tuple[Layer, ...],
    *,
    seed: int,
    report: Callable[[str], None],
) -> Weights:
    """The kernels and biases of the convolutions among `layers`.

    `choice` is "imagenet" (Keras' file from Keras' cache, else downloaded to it), "random"
    (He-normal from `seed` >= 0), "auto" (the best there is without a download) or the path of an
    HDF5 file as Keras saves it. `report` gets plain lines: what auto chose, a download's progress.

    Raises:
      UserError: no such choice or file, or a file that does not hold these layers of `network`.
      RunError: the download failed.
    """
    if choice == "auto":
        return _best_offline(network, layers, seed, report)
    if choice == "imagenet":
        return _imagenet(network, layers, report)
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


def _random(_network: Network, layers: tuple[Layer, ...], seed: int) -> Weights:
    arrays = {
        layer.name: (_he_normal(layer, seed), np.zeros(layer.channels, np.float32))
        for layer in _convolutions(layers)
    }
    digest = hashlib.sha256()
    for kernel, bias in arrays.values():
        digest.update(kernel)
        digest.update(bias)
    return Weights("random", "random", digest.hexdigest(), arrays)


# What auto tries, best first, and what it tells of a second best. The last row always answers.
_OFFLINE = (
    (_cached_imagenet, ""),
    (_random, "random weights, which give colours and blots rather than strokes"),
)


def _he_normal(layer: Layer, seed: int) -> np.ndarray:
    """Normal with variance 2 / fan-in (He et al. 2015, equation 10), not truncated as Keras' is."""
    sequence = np.random.SeedSequence(seed, spawn_key=tuple(layer.name.encode()))
    generator = np.random.Generator(np.random.PCG64(sequence))
    shape = _kernel_shape(layer)
    deviation = np.float32(np.sqrt(2 / np.prod(shape[:3])))
    return deviation * generator.standard_normal(shape, np.float32)


def _from_path(choice: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    path = os.path.expanduser(choice)
    if re.fullmatch(r"[\w-]*", choice) and not os.path.exists(path):
        nearest = difflib.get_close_matches(choice.lower(), _WORDS, n=1, cutoff=0.0)[0]
        raise UserError(
            f"--weights={choice}: expected {', '.join(_WORDS)} or the path of {_HDF5_OF_KERAS}, "
            f"received neither; nearest: --weights={nearest}; {OFFLINE_CHOICES}"
        )
    return _from_file(os.path.abspath(path), network, layers)


def _from_file(path: str, network: Network, layers: tuple[Layer, ...]) -> Weights:
    if fault := _fault(path):
        raise _refusal(path, _HDF5_OF_KERAS, fault)
    try:
        with h5py.File(path, "r") as file:
            arrays = _read(file, network, layers)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        damage = f"a truncated or damaged one ({error})"
        raise _refusal(path, "a whole HDF5 file", damage) from error
    return Weights("file", path, checksum(path, "sha256"), arrays)


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
    found = _by_name(datasets) or _by_order(datasets, network)
    _check_layers(file.filename, frozenset(found), network, layers)
    return {
        layer.name: (
            _array(found[layer.name][4], layer, _kernel_shape(layer)),
            _array(found[layer.name][1], layer, (layer.channels,)),
        )
        for layer in _convolutions(layers)
    }


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Path in the file -> dataset; an optimiser's copies of the layers left out."""
    datasets = {}

    def visit(path, item):
        path = str(path)  # bytes where the name is not UTF-8
        if isinstance(item, h5py.Dataset) and not path.startswith("optimizer"):
            datasets[path] = item

    file.visititems(visit)
    return datasets


def _by_name(datasets: dict[str, h5py.Dataset]) -> Found:
    """The convolutions whose name is a part of the dataset's path.

    Keras 3 names its groups by class and holds the layer's name in an attribute of the last group.
    """
    found = {}
    for path, dataset in datasets.items():
        for part in (*path.split("/"), str(dataset.parent.attrs.get("name", ""))):
            if _CONVOLUTION.fullmatch(part):
                found.setdefault(part, {})[dataset.ndim] = dataset
    return _with_kernel_and_bias(found)


def _by_order(datasets: dict[str, h5py.Dataset], network: Network) -> Found:
    """The convolutions of early Keras 3, which holds no names: conv2d, conv2d_1, ... upwards."""
    numbered = {}
    for path, dataset in datasets.items():
        match = _BY_CLASS.search(path)
        if match and "name" not in dataset.parent.attrs:
            numbered.setdefault(int(match[1] or 0), {})[dataset.ndim] = dataset
    numbered = _with_kernel_and_bias(numbered)
    for table in (network, *NETWORKS.values()):
        names = [layer.name for layer in _convolutions(table.layers)]
        if len(names) == len(numbered):
            return dict(zip(names, (numbered[index] for index in sorted(numbered)), strict=True))
    return {}


def _with_kernel_and_bias(found: dict) -> dict:
    return {key: by_axes for key, by_axes in found.items() if {1, 4} <= by_axes.keys()}


def _check_layers(
    path: str, present: frozenset[str], network: Network, layers: tuple[Layer, ...]
) -> None:
    own = _names(network.layers)
    of = next((name for name, it in NETWORKS.items() if _names(it.layers) == present), None)
    hint = f" (these are {of}'s layers: --network={of})" if of else ""
    if foreign := sorted(present - own):
        received = f"a file that also holds {', '.join(foreign)}{hint}"
        raise _refusal(path, f"the layers of {network.name}", received)
    if missing := sorted((own if of else _names(layers)) - present):
        received = f"a file without {', '.join(missing)}{hint}"
        raise _refusal(path, f"the layers of {network.name}", received)


def _array(dataset: h5py.Dataset, layer: Layer, shape: tuple[int, ...]) -> np.ndarray:
    """The dataset as float32, if it is what the layer needs."""
    path, what = dataset.file.filename, "kernel" if len(shape) == 4 else "bias"
    if dataset.shape != shape:
        raise _refusal(path, f"{layer.name} with a {what} of shape {shape}", f"{dataset.shape}")
    if dataset.dtype.kind != "f":
        raise _refusal(path, f"{layer.name} with a floating-point {what}", f"{dataset.dtype}")
    array = dataset.astype(np.float32)[()]
    if not np.isfinite(array).all():
        raise _refusal(path, f"{layer.name} with a finite {what}", "NaN or infinite values")
    return array


def _refusal(path: str, expected: str, received: str) -> UserError:
    return UserError(
        f"--weights={path!r}: expected {expected}, received {received}; {OFFLINE_CHOICES}"
    )


def _names(layers: Iterable[Layer]) -> frozenset[str]:
    return frozenset(layer.name for layer in _convolutions(layers))


def _convolutions(layers: Iterable[Layer]) -> list[Layer]:
    return [layer for layer in layers if layer.kind == "convolution"]


def _kernel_shape(layer: Layer) -> tuple[int, ...]:
    return (3, 3, layer.channels_in, layer.channels)
