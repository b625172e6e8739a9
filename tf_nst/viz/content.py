"""What a layer keeps of a photograph: reconstructions from one layer at a time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.given import Source
from tf_nst.io.inputs import Inputs
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import CONTENT_LAYERS, REPORT
from tf_nst.viz.panels import Panel, Row, plain
from tf_nst.viz.reconstructions import Kind, Names, reconstruct, row_from_noise
from tf_nst.viz.runs import RunResult, Watch, unwatched

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# This share of a painting's noise: a standard deviation of 1.3 of 255. A layer hardly responds to
# the finest grain: from all of the noise even conv1_2's reconstruction would stay grainy.
NOISE = 0.02


def _each(names: Names) -> tuple[Names, ...]:
    return tuple((name,) for name in names)


_KIND = Kind("content", _each, "{} alone", {"style_weight": 0.0}, NOISE)


class ContentFromLayer(NamedTuple):
    """A picture with one layer's features.

    Attributes:
      layer: Keras' name.
      picture: [H, W, 3] float32 in 0..1.
      feature_error: |F - P|^2 / |P|^2 at the layer, which the run minimised.
      pixel_error: root mean square of the difference to the photograph, in pixel values of 0..255.
    """

    layer: str
    picture: NDArray[np.float32]
    feature_error: float
    pixel_error: float


class ContentReconstructions(NamedTuple):
    """The photograph [H, W, 3] float32 in 0..1, its reconstructions, where the network is from."""

    content: NDArray[np.float32]
    layers: tuple[ContentFromLayer, ...]
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """The photograph and the reconstructions, the shallowest layer first."""
        original = Panel(self.content, "the photograph")
        panels = (Panel(layer.picture, _caption(layer)) for layer in self.layers)
        return row_from_noise("the features of one layer", original, panels)

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        return draw_rows("Content: what each layer keeps of the photograph", self.rows())

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        return {
            each.layer: {"feature_error": each.feature_error, "pixel_error": each.pixel_error}
            for each in self.layers
        }


def reconstruct_content(
    content: Source,
    layers: str | Sequence[str] = CONTENT_LAYERS,
    *,
    watch: Watch = unwatched,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> ContentReconstructions:
    """Reconstructions from one layer at a time (Gatys et al. 2015, figure 1, content, a to e).

    Each is a run of the engine from white noise whose only term is the content's at that layer, at
    the one size: a coarser one would show more than the layer's receptive field.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      layers: Keras' or the papers' names, in a list or separated by commas.
      watch: called before each run with its title and its job; returns that run's listeners.
      report: called with plain lines.
      **options: of RUNNING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError, DivergedError: a loss became NaN or infinite, or rose and stayed high.
    """
    inputs, runs = reconstruct(_KIND, content, layers, watch=watch, report=report, options=options)
    pictures = tuple(_measured(layer, inputs, result) for (layer,), result in runs)
    return ContentReconstructions(inputs.content.to_float(), pictures, runs[0][1].weights)


def _measured(layer: str, inputs: Inputs, result: RunResult) -> ContentFromLayer:
    picture, (error,) = result.picture[0], result.values.values()
    difference = 255 * (picture - inputs.content.to_float())
    return ContentFromLayer(
        layer, picture, float(error[0]), float(np.sqrt(np.mean(np.square(difference))))
    )


def _caption(reconstruction: ContentFromLayer) -> str:
    return (
        f"{paper_name(reconstruction.layer)}: features off by "
        f"{plain(100 * reconstruction.feature_error)} %, "
        f"pixels by {plain(reconstruction.pixel_error)} of 255"
    )
