"""Gram matrices of two pictures side by side, and what a Gram does not see."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.given import Source
from tf_nst.io.inputs import read_inputs
from tf_nst.model.geometry import geometry, receptive_box
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.matrices import (
    SHOWN,
    content_distance,
    differing_pairs,
    gram_distance,
    gram_of,
    shown_channels,
)
from tf_nst.viz.options import REPORT, STYLE_LAYERS, looking_config
from tf_nst.viz.panels import Floats, Panel, Row, cut, enlarge, heat, percent, signed_heat
from tf_nst.viz.patches import BORDER, distance_apart, find_peaks
from tf_nst.viz.sight import Sight, look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Pairs of channels of each layer, and patches that drive each.
PAIRS, PATCHES = 2, 2
# Of content and style.
Two = tuple[NDArray[np.float32], NDArray[np.float32]]


class Pair(NamedTuple):
    """Two channels whose entry of the Gram matrix differs much between the pictures.

    Attributes:
      channels: the two, the smaller index first.
      content, style: their entry of the content's and of the style's matrix.
      patches: [field, field, 3] float32 in 0..1 each, where both are strongest together, in the
        picture in which their entry is larger.
    """

    channels: tuple[int, int]
    content: float
    style: float
    patches: tuple[NDArray[np.float32], ...]


class LayerGrams(NamedTuple):
    """The Gram matrices of a layer, [C, C] float32: means over positions of f f^T.

    `distance` is |G - A|^2 / |A|^2 of content and style, `pairs` those that differ most.
    """

    layer: str
    content: NDArray[np.float32]
    style: NDArray[np.float32]
    distance: float
    pairs: tuple[Pair, ...]


class Shuffle(NamedTuple):
    """The content's features [h, w, C] at a layer before and after its positions were shuffled.

    `gram_distance` is |G' - G|^2 / |G|^2, 0 but for rounding; `content_distance` is
    |F' - F|^2 / |F|^2.
    """

    layer: str
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    gram_distance: float
    content_distance: float


class Grams(NamedTuple):
    """The layers, the shuffle at one of them, and where the network is from."""

    layers: tuple[LayerGrams, ...]
    shuffle: Shuffle
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """A row for each layer, and one for the shuffle."""
        return (*map(_row, self.layers), shuffle_row(self.shuffle))

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        heading = (
            "Style: Gram matrices, which channels are strong together, of the photograph and of "
            "the painting"
        )
        return draw_rows(heading, self.rows(), cell=1.45)

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        layers = {
            grams.layer: {"distance": grams.distance, "pairs": list(map(_numbers, grams.pairs))}
            for grams in self.layers
        }
        shuffle = {
            "layer": self.shuffle.layer,
            "gram_distance": self.shuffle.gram_distance,
            "content_distance": self.shuffle.content_distance,
        }
        return {"layers": layers, "shuffle": shuffle}


def compare_grams(
    content: Source,
    style: Source,
    layers: str | Sequence[str] = STYLE_LAYERS,
    *,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> Grams:
    """The Gram matrices of two pictures (Gatys et al. 2016, equation 3), and the shuffle.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      style: the same.
      layers: Keras' or the papers' names, in a list or separated by commas; the shuffle is at
        the middle one.
      report: called with plain lines.
      **options: of LOOKING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them; `seed` is also
        that of the shuffle.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
    """
    config, names = looking_config(options, layers, "--style_layers")
    inputs = read_inputs(config, content, style)
    sight = look(config, names, report)
    pictures = inputs.content.to_float(), inputs.style.to_float()
    one, other = (sight.features(picture[None]) for picture in pictures)
    grams = tuple(_compared(sight, name, pictures, (one[name], other[name])) for name in names)
    middle = names[len(names) // 2]
    shuffle = shuffled(middle, one[middle], config.seed)
    return Grams(grams, shuffle, sight.weights)


def shuffled(layer: str, features: NDArray[np.float32], seed: int) -> Shuffle:
    """Features [h, w, C] with their positions in another order, and what that changes."""
    rows = features.reshape(-1, features.shape[-1])
    after = np.random.default_rng(seed).permutation(rows).reshape(features.shape)
    gram = gram_distance(gram_of(after), gram_of(features))
    return Shuffle(layer, features, after, gram, content_distance(after, features))


def _compared(sight: Sight, layer: str, pictures: Two, features: Two) -> LayerGrams:
    content, style = gram_of(features[0]), gram_of(features[1])
    pairs = tuple(
        _pair(sight, layer, channels, pictures, features, (content, style))
        for channels in differing_pairs(content, style, PAIRS)
    )
    return LayerGrams(layer, content, style, gram_distance(content, style), pairs)


def _pair(
    sight: Sight,
    layer: str,
    channels: tuple[int, int],
    pictures: Two,
    features: Two,
    grams: Two,
) -> Pair:
    content, style = (float(gram[channels]) for gram in grams)
    which = int(style > content)
    first, second = channels
    together = features[which][..., first] * features[which][..., second]
    network = sight.weights.network
    apart = distance_apart(geometry(network, (layer,)))
    patches = tuple(
        cut(pictures[which], receptive_box(network, layer, row, column), BORDER)
        for _, row, column in find_peaks(together, PATCHES, apart)
    )
    return Pair(channels, content, style, patches)


def matrix_panels(grams: LayerGrams) -> tuple[Panel, ...]:
    """The two matrices and their difference, of the strongest channels."""
    chosen = shown_channels(grams.content, grams.style)
    content, style = (matrix[np.ix_(chosen, chosen)] for matrix in (grams.content, grams.style))
    return (
        Panel(_squares(heat(content)), "photograph"),
        Panel(_squares(heat(style)), "painting"),
        Panel(_squares(signed_heat(style - content)), "painting less photograph"),
    )


def pair_panels(grams: LayerGrams) -> tuple[Panel, ...]:
    """The patches that drive the pairs."""
    return tuple(
        Panel(patch, _pair_caption(pair)) for pair in grams.pairs for patch in pair.patches
    )


def shuffle_row(shuffle: Shuffle) -> Row:
    """The strongest channel and the Gram before and after the shuffle."""
    channel = int(shuffle.before.mean(axis=(0, 1)).argmax())
    maps = [heat(features[..., channel]) for features in (shuffle.before, shuffle.after)]
    matrices = [gram_of(shuffle.before), gram_of(shuffle.after)]
    chosen = shown_channels(matrices[0], matrices[0])
    squares = (_squares(heat(matrix[np.ix_(chosen, chosen)])) for matrix in matrices)
    captions = (
        f"channel {channel} of {paper_name(shuffle.layer)}",
        "the same, positions shuffled",
        "Gram before",
        "Gram after",
    )
    pictures = (*(enlarge(values, 4) for values in maps), *squares)
    title = (
        f"Positions shuffled: content differs by {percent(shuffle.content_distance)}, the "
        f"Gram by {percent(shuffle.gram_distance)}"
    )
    return Row(title, tuple(map(Panel, pictures, captions)))


def _squares(matrix: Floats) -> Floats:
    return enlarge(matrix, max(1, 192 // matrix.shape[0]))


def layer_title(grams: LayerGrams) -> str:
    """The title of a layer's matrices."""
    channels = len(grams.content)
    shown = f", the {SHOWN} strongest shown" if channels > SHOWN else ""
    return (
        f"{paper_name(grams.layer)}: {channels}×{channels}{shown}; the photograph's is off the "
        f"painting's by {percent(grams.distance)}"
    )


def _row(grams: LayerGrams) -> Row:
    return Row(layer_title(grams), (*matrix_panels(grams), *pair_panels(grams)))


def _pair_caption(pair: Pair) -> str:
    more = "painting" if pair.style > pair.content else "photograph"
    return f"{pair.channels[0]} and {pair.channels[1]} together, more in the {more}"


def _numbers(pair: Pair) -> dict[str, Any]:
    return {"channels": list(pair.channels), "content": pair.content, "style": pair.style}
