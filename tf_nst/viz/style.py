"""What layers keep of a painting: textures from growing sets of layers."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.given import Source
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import REPORT, STYLE_LAYERS
from tf_nst.viz.panels import Panel, Row, plain
from tf_nst.viz.reconstructions import Kind, Names, reconstruct, row_from_noise
from tf_nst.viz.runs import RunResult, Watch, unwatched

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# This share of a painting's noise: a standard deviation of 26 of 255. All of it would stay as grain
# that no layer responds to; from hardly any, conv1_1 alone paints one blot.
NOISE = 0.4
_ALONE = {"content_weight": 0.0, "style_weight": 1.0}


def _growing(names: Names) -> tuple[Names, ...]:
    return tuple(names[:count] for count in range(1, len(names) + 1))


_KIND = Kind("style", _growing, "{}", _ALONE, NOISE)


class StyleFromLayers(NamedTuple):
    """A picture with the Gram matrices of some layers.

    Attributes:
      layers: Keras' names.
      picture: [H, W, 3] float32 in 0..1.
      gram_error: mean over the layers of |G - A|^2 / |A|^2, which the run minimised.
    """

    layers: tuple[str, ...]
    picture: NDArray[np.float32]
    gram_error: float


class StyleReconstructions(NamedTuple):
    """The painting [H, W, 3] float32 in 0..1, the sets of layers, where the network is from."""

    style: NDArray[np.float32]
    sets: tuple[StyleFromLayers, ...]
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """The painting and the textures, the smallest set first."""
        original = Panel(self.style, "the painting")
        panels = (Panel(texture.picture, _caption(texture)) for texture in self.sets)
        return row_from_noise("the Gram matrices of more and more layers", original, panels)

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        return draw_rows("Style: textures on a growing scale", self.rows())

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        return {",".join(each.layers): {"gram_error": each.gram_error} for each in self.sets}


def reconstruct_style(
    style: Source,
    layers: str | Sequence[str] = STYLE_LAYERS,
    *,
    watch: Watch = unwatched,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> StyleReconstructions:
    """Textures from the first layer, the first two, and so on (Gatys et al. 2015, figure 1, style).

    Each is a run of the engine from white noise with the Gram terms of those layers and no other,
    at the one size.

    Args:
      style: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      layers: Keras' or the papers' names in the order in which the sets grow, in a list or by
        commas.
      watch: called before each run with its title and its job; returns that run's listeners.
      report: called with plain lines.
      **options: of RUNNING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError, DivergedError: a loss became NaN or infinite, or rose and stayed high.
    """
    inputs, runs = reconstruct(_KIND, style, layers, watch=watch, report=report, options=options)
    textures = tuple(_measured(names, result) for names, result in runs)
    return StyleReconstructions(inputs.content.to_float(), textures, runs[0][1].weights)


def _measured(layers: Names, result: RunResult) -> StyleFromLayers:
    error = sum(float(values[0]) for values in result.values.values()) / len(layers)
    return StyleFromLayers(layers, result.picture[0], error)


def _caption(texture: StyleFromLayers) -> str:
    last = paper_name(texture.layers[-1])
    title = last if len(texture.layers) == 1 else f"and {last}"
    return f"{title}: Grams off by {plain(100 * texture.gram_error)} %"
