"""All figures of one pair as a lesson."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tf_nst.engine.events import Event, StepsDone
from tf_nst.engine.job import Job
from tf_nst.engine.strategy import strategy_name
from tf_nst.io.given import Source
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import Painting, prepare
from tf_nst.viz.activations import Activations, strongest_channels
from tf_nst.viz.content import ContentReconstructions, reconstruct_content
from tf_nst.viz.gram import Grams, compare_grams
from tf_nst.viz.lesson import Figures, Run, Snapshot
from tf_nst.viz.losses import Curves
from tf_nst.viz.options import LOOKING, REPORT, RUNNING, figure_config
from tf_nst.viz.page import render
from tf_nst.viz.patches import Patches, top_patches
from tf_nst.viz.runs import RunResult, Watch, report_once, run_job, unwatched
from tf_nst.viz.style import StyleReconstructions, reconstruct_style
from tf_nst.viz.tradeoff import Tradeoff, paint_tradeoff

# The layer whose units' patches are shown: their receptive fields hold small things.
PATCH_LAYER, UNITS = "conv3_1", 3
SNAPSHOTS = 5
_OPTIMIZERS = {"lbfgs": "L-BFGS", "adam": "Adam", "sgd": "gradient descent"}


class Lesson(Figures):
    """The figures of a pair, as a page."""

    __slots__ = ()

    def page(self) -> str:
        """The lesson as one self-contained HTML page."""
        return render(self)


class _Parts:
    """Reports which part begins, of how many."""

    COUNT = 7

    def __init__(self, report: Callable[[str], None]) -> None:
        self._report, self._begun = report, 0

    def begin(self, what: str) -> None:
        self._begun += 1
        self._report(f"part {self._begun} of {self.COUNT}: {what}")


def explain_pair(
    content: Source,
    style: Source,
    *,
    watch: Watch = unwatched,
    report: Callable[[str], None] = REPORT,
    **options: Any,
) -> Lesson:
    """Makes every figure of a photograph and a painting, and paints the one in the other's manner.

    Args:
      content: a path, an Image, Pillow's image, or an array [H, W, 3], as `tf_nst.stylize` takes.
      style: the same.
      watch: called before each run with its title and its job; returns that run's listeners.
      report: called with plain lines, one before each part.
      **options: of RUNNING (tf_nst/viz/options.py), as `tf_nst.stylize` takes them.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError, DivergedError: a loss became NaN or infinite, or rose and stayed high.
    """
    config, report = figure_config(options, RUNNING), report_once(report)
    inputs = read_inputs(config, content, style)
    parts = _Parts(report)
    parts.begin("the picture")
    painting = prepare(config, inputs, report, pause_every=_pause(config.steps[0]))
    run, options = _paint(painting, watch, options)
    figures = _figures(content, style, parts, watch=watch, report=report, options=options)
    return Lesson(inputs.content.to_float(), inputs.style.to_float(), *figures, run)


def _figures(
    content: Source,
    style: Source,
    parts: _Parts,
    *,
    watch: Watch,
    report: Callable[[str], None],
    options: Mapping[str, Any],
) -> tuple[Activations, Patches, ContentReconstructions, StyleReconstructions, Grams, Tradeoff]:
    """Every figure of the pair, in the order of a Lesson's fields."""
    shared = {name: value for name, value in options.items() if name in LOOKING}
    parts.begin("activations")
    activations = strongest_channels(content, report=report, **shared)
    parts.begin("patches")
    units = _units(activations)
    patches = top_patches((content, style), PATCH_LAYER, units, report=report, **shared)
    running: dict[str, Any] = {"watch": watch, "report": report, **options}
    parts.begin("content")
    contents = reconstruct_content(content, **running)
    parts.begin("style")
    textures = reconstruct_style(style, **running)
    parts.begin("Gram matrices")
    grams = compare_grams(content, style, report=report, **shared)
    parts.begin("content against style")
    grid = paint_tradeoff(content, style, **running)
    return activations, patches, contents, textures, grams, grid


def _pause(steps: int) -> int:
    return max(1, steps // SNAPSHOTS)


def _units(activations: Activations) -> tuple[int, ...]:
    """The strongest channels that the activations show of the layer whose patches are shown."""
    for layer in activations.layers:
        if layer.layer == "block3_conv1":
            return layer.channels[:UNITS]
    return tuple(range(UNITS))


def _paint(
    painting: Painting, watch: Watch, options: Mapping[str, Any]
) -> tuple[Run, dict[str, Any]]:
    """The run, and the options with the weights that it resolved."""
    snapshots: list[Snapshot] = []

    def keep(event: Event) -> None:
        if isinstance(event, StepsDone) and event.step % painting.job.pause_every == 0:
            snapshots.append(Snapshot(event.step, event.image[0].numpy()))

    def watched(title: str, job: Job) -> tuple[Callable[[Event], None], ...]:
        return (*watch(title, job), keep)

    result = run_job("the picture", painting, watched)
    weights = {term.name: term.weight_of(0) for term in painting.job.terms}
    curves = _curves(painting, result, weights)
    run = Run(result, curves, weights, tuple(snapshots), facts_of(painting))
    return run, {**options, "weights": painting.config.network_config.weights}


def _curves(painting: Painting, result: RunResult, weights: dict[str, float]) -> Curves:
    steps = zip(painting.job.scales, result.history.steps_of_scales, strict=True)
    history = result.history.values
    terms = {name: weights[name] * np.array(values) for name, values in history.items()}
    return Curves(terms, tuple((scale.width, scale.height, count) for scale, count in steps))


def facts_of(painting: Painting) -> dict[str, str]:
    """What the page says of a run, by name."""
    config = painting.config
    network = config.network_config
    return {
        "device": strategy_name(painting.job.strategy),
        "precision": config.precision,
        "network": f"{network.network}, {painting.weights.source} weights",
        "pooling": network.pooling,
        "optimizer": _OPTIMIZERS[config.optimizer],
        "steps": str(sum(config.steps)),
        "seed": str(config.seed),
    }
