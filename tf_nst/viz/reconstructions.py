"""Runs from noise to what layers see of one picture, which content and style have in common."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from tf_nst.config import StylizeConfig
from tf_nst.config.weighted import Weighted
from tf_nst.io.inputs import Inputs, Source
from tf_nst.model.networks import paper_name
from tf_nst.viz.options import RUNNING, figure_config, parse_layers
from tf_nst.viz.runs import Made, Watch, lone_input, run_from_noise, told_once

Names = tuple[str, ...]


class Kind(NamedTuple):
    """One kind of reconstruction.

    Attributes:
      role: "content" or "style": whose layers and whose picture it is.
      sets: names of layers -> the names that each run looks at.
      title: of a run, with {} for the names that it looks at.
      weights: options that leave the terms of this role alone.
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
    options: dict,
) -> tuple[Inputs, list[tuple[Names, Made]]]:
    """The inputs, and each set of layers (Keras' names) with what its run made.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError: a loss became NaN or infinite.
    """
    option = f"{kind.role}_layers"
    network = figure_config(options, RUNNING).network_config.network
    names = parse_layers(layers, network, f"--{option}")
    fixed = {option: names, **kind.weights, "tv_weight": 0.0, "init": "noise", "scales": 1}
    config = figure_config(options, RUNNING, **fixed)
    inputs, report = lone_input(config, source, f"--{kind.role}"), told_once(report)
    sets, made = kind.sets(names), []
    for index, own in enumerate(sets, start=1):
        looked_at = kind.title.format(" + ".join(map(paper_name, own)))
        title = f"{kind.role} {index}/{len(sets)}: {looked_at}"
        only = _only(config, option, own)
        made.append(
            run_from_noise(title, only, inputs, strength=kind.strength, watch=watch, report=report)
        )
    return inputs, list(zip(sets, made, strict=True))


def _only(config: StylizeConfig, option: str, layers: Names) -> StylizeConfig:
    weighted = tuple(Weighted(name) for name in layers)
    return replace(config, objective=replace(config.objective, **{option: weighted}))
