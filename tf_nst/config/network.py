"""The network's options."""

from dataclasses import dataclass

from tf_nst.config.options import convert_options, option
from tf_nst.config.value_types import Choice, FilePath

NETWORKS = ("vgg19", "vgg16")
POOLINGS = ("max", "average", "l2")
PADDINGS = ("edge", "zeros")


@dataclass(frozen=True)
class NetworkConfig:
    """Which network, with which weights, pooling and padding."""

    network: str = option("vgg19", Choice(NETWORKS), "network whose layers are compared")
    weights: str = option(
        "imagenet",
        FilePath("imagenet|keras|random|PATH", "imagenet, keras, random or a path"),
        "weights of the network; imagenet: of vgg19, included in the package; keras: Keras' "
        "own file, downloaded once, 59 to 80 MB; random: seeded; PATH: a Keras .h5 or "
        ".weights.h5 file",
    )
    pooling: str = option("max", Choice(POOLINGS), "what pooling layers take of each 2 x 2 values")
    padding: str = option(
        "edge",
        Choice(PADDINGS),
        "what the first convolution sees around the picture; edge: its outermost pixels "
        "repeated; zeros: zeros as in training, which darken or bleach the picture's border",
    )

    def __post_init__(self) -> None:
        convert_options(self)
