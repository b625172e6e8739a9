"""Content against style: a grid of pictures, painted together as one batch."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.engine.job import Job
from tf_nst.io.given import Source
from tf_nst.io.inputs import read_inputs
from tf_nst.io.listeners import contributions
from tf_nst.model.networks import paper_name
from tf_nst.model.weights import Weights
from tf_nst.objective.terms import Term
from tf_nst.painting import prepare
from tf_nst.viz.figures import draw_rows
from tf_nst.viz.options import (
    GRID_LAYERS,
    RATIOS,
    REPORT,
    RUNNING,
    layers_config,
    parse_numbers,
)
from tf_nst.viz.panels import Panel, Row, plain
from tf_nst.viz.runs import RunResult, Watch, run_job, scaled_noise, unwatched
from tf_nst.viz.style import NOISE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Cell(NamedTuple):
    """A picture of the grid.

    Attributes:
      layer: of the content, Keras' name.
      ratio: alpha / beta.
      picture: [H, W, 3] float32 in 0..1.
      content, style: the two losses at this picture, unweighted.
    """

    layer: str
    ratio: float
    picture: NDArray[np.float32]
    content: float
    style: float


class Tradeoff(NamedTuple):
    """The cells, layer by layer, beta, and where the network is from."""

    cells: tuple[Cell, ...]
    style_weight: float
    weights: Weights

    def rows(self) -> tuple[Row, ...]:
        """A row for each content layer, alpha / beta falling to the right."""
        layers = dict.fromkeys(cell.layer for cell in self.cells)
        return tuple(Row(*_row(layer, self.cells)) for layer in layers)

    def figure(self) -> "Figure":
        """A matplotlib Figure of the rows."""
        return draw_rows("Content against style: α/β, and the layer of the content", self.rows())

    def numbers(self) -> dict[str, Any]:
        """What the record holds."""
        cells = [cell._asdict() for cell in self.cells]
        return {
            "style_weight": self.style_weight,
            "cells": [{key: cell[key] for key in cell if key != "picture"} for cell in cells],
        }


def paint_tradeoff(
    content: Source,
    style: Source,
    ratios: str | Sequence[float] = RATIOS,
    layers: str | Sequence[str] = GRID_LAYERS,
    *,
    watch: Watch = unwatched,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> Tradeoff:
    """A picture for each alpha / beta and each content layer (Gatys et al. 2016, figures 4 and 5).

    One run of the engine paints all, from noise, which favours neither: a batch in which each
    picture has its own content weights.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      style: the same.
      ratios: alpha / beta, each above 0, in a list or separated by commas; beta is the default's.
      layers: content layers by Keras' or the papers' names, in a list or separated by commas.
      watch: called before the run with its title and its job; returns its listeners.
      report: called with plain lines.
      **options: of RUNNING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError, DivergedError: a loss became NaN or infinite, or rose and stayed high.
    """
    ratios = parse_numbers(ratios, float, 0.0, "--ratios", "numbers above 0")
    option = "content_layers"
    config, names = layers_config(
        options, RUNNING, layers, f"--{option}", layers_option=option, init="noise"
    )
    painting = prepare(config, read_inputs(config, content, style), report)
    grid = [(name, ratio) for name in names for ratio in ratios]
    beta = config.objective.style_weight
    painting = painting._replace(job=batched(painting.job, grid, beta))
    title = f"{len(grid)} pictures in one batch, of which the first's loss is shown"
    result = run_job(title, painting, watch)
    return Tradeoff(_cells(grid, painting.job.terms, result), beta, painting.weights)


def batched(job: Job, grid: Sequence[tuple[str, float]], style_weight: float) -> Job:
    """A job for one picture as that of a batch: a picture for each content layer and alpha / beta.

    The term of another picture's layer has weight 0.
    """
    return job._replace(
        terms=tuple(_weighted(term, grid, style_weight) for term in job.terms),
        initial=np.repeat(scaled_noise(job.initial, NOISE), len(grid), axis=0),
    )


def _weighted(term: Term, grid: Sequence[tuple[str, float]], style_weight: float) -> Term:
    if term.role != "content":
        return term
    weights = (style_weight * ratio if layer == term.layer else 0.0 for layer, ratio in grid)
    return term._replace(weight=tuple(weights))


def _cells(
    grid: Sequence[tuple[str, float]], terms: tuple[Term, ...], result: RunResult
) -> tuple[Cell, ...]:
    return tuple(
        _cell(layer, ratio, index, terms, result) for index, (layer, ratio) in enumerate(grid)
    )


def _cell(layer: str, ratio: float, index: int, terms: tuple[Term, ...], result: RunResult) -> Cell:
    terms = tuple(term for term in terms if term.role != "content" or term.layer == layer)
    values = {name: float(value[index]) for name, value in result.values.items()}
    unweighted = tuple(term._replace(weight=_unweighted(term, terms)) for term in terms)
    shares = contributions(unweighted, values)
    return Cell(layer, ratio, result.picture[index], shares["content"], shares["style"])


def _unweighted(term: Term, terms: tuple[Term, ...]) -> float:
    """The term's share of its role's loss before alpha or beta."""
    if term.role == "content":
        return 1.0
    others = sum(other.weight_of(0) for other in terms if other.role == term.role)
    return float(term.weight_of(0) / others)


def _row(layer: str, cells: Sequence[Cell]) -> tuple[str, tuple[Panel, ...]]:
    panels = tuple(Panel(cell.picture, _caption(cell)) for cell in cells if cell.layer == layer)
    return f"Content at {paper_name(layer)}", panels


def _caption(cell: Cell) -> str:
    return f"α/β = {cell.ratio:g}: content {plain(cell.content)}, style {plain(cell.style)}"
