"""The layer tables of the networks and the names of their layers. No TensorFlow here."""

import re
from typing import NamedTuple

from tf_nst.errors import UserError, nearest


class Layer(NamedTuple):
    """One layer: Keras' name, "convolution" or "pooling", channels in and out."""

    name: str
    kind: str
    channels_in: int
    channels: int


class Network(NamedTuple):
    """A VGG: convolutions and channels of each of its five blocks (Simonyan and Zisserman 2015).

    Every convolution is 3x3 with stride 1, zero padding and a ReLU; every block ends with a
    2x2 pooling of stride 2.
    """

    name: str
    convolutions: tuple[int, ...]
    channels: tuple[int, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All layers from the image upwards."""
        layers, channels_in = [], 3
        for block, (count, channels) in enumerate(
            zip(self.convolutions, self.channels, strict=True), start=1
        ):
            for index in range(1, count + 1):
                name = f"block{block}_conv{index}"
                layers.append(Layer(name, "convolution", channels_in, channels))
                channels_in = channels
            layers.append(Layer(f"block{block}_pool", "pooling", channels, channels))
        return tuple(layers)

    def up_to(self, names: tuple[str, ...]) -> tuple[Layer, ...]:
        """The layers from the image to the deepest of `names` (Keras' names); none for no name."""
        order = [layer.name for layer in self.layers]
        return self.layers[: 1 + max((order.index(name) for name in names), default=-1)]


NETWORKS = {
    "vgg16": Network("vgg16", (2, 2, 3, 3, 3), (64, 128, 256, 512, 512)),
    "vgg19": Network("vgg19", (2, 2, 4, 4, 4), (64, 128, 256, 512, 512)),
}


def paper_name(layer: str) -> str:
    """`conv4_2` for Keras' `block4_conv2`, `pool1` for `block1_pool`."""
    return re.sub(r"^block(\d)_(conv|pool)(\d?)$", _as_in_papers, layer)


def _as_in_papers(match: re.Match[str]) -> str:
    block, kind, index = match.groups()
    return f"{kind}{block}_{index}" if index else f"{kind}{block}"


def canonical_layer(name: str, network: Network, flag: str = "layer") -> str:
    """Keras' name of a layer given by Keras' or a paper's name.

    `conv4_2` and `relu4_2` are both `block4_conv2`: Keras' layer holds its ReLU, and the papers'
    losses are on the rectified features too. `pool1` is `block1_pool`.
    `flag` is named in the error.

    Raises:
      UserError: the network has no such layer; the nearest names are in the message.
    """
    known = {layer.name for layer in network.layers}
    spelled = re.sub(r"^(?:conv|relu)(\d)_(\d)$", r"block\1_conv\2", name.strip())
    spelled = re.sub(r"^pool(\d)$", r"block\1_pool", spelled)
    if spelled in known:
        return spelled
    hint = nearest(spelled, known, likeness=0.0)
    raise UserError(f"{flag}: expected layers of {network.name}, received {name!r}{hint}")
