"""What a layer keeps of a photograph: reconstructions from one layer at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tf_nst.config import StylizeConfig, Weighted
from tf_nst.io.inputs import Inputs, Source
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import CONTENT_LAYERS, REPORT, RUNNING, figure_config, parse_layers
from tf_nst.viz.panels import Panel, Row, plain
from tf_nst.viz.runs import Made, Watch, lone_input, run_from_noise, told_once, unwatched

# So much of a painting's noise, a deviation of 1.3 of 255. A layer hardly sees the finest grain and
# leaves it as it was: after 100 steps from all of the noise the pixels of conv1_2's reconstruction
# were off by 36 of 255, from this by 4.5 (the example at 256 pixels, the compact network).
NOISE = 0.02


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
    config = figure_config(options, RUNNING)
    names = parse_layers(layers, config.network_config.network, "--content_layers")
    fixed = {"style_weight": 0.0, "tv_weight": 0.0, "init": "noise", "scales": 1}
    config = figure_config(options, RUNNING, content_layers=names, **fixed)
    inputs, report = lone_input(config, content, "--content"), told_once(report)
    found = []
    for index, name in enumerate(names, start=1):
        title = f"content {index}/{len(names)}: {paper_name(name)} alone"
        only = _only(config, name)
        made = run_from_noise(title, only, inputs, strength=NOISE, watch=watch, report=report)
        found.append(_measured(name, inputs, made))
    return ContentReconstructions(inputs.content.to_float(), tuple(found), made.weights)


def _only(config: StylizeConfig, layer: str) -> StylizeConfig:
    return replace(config, objective=replace(config.objective, content_layers=(Weighted(layer),)))


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
