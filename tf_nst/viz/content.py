"""What a layer keeps of a photograph: reconstructions from one layer at a time."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from tf_nst.io.inputs import Inputs, Source
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import CONTENT_LAYERS, REPORT
from tf_nst.viz.panels import Panel, Row, plain
from tf_nst.viz.reconstructions import Kind, Names, reconstruct
from tf_nst.viz.runs import Made, Watch, unwatched

# So much of a painting's noise, a deviation of 1.3 of 255. A layer hardly sees the finest grain and
# leaves it as it was: from all of the noise even conv1_2's reconstruction would stay grainy.
NOISE = 0.02


def _each(names: Names) -> tuple[Names, ...]:
    return tuple((name,) for name in names)


_KIND = Kind("content", _each, "{} alone", {"style_weight": 0.0}, NOISE)


class ContentFromLayer(NamedTuple):
    """A picture with one layer's features.

    Attributes:
      layer: Keras' name.
      picture: [H, W, 3] float32 in 0..1.
      feature_error: |F - P|^2 / |P|^2 at the layer, which the run made small.
      pixel_error: root mean square of the difference to the photograph, in pixel values of 0..255.
    """

    layer: str
    picture: np.ndarray
    feature_error: float
    pixel_error: float


class ContentReconstructions(NamedTuple):
    """The photograph [H, W, 3] float32 in 0..1, what layers keep of it, whose network that is."""

    content: np.ndarray
    layers: tuple[ContentFromLayer, ...]
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """The photograph and the reconstructions, the shallowest layer first."""
        panels = [Panel(self.content, "the photograph")]
        panels += [Panel(it.picture, _caption(it)) for it in self.layers]
        return (Row("From noise to the features of one layer", tuple(panels)),)

    def figure(self):
        """A matplotlib Figure of the rows."""
        return draw_rows("Content: what each layer keeps of the photograph", self.rows())

    def numbers(self) -> dict:
        """What a record tells."""
        return {
            it.layer: {"feature_error": it.feature_error, "pixel_error": it.pixel_error}
            for it in self.layers
        }


def reconstruct_content(
    content: Source,
    layers: str | Sequence[str] = CONTENT_LAYERS,
    *,
    watch: Watch = unwatched,
    report: Callable[[str], None] = REPORT,
    **options,
) -> ContentReconstructions:
    """Reconstructions from one layer at a time (Gatys et al. 2015, figure 1, content, a to e).

    Each is a run of the engine from white noise whose only term is the content's at that layer, at
    the one size: a coarser one would show the layer more than it sees.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      layers: Keras' or the papers' names, in a list or by commas.
      watch: called before each run with what it is and its job; returns that run's listeners.
      report: called with plain lines.
      **options: of RUNNING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError: a loss became NaN or infinite.
    """
    inputs, made = reconstruct(_KIND, content, layers, watch=watch, report=report, options=options)
    found = tuple(_measured(layer, inputs, run) for (layer,), run in made)
    return ContentReconstructions(inputs.content.to_float(), found, made[0][1].weights)


def _measured(layer: str, inputs: Inputs, made: Made) -> ContentFromLayer:
    picture, (error,) = made.picture[0], made.values.values()
    difference = 255 * (picture - inputs.content.to_float())
    return ContentFromLayer(
        layer, picture, float(error[0]), float(np.sqrt(np.mean(np.square(difference))))
    )


def _caption(found: ContentFromLayer) -> str:
    return (
        f"{paper_name(found.layer)}: features off by {plain(100 * found.feature_error)} %, "
        f"pixels by {plain(found.pixel_error)} of 255"
    )
