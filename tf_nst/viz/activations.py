"""What the layers of a network find in one picture: their strongest channels."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.given import Source
from tf_nst.io.inputs import read_one
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network, paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import REPORT, STYLE_LAYERS, looking_config
from tf_nst.viz.panels import Panel, Row, heat_over, plain
from tf_nst.viz.sight import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class LayerChannels(NamedTuple):
    """The strongest channels of a layer.

    Attributes:
      layer: Keras' name.
      shape: rows, columns and channels of its features.
      stride: pixels from one feature to the next.
      receptive_field: side in pixels of the square that one feature sees.
      channels: their indices, the largest mean first.
      maps: [count, h, w] float32, their features, 0 or more, in the network's units.
    """

    layer: str
    shape: tuple[int, int, int]
    stride: int
    receptive_field: int
    channels: tuple[int, ...]
    maps: NDArray[np.float32]


class Activations(NamedTuple):
    """The picture [H, W, 3] float32 in 0..1, each layer's channels, where the network is from."""

    picture: NDArray[np.float32]
    layers: tuple[LayerChannels, ...]
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """A row for each layer, its channels over the picture."""
        return tuple(_row(self.picture, layer) for layer in self.layers)

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        heading = "What the layers find: their strongest channels over the picture"
        return draw_rows(heading, self.rows())

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        return {
            each.layer: {
                "shape": list(each.shape),
                "stride": each.stride,
                "receptive_field": each.receptive_field,
                "channels": list(each.channels),
                "means": [float(features.mean()) for features in each.maps],
                "largest": [float(features.max()) for features in each.maps],
            }
            for each in self.layers
        }


def strongest_channels(
    content: Source,
    layers: str | Sequence[str] = STYLE_LAYERS,
    count: int = 6,
    *,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> Activations:
    """The channels of each layer whose mean over the picture is largest.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      layers: Keras' or the papers' names, in a list or separated by commas.
      count: channels of each layer, 1 or more; of a layer that has fewer, all.
      report: called with plain lines.
      **options: of LOOKING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
    """
    config, names = looking_config(options, layers, "--layers")
    picture = read_one(config, content, "--content").to_float()
    sight = look(config, names, report)
    features = sight.features(picture[None])
    network = sight.weights.network
    channels = tuple(channels_of(network, name, features[name], count) for name in names)
    return Activations(picture, channels, sight.weights)


def channels_of(
    network: Network, layer: str, features: NDArray[np.float32], count: int
) -> LayerChannels:
    """The `count` channels of features [h, w, C] whose mean is largest."""
    strongest = np.argsort(-features.mean(axis=(0, 1)), kind="stable")[:count]
    stride, field, *_ = geometry(network, (layer,))
    maps = np.moveaxis(features[..., strongest], -1, 0)
    height, width, channels = features.shape
    shape = height, width, channels
    return LayerChannels(layer, shape, stride, field, tuple(map(int, strongest)), maps)


def _row(picture: NDArray[np.float32], layer: LayerChannels) -> Row:
    height, width, channels = layer.shape
    apart = "pixel" if layer.stride == 1 else f"{layer.stride} pixels"
    title = (
        f"{paper_name(layer.layer)}: {height}×{width} positions × {channels} channels; each sees "
        f"{layer.receptive_field}×{layer.receptive_field} pixels, one every {apart}"
    )
    panels = [
        Panel(
            heat_over(picture, features, layer.stride),
            f"channel {channel}, up to {plain(features.max())}",
        )
        for channel, features in zip(layer.channels, layer.maps, strict=True)
    ]
    return Row(title, tuple(panels))
