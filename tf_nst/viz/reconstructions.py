"""Reconstructions of one picture from noise: what those of content and of style share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from tf_nst.config import StylizeConfig
from tf_nst.config.weighted import Weighted
from tf_nst.io.given import Source
from tf_nst.io.inputs import Inputs
from tf_nst.model.networks import paper_name
from tf_nst.viz.options import RUNNING, layers_config
from tf_nst.viz.panels import Panel, Row
from tf_nst.viz.runs import RunResult, Watch, lone_input, report_once, run_from_noise

Names = tuple[str, ...]


class Kind(NamedTuple):
    """One kind of reconstruction.

    Attributes:
      role: "content" or "style", of the layers and of the picture.
      sets: names of layers -> the names in each run's loss.
      title: of a run, with {} for those names.
      weights: options that leave only the terms of this role.
      strength: of the noise that runs begin with, see `run_from_noise`.
    """

    role: str
    sets: Callable[[Names], tuple[Names, ...]]
    title: str
    weights: dict[str, float]
    strength: float


def reconstruct(
    kind: Kind,
    source: Source,
    layers: str | Sequence[str],
    *,
    watch: Watch,
    report: Callable[[str], None],
    options: Mapping[str, Any],
) -> tuple[Inputs, list[tuple[Names, RunResult]]]:
    """The inputs, and each set of layers (Keras' names) with the result of its run.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError, DivergedError: a loss became NaN or infinite, or rose and stayed high.
    """
    option = f"{kind.role}_layers"
    fixed = {**kind.weights, "tv_weight": 0.0, "init": "noise", "scales": 1}
    config, names = layers_config(
        options, RUNNING, layers, f"--{option}", layers_option=option, **fixed
    )
    inputs, report = lone_input(config, source, f"--{kind.role}"), report_once(report)
    sets, results = kind.sets(names), []
    for index, layers_of_run in enumerate(sets, start=1):
        listed = kind.title.format(" + ".join(map(paper_name, layers_of_run)))
        title = f"{kind.role} {index}/{len(sets)}: {listed}"
        only = _only(config, option, layers_of_run)
        results.append(
            run_from_noise(title, only, inputs, strength=kind.strength, watch=watch, report=report)
        )
    return inputs, list(zip(sets, results, strict=True))


def _only(config: StylizeConfig, option: str, layers: Names) -> StylizeConfig:
    weighted: dict[str, Any] = {option: tuple(Weighted(name) for name in layers)}
    return replace(config, objective=replace(config.objective, **weighted))


def row_from_noise(target: str, original: Panel, others: Iterable[Panel]) -> tuple[Row, ...]:
    """The original and what was painted from noise to a target, side by side."""
    return (Row(f"From noise to {target}", (original, *others)),)
