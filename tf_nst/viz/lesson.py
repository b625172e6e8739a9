"""What a lesson consists of: every figure of a pair, and the run that paints it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.model.weights import Weights
from tf_nst.viz.activations import Activations
from tf_nst.viz.content import ContentReconstructions
from tf_nst.viz.gram import Grams
from tf_nst.viz.losses import Curves
from tf_nst.viz.patches import Patches
from tf_nst.viz.runs import RunResult
from tf_nst.viz.style import StyleReconstructions
from tf_nst.viz.tradeoff import Tradeoff


class Snapshot(NamedTuple):
    """The picture so far [H, W, 3] float32 in 0..1 after so many steps."""

    step: int
    picture: NDArray[np.float32]


class Run(NamedTuple):
    """The run that paints the pair.

    Attributes:
      result: its picture, values and history.
      curves: every term at every step.
      weights: {term: weight}.
      snapshots: pictures on the way.
      facts: lines about the run for the page, by name.
    """

    result: RunResult
    curves: Curves
    weights: dict[str, float]
    snapshots: tuple[Snapshot, ...]
    facts: dict[str, str]


class Figures(NamedTuple):
    """The pair [H, W, 3] float32 in 0..1 each, every figure of it, and the run that paints it."""

    content_picture: NDArray[np.float32]
    style_picture: NDArray[np.float32]
    activations: Activations
    patches: Patches
    content: ContentReconstructions
    style: StyleReconstructions
    grams: Grams
    tradeoff: Tradeoff
    run: Run

    @property
    def weights(self) -> Weights:
        """Where the network is from."""
        return self.run.result.weights

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        figures = ("activations", "patches", "content", "style", "grams", "tradeoff")
        final = {name: float(value[0]) for name, value in self.run.result.values.items()}
        run = {"facts": self.run.facts, "term_weights": self.run.weights, "final": final}
        run["losses"] = self.run.result.history.values
        return {name: getattr(self, name).numbers() for name in figures} | {"run": run}
