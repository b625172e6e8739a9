"""Files of weights in every layout of Keras, what is read from them, and refusals."""

import hashlib

import h5py
import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.weights import load_weights

CHANNELS = (2, 2, 4, 4, 4)
TINY16 = Network("tiny16", NETWORKS["vgg16"].convolutions, CHANNELS)
TINY19 = Network("tiny19", NETWORKS["vgg19"].convolutions, CHANNELS)


def counting(network) -> dict:
    """Kernels and biases that count on from layer to layer: no two numbers are the same."""
    arrays, start = {}, 0
    for layer in network.layers:
        if layer.kind == "convolution":
            size = 9 * layer.channels_in * layer.channels
            kernel = np.arange(start, start + size, dtype=np.float32)
            bias = np.arange(start + size, start + size + layer.channels, dtype=np.float32)
            start += size + layer.channels
            kernel = kernel.reshape(3, 3, layer.channels_in, layer.channels)
            arrays[layer.name] = (kernel, bias)
    return arrays


def official(file, arrays):
    for name, (kernel, bias) in arrays.items():
        file[f"{name}/{name}_W_1:0"] = kernel
        file[f"{name}/{name}_b_1:0"] = bias
    file.create_group("block1_pool")


def keras_2(file, arrays):
    for name, (kernel, bias) in arrays.items():
        file[f"{name}/{name}/kernel:0"] = kernel
        file[f"{name}/{name}/bias:0"] = bias


def keras_2_model(file, arrays):
    keras_2(file.create_group("model_weights"), arrays)
    copies = {name: (-kernel, -bias) for name, (kernel, bias) in arrays.items()}
    keras_2(file.create_group("optimizer_weights/Adam"), copies)


def keras_2_with_top(file, arrays):
    keras_2(file, arrays)
    file["fc1/fc1/kernel:0"] = np.ones((5, 7), np.float32)
    file["fc1/fc1/bias:0"] = np.ones(7, np.float32)


def keras_3_early(file, arrays, prefix="layers"):
    for index, (kernel, bias) in enumerate(arrays.values()):
        group = f"{prefix}/conv2d_{index}/vars" if index else f"{prefix}/conv2d/vars"
        file[f"{group}/0"] = kernel
        file[f"{group}/1"] = bias
    file[f"{prefix}/dense/vars/0"] = np.ones((5, 7), np.float32)
    file[f"{prefix}/dense/vars/1"] = np.ones(7, np.float32)


def keras_3_preview(file, arrays):
    keras_3_early(file, arrays, prefix="_layer_checkpoint_dependencies")


def keras_3(file, arrays):
    """Numbered against the order of the layers, so that only the names can be right."""
    keras_3_early(file, dict(reversed(arrays.items())))
    for index, name in enumerate(reversed(arrays)):
        group = f"layers/conv2d_{index}/vars" if index else "layers/conv2d/vars"
        file[group].attrs["name"] = name
    file["layers/dense/vars"].attrs["name"] = "fc1"


LAYOUTS = (official, keras_2, keras_2_model, keras_2_with_top, keras_3_early, keras_3_preview)
LAYOUTS = (*LAYOUTS, keras_3)


def written(path, arrays, layout=official) -> str:
    with h5py.File(path, "w") as file:
        layout(file, arrays)
    return str(path)


def load(choice, network=TINY19, names=("block5_pool",), seed=0, lines=None):
    report = (lambda line: pytest.fail(f"reported: {line}")) if lines is None else lines.append
    return load_weights(choice, network, network.up_to(names), seed=seed, report=report)


def assert_same(arrays, expected):
    assert list(arrays) == list(expected)
    for name, pair in arrays.items():
        for array, wanted in zip(pair, expected[name], strict=True):
            assert array.dtype == np.float32
            np.testing.assert_array_equal(array, wanted)


def sha256(path) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


WITHOUT_A_DOWNLOAD = ("imagenet", "random", "PATH")


def refused_outright(choice, network=TINY19, names=("block5_pool",)) -> str:
    """The line of the refusal, after the checks that hold for all of them."""
    with pytest.raises(UserError) as caught:
        load(choice, network, names)
    line = str(caught.value)
    assert caught.value.exit_code == 2
    assert "\n" not in line
    assert line.startswith("--weights=") and "expected" in line and "received" in line
    return line


def refusal(choice, network=TINY19, names=("block5_pool",)) -> str:
    """The line of a refusal that names what needs no download."""
    line = refused_outright(choice, network, names)
    for word in WITHOUT_A_DOWNLOAD:
        assert f"--weights={word}" in line
    return line
