"""Student and teacher as plain Keras models, and their arrays in files."""

import os
from collections.abc import Iterable

import keras
import numpy as np

from tf_nst.model.hdf5 import Arrays, convolutions, kernel_shape, read_arrays
from tf_nst.model.networks import NETWORKS, Layer, Network

# Losses look at these layers: the papers' style layers, their content layer, and the others that
# reconstructions show. The number is the weight of the layer in the loss.
LAYERS = {
    "block1_conv1": 1.0,
    "block1_conv2": 0.2,
    "block2_conv1": 1.0,
    "block2_conv2": 0.2,
    "block3_conv1": 1.0,
    "block3_conv2": 0.2,
    "block4_conv1": 1.0,
    "block4_conv2": 0.5,
    "block5_conv1": 1.0,
    "block5_conv2": 0.2,
}
DEEPEST = "block5_conv2"
MEANS = (103.939, 116.779, 123.68)  # ImageNet's blue, green and red, of 0..255
# Losses look at every so many rows and columns of these blocks, which have many.
STRIDES = {1: 5, 2: 3, 3: 2}
# The slope that gradients see below 0.
LEAK = 0.02
# Models see (BGR - means) / this, so that the first kernels are as large as all others.
INPUT_SCALE = 64.0


def teacher_network(name: str = "vgg19") -> Network:
    """The layer table of the teacher."""
    return NETWORKS[name]


def narrowed(network: Network, width: float) -> Network:
    """The same table with `width` (above 0, to 1) times the channels."""
    channels = tuple(max(1, round(count * width)) for count in network.channels)
    return network._replace(channels=channels)


def used_layers(network: Network) -> tuple[Layer, ...]:
    """The layers from the image to the deepest that is learnt."""
    return network.up_to((DEEPEST,))


def build(
    network: Network,
    arrays: Arrays,
    outputs: Iterable[str],
    *,
    dtype: str,
    trainable: bool = False,
    first_block: int = 1,
) -> keras.Model:
    """A model from what enters `first_block` to {layer: features [B, h, w, C]}.

    Args:
      network: the layer table.
      arrays: kernels and biases; the first kernel is in units of pixel values.
      outputs: names of layers; features of convolutions are thinned (`thinned`).
      dtype: a dtype or a policy, such as "mixed_bfloat16".
      trainable: whether an optimiser may change it.
      first_block: 1 to 5. What enters block 1 is the image, less its means, in INPUT_SCALE.
    """
    layers = [item for item in network.up_to(tuple(outputs)) if block_of(item.name) >= first_block]
    entering = features = keras.Input((None, None, layers[0].channels_in), dtype="float32")
    found = {}
    for layer in layers:
        features = _keras_layer(layer, dtype)(features)
        if layer.name in outputs:
            found[layer.name] = thinned(layer.name, features)
    model = keras.Model(entering, found)
    arrays = scaled(arrays, {}, INPUT_SCALE)
    for layer in convolutions(layers):
        model.get_layer(layer.name).set_weights(arrays[layer.name])
    model.trainable = trainable
    return model


def _keras_layer(layer: Layer, dtype: str) -> keras.layers.Layer:
    if layer.kind == "pooling":
        return keras.layers.MaxPooling2D(2, dtype=dtype, name=layer.name)
    return keras.layers.Conv2D(
        layer.channels, 3, padding="same", activation=relu, dtype=dtype, name=layer.name
    )


def relu(features):
    """ReLU, with a faint gradient below 0: channels that fall silent can come back."""
    below = keras.ops.minimum(features, 0)
    return keras.ops.relu(features) + LEAK * (below - keras.ops.stop_gradient(below))


def block_of(name: str) -> int:
    """The block of a layer, 1 to 5."""
    return int(name[5])


def thinned(name: str, features):
    """Every few rows and columns of [B, h, w, C] of a convolution that has many."""
    stride = STRIDES.get(block_of(name), 1) if "conv" in name else 1
    return features[:, ::stride, ::stride]


def arrays_of(model: keras.Model) -> Arrays:
    """The inverse of `build`: its kernels and biases, float32, in units of pixels."""
    arrays = {
        layer.name: tuple(layer.get_weights())
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D)
    }
    return scaled(arrays, {}, 1 / INPUT_SCALE if "block1_conv1" in arrays else 1.0)


def scaled(arrays: Arrays, factors: dict[str, np.ndarray], image: float = 1.0) -> Arrays:
    """Arrays of a network whose channels are `factors` (above 0) times as large.

    ReLU and pooling commute with such factors, so nothing else changes. `image` is what the
    image is divided by.
    """
    result, below = {}, np.float32(1 / image)
    for name, (kernel, bias) in arrays.items():
        factor = np.asarray(factors.get(name, 1.0), np.float32)
        result[name] = (kernel / np.reshape(below, (-1, 1)) * factor, bias * factor)
        below = factor
    return result


def random_arrays(network: Network, seed: int) -> Arrays:
    """He-normal kernels from `seed`, biases 0."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for layer in convolutions(used_layers(network)):
        shape = kernel_shape(layer)
        deviation = np.sqrt(2 / np.prod(shape[:3]))
        kernel = (deviation * rng.standard_normal(shape)).astype(np.float32)
        arrays[layer.name] = (kernel, np.zeros(layer.channels, np.float32))
    return arrays


def read_teacher(path: str, network: Network) -> Arrays:
    """Kernels and biases of an HDF5 file as Keras saves it."""
    return read_arrays(path, network, used_layers(network))


def read_npz(path: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Kernels and biases, float32, of a file that `write_npz` wrote."""
    with np.load(path) as file:
        names = [key.removesuffix("_kernel") for key in file.files if key.endswith("_kernel")]
        return {
            name: tuple(file[f"{name}_{part}"].astype(np.float32) for part in ("kernel", "bias"))
            for name in names
        }


def write_npz(path: str, arrays: Arrays, about: dict[str, object]) -> None:
    """Writes kernels and biases as float16 and `about` as small arrays; replaced at once."""
    values = {}
    for name, (kernel, bias) in arrays.items():
        values[f"{name}_kernel"] = kernel.astype(np.float16)
        values[f"{name}_bias"] = bias.astype(np.float32)
    save_atomically(path, {**values, **{key: np.asarray(value) for key, value in about.items()}})


def save_atomically(path: str, values: dict[str, np.ndarray]) -> None:
    """An .npz that is there whole or not at all."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    half = f"{path}.half"
    with open(half, "wb") as file:
        np.savez(file, **values)
    os.replace(half, path)
