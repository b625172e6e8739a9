"""What a config and its pictures come to on this machine: devices, precision, workload, limits."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import tensorflow as tf

from tf_nst.config import StylizeConfig
from tf_nst.config.tiles import tile_of
from tf_nst.engine.engine import Engine
from tf_nst.engine.process import configure_process
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.resources import get_speed, get_strategy
from tf_nst.engine.strategy import device_type, resolved_name, whole_picture_strategy
from tf_nst.errors import UserError
from tf_nst.io.inputs import Inputs
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import Weights
from tf_nst.objective.terms import STYLE, build_terms, masked
from tf_nst.optim.optimizers import OPTIMIZERS
from tf_nst.planning.memory import available_bytes
from tf_nst.planning.plan import Limits, Plan, fit_seconds, shortages
from tf_nst.planning.precision import choose_precision
from tf_nst.planning.schedule import Scale, plan_scales
from tf_nst.planning.tiles import plan_windows
from tf_nst.planning.workload import Workload


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
    row = OPTIMIZERS[config.optimizer]
    return replace(
        config,
        style_size=max(inputs.style.height, inputs.style.width),
        learning_rate=config.learning_rate or row.learning_rate,
        average=row.decay if config.average is None else config.average,
        precision=precision.dtype,
        xla="on" if precision.xla else "off",
        strategy=resolved_name(strategy),
    )


def describe_workload(
    config: StylizeConfig, inputs: Inputs, strategy: tf.distribute.Strategy
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
        masked(build_terms(config.objective, network), inputs.masks),
        config.precision,
        scales,
        targets={STYLE: inputs.style.size},
        optimizer=config.optimizer,
        pairs=config.lbfgs_pairs,
        replicas=strategy.num_replicas_in_sync,
        any_size=Replicas(whole_picture_strategy(strategy), 1).any_size and config.xla == "off",
    )


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
    config = replace(config, steps=steps, scales=len(steps), seconds=None)
    return config, workload._replace(scales=scales)


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
