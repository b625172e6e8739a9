"""What a config and its pictures come to on this machine: devices, precision, workload, limits."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import tensorflow as tf

from tf_nst.config import StylizeConfig
from tf_nst.config.sizes import size_for_each
from tf_nst.config.tiles import tile_of
from tf_nst.engine.engine import Engine
from tf_nst.engine.process import configure_process
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.resources import get_speed, get_strategy
from tf_nst.engine.strategy import device_type, resolved_name, whole_picture_strategy
from tf_nst.errors import UserError
from tf_nst.io.inputs import Inputs
from tf_nst.io.styles import sizes_of
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.weights import Weights
from tf_nst.objective.regions import Region, by_regions
from tf_nst.objective.terms import CONTENT, Terms, build_terms, masked
from tf_nst.optim.optimizers import rate_and_decay
from tf_nst.painting.arrangement import Arrangement
from tf_nst.planning.memory import available_bytes
from tf_nst.planning.plan import Limits, Plan, fit_seconds, shortages
from tf_nst.planning.precision import choose_precision
from tf_nst.planning.schedule import LEAST_SIDE, Scale, plan_scales
from tf_nst.planning.tiles import plan_windows
from tf_nst.planning.workload import Workload

# With fewer steps a picture has hardly left its start.
FEW = 40


def choose_devices(
    config: StylizeConfig, inputs: Inputs, engine: Engine, report: Callable[[str], None]
) -> tf.distribute.Strategy:
    """The devices: no more than there are windows of the last scale.

    Raises:
      UserError: they are not there, or a layer is unknown.
    """
    configure_process(config.memory, config.deterministic)
    network = NETWORKS[config.network_config.network]
    terms, core = build_terms(config.objective, network), (config.cores or (0,))[-1]
    parts = len(plan_windows(network, terms, core, *inputs.content.size)) if core else 1
    return get_strategy(engine, config.strategy, parts, report)


def resolve(
    config: StylizeConfig, inputs: Inputs, strategy: tf.distribute.Strategy
) -> StylizeConfig:
    """The config with precision, compiler, rate, average, style's size and devices resolved."""
    precision = choose_precision(config.precision, config.xla, device_type(strategy))
    rate, decay = rate_and_decay(config.optimizer, config.learning_rate, config.average)
    return replace(
        config,
        style_size=sizes_of(size_for_each(config.style_size, len(inputs.styles)), inputs.styles),
        learning_rate=rate,
        average=decay,
        precision=precision.dtype,
        xla="on" if precision.xla else "off",
        strategy=resolved_name(strategy),
    )


def describe_workload(
    config: StylizeConfig,
    inputs: Inputs,
    arrangement: Arrangement,
    strategy: tf.distribute.Strategy,
) -> Workload:
    """What the run computes; where steps follow from seconds, at the picture's size alone.

    Raises:
      UserError: more scales than the picture's size or the steps allow, or tiles of other scales.
    """
    network, size = NETWORKS[config.network_config.network], inputs.content.size
    if config.seconds is None:
        scales = plan_scales(*size, config.steps, config.scales)
        _check_tiles(config, scales)
    else:
        scales = (Scale(*size, 1),)
    return Workload(
        network,
        _terms(config, network, arrangement),
        config.precision,
        scales,
        targets={region.name: _largest(arrangement, region) for region in arrangement.regions},
        optimizer=config.optimizer,
        pairs=config.lbfgs_pairs,
        replicas=strategy.num_replicas_in_sync,
        any_size=Replicas(whole_picture_strategy(strategy), 1).any_size and config.xla == "off",
    )


def _terms(config: StylizeConfig, network: Network, arrangement: Arrangement) -> Terms:
    """The terms of all regions. What smooths the picture fades with the style, so that nothing
    changes the photograph where its own statistics are wanted; these are met from the start, and
    left out, since a step along the rounding of their distances would be one all the same."""
    objective = config.objective
    weights: dict[str, Any] = {"tv_weight": config.style_strength * objective.tv_weight}
    if config.style_strength == 0 and objective.content_weight > 0:
        weights["style_weight"] = 0.0
    terms = build_terms(replace(objective, **weights), network)
    visible = {CONTENT} & arrangement.masks.keys()
    return by_regions(masked(terms, visible), arrangement.regions)


def _largest(arrangement: Arrangement, region: Region) -> tuple[int, int]:
    """Height and width of the largest picture of a region."""
    sizes = [arrangement.pictures[part.picture].shape[1:3] for part in region.parts]
    return max(sizes, key=math.prod)


def _check_tiles(config: StylizeConfig, scales: tuple[Scale, ...]) -> None:
    tiles = len(config.cores or ())
    if tiles > 1 and tiles != len(scales):
        raise UserError(
            f"--tile: expected one tile, or one for each of {len(scales)} scales, received "
            f"{config.tile}"
        )


def find_limits(
    config: StylizeConfig, layers: tuple[str, ...], strategy: tf.distribute.Strategy, engine: Engine
) -> Limits:
    """The limits of a plan; where steps follow from seconds the speed has to be good."""
    speed = get_speed(
        engine,
        strategy,
        config.precision,
        config.network_config,
        layers,
        exact=config.seconds is not None,
    )
    return Limits(config.cores, config.memory * 1e9 or available_bytes() or math.inf, speed)


def fit_steps(
    config: StylizeConfig,
    workload: Workload,
    limits: Limits,
    began: float,
    report: Callable[[str], None],
) -> tuple[StylizeConfig, Workload]:
    """Config and workload with the steps that the config's seconds allow, where it has seconds.

    Args:
      began: the time.perf_counter() from which they count.
      report: called with a line that says which.

    Raises:
      UserError: more scales than the picture's size allows, or not even a step for each fits.
    """
    if config.seconds is None:
        return config, workload
    tiles, spent = len(config.cores or ()), time.perf_counter() - began
    count = config.scales or (tiles if tiles > 1 else 0)
    scales = fit_seconds(workload, limits, count, config.seconds, spent)
    steps = tuple(scale.steps for scale in scales)
    listed = ", ".join(f"{each.steps} at {each.width}×{each.height}" for each in scales)
    report(f"--seconds={config.seconds:g} allows {sum(steps)} steps: {listed}")
    if note := _on_few_steps(sum(steps), config.size):
        report(note)
    config = replace(config, steps=steps, scales=len(steps), seconds=None)
    return config, workload._replace(scales=scales)


def _on_few_steps(steps: int, size: int) -> str:
    """A note with a size in pixels that allows FEW steps in the same time, or nothing.

    A step takes as long as its pixels are many.
    """
    smaller = int(size * math.sqrt(steps / FEW)) // 32 * 32
    if steps >= FEW or smaller < LEAST_SIDE:
        return ""
    return (
        f"note: so few steps leave much of the photograph as it is; --size={smaller} allows about "
        f"{FEW} steps"
    )


def record_config(
    config: StylizeConfig, weights: Weights, workload: Workload, chosen: Plan, limits: Limits
) -> StylizeConfig:
    """The config by which the same is painted again."""
    short = bool(shortages(workload, chosen))
    return replace(
        config,
        network_config=replace(config.network_config, weights=weights.flag),
        # Workers ask for windows, also where a picture is smaller than one.
        tile=config.tile if config.strategy == "workers" else tile_of(chosen.cores),
        # How much was kept for want of memory follows from the limit.
        memory=limits.bytes / 1e9 if short else config.memory,
    )
