"""From pictures and a config to a job of the engine and back: what the command and Python share."""

import logging
import math
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.config import NetworkConfig, StylizeConfig, config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Note
from tf_nst.engine.initial import NOISY_STARTS, initial_image, noise_image
from tf_nst.engine.job import Job
from tf_nst.engine.loop import stylize as run
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.strategy import device_type, make_strategy, resolved_name
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs, Source, read_inputs
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import Extractor
from tf_nst.objective.terms import CONTENT, STYLE, build_terms
from tf_nst.ops.resample import resize
from tf_nst.optim.optimizers import OPTIMIZERS, Settings, make_fallback, make_optimizer
from tf_nst.planning.memory import available_bytes
from tf_nst.planning.plan import Limits, Plan, fit_seconds, plan, shortages
from tf_nst.planning.precision import choose_precision
from tf_nst.planning.schedule import Scale, plan_scales
from tf_nst.planning.speed import convolution_speed, network_speed
from tf_nst.planning.tiles import plan_windows
from tf_nst.planning.workload import Workload

_LOGGER = logging.getLogger("tf_nst")


class Painting(NamedTuple):
    """A job, and what a record says of it.

    Attributes:
      job: for the engine.
      config: with every `auto`, size and learning rate resolved.
      inputs: the pictures.
      weights: where the network's numbers are from; the arrays themselves are let go.
      plan: how it is painted.
      timed: whether the steps are those that the config's seconds allowed.
      engine: that runs it.
    """

    job: Job
    config: StylizeConfig
    inputs: Inputs
    weights: Weights
    plan: Plan
    timed: bool
    engine: Engine


def stylize(
    content: Source,
    style: Source,
    *,
    listeners: tuple[Callable[[Event], None], ...] = (),
    report: Callable[[str], None] = _LOGGER.warning,
    engine: Engine | None = None,
    **options,
) -> Image:
    """Paints `content` in the manner of `style`.

    Args:
      content: a path, an Image, Pillow's image (its alpha is left out), or an array [H, W, 3],
        uint8, uint16 or floating in 0..1.
      style: the same, of any size.
      listeners: each is called with every event of the run (tf_nst/engine/events.py).
      report: called with plain lines, such as how many steps `seconds` allows; by default they go
        to the logger "tf_nst".
      engine: a `tf_nst.Engine`, which keeps what the next picture need not make again: the network,
        the compiled steps and what was measured of the style. By default nothing is kept.
      **options: the command's flags without their dashes, such as size=512, steps=300,
        style_layers="conv1_1,conv2_1:2" or init="noise"; `tf-nst --help` has their ranges.

    Returns:
      An Image: `.show()`, `.save("out.png")`, `numpy.asarray(image)`.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      NonFiniteLossError: a loss became NaN or infinite.
    """
    began = time.perf_counter()
    config = config_from_options(options)
    inputs = read_inputs(config, content, style)
    for note in (*inputs.content.notes, *inputs.style.notes):
        report(note)
    painting = prepare(config, inputs, report, began=began, engine=engine)

    def report_notes(event: Event) -> None:
        if isinstance(event, Note):
            report(event.line)

    picture = run(painting.job, (report_notes, *listeners), painting.engine)
    return finished(painting, picture)


def prepare(
    config: StylizeConfig,
    inputs: Inputs,
    report: Callable[[str], None],
    *,
    pause_every: int = 0,
    began: float | None = None,
    engine: Engine | None = None,
) -> Painting:
    """Loads the weights and builds the job.

    Args:
      config: of the picture.
      inputs: see `read_inputs`.
      report: called with plain lines.
      pause_every: a call of the compiled step ends at each multiple of so many steps; 0: anywhere.
      began: the time.perf_counter() from which the config's seconds count; by default now.
      engine: of earlier pictures; by default a new one.

    Raises:
      UserError: unusable weights, more scales than the picture's size, the steps or the seconds
        allow, or devices that are not there.
      RunError: a download failed.
    """
    # Before the weights, which may be downloaded: devices and scales that cannot be are refused.
    began, engine = began or time.perf_counter(), engine or Engine()
    timed = config.seconds is not None
    strategy = _strategy(config, inputs, engine, report)
    config = _resolved(config, inputs, strategy)
    workload = _workload(config, inputs, strategy)
    limits = _limits(config, workload, strategy, engine)
    if timed:
        config, workload = _timed(config, workload, limits, began, report)
    chosen = plan(workload, limits)
    lines = shortages(workload, chosen)
    for line in lines:
        report(line)
    extractor, weights = _network(config, workload, strategy, engine, report)
    job = _job(config, inputs, workload, chosen, extractor)
    config = replace(
        config,
        network_config=replace(config.network_config, weights=weights.flag),
        tile=_tile(chosen.cores),
        # What was kept for want of memory follows from the limit.
        memory=limits.bytes / 1e9 if lines else config.memory,
    )
    job = job._replace(pause_every=pause_every, strategy=strategy)
    return Painting(job, config, inputs, weights, chosen, timed, engine)


def finished(painting: Painting, picture: tf.Tensor | np.ndarray) -> Image:
    """The Image of [1, h, w, 3] float in 0..1, with the content's size, depth, alpha and profile.

    A picture of an earlier scale is enlarged.
    """
    content = painting.inputs.content
    # numpy() would copy; the size is the content's already, but for previews of earlier scales.
    pixels = np.asarray(resize(tf.convert_to_tensor(picture), *content.size))[0]
    return Image.from_float(pixels, content.depth, content.alpha, content.profile)


def _strategy(
    config: StylizeConfig, inputs: Inputs, engine: Engine, report: Callable[[str], None]
) -> tf.distribute.Strategy:
    """The devices, those of an earlier picture where it was painted by the same."""
    network = NETWORKS[config.network_config.network]
    terms, core = build_terms(config.objective, network), (config.cores or (0,))[-1]
    parts = len(plan_windows(network, terms, core, *inputs.content.size)) if core else 1

    def make():
        lines = []
        return make_strategy(config.strategy, parts, lines.append), lines

    strategy, lines = engine.resources.get(("strategy", config.strategy, parts), make)
    for line in lines:
        report(line)
    return strategy


def _resolved(
    config: StylizeConfig, inputs: Inputs, strategy: tf.distribute.Strategy
) -> StylizeConfig:
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


def _workload(config: StylizeConfig, inputs: Inputs, strategy: tf.distribute.Strategy) -> Workload:
    network, size = NETWORKS[config.network_config.network], inputs.content.size
    if config.seconds is None:
        scales = plan_scales(*size, config.steps, config.scales)
        _check_tiles(config, scales)
    else:
        scales = (Scale(*size, 1),)
    return Workload(
        network,
        build_terms(config.objective, network),
        config.precision,
        scales,
        targets={STYLE: inputs.style.size},
        optimizer=config.optimizer,
        pairs=config.lbfgs_pairs,
        replicas=strategy.num_replicas_in_sync,
        any_size=Replicas(strategy, 1).any_size and config.xla == "off",
    )


def _check_tiles(config: StylizeConfig, scales: tuple[Scale, ...]) -> None:
    tiles = len(config.cores or ())
    if tiles > 1 and tiles != len(scales):
        raise UserError(
            f"--tile: expected one tile, or one for each of {len(scales)} scales, received "
            f"{config.tile}"
        )


def _limits(
    config: StylizeConfig, workload: Workload, strategy: tf.distribute.Strategy, engine: Engine
) -> Limits:
    """The limits of a plan, after trying the speed of the devices.

    Where the config has seconds it has to be good: the whole network is tried, for a second or two;
    else one convolution, for a tenth of a second.
    """

    def measure():
        if config.seconds is None:
            return convolution_speed(strategy, config.precision)
        return network_speed(workload.layers, strategy, config.precision)

    key = "speed", strategy, config.precision, config.seconds is None
    bytes_free = config.memory * 1e9 or available_bytes() or math.inf
    return Limits(config.cores, bytes_free, engine.resources.get(key, measure))


def _timed(
    config: StylizeConfig,
    workload: Workload,
    limits: Limits,
    began: float,
    report: Callable[[str], None],
) -> tuple[StylizeConfig, Workload]:
    """Config and workload with the steps that the config's seconds allow."""
    spent = time.perf_counter() - began
    scales = fit_seconds(workload, limits, config.scales, config.seconds, spent)
    steps = tuple(scale.steps for scale in scales)
    listed = ", ".join(f"{each.steps} at {each.width}×{each.height}" for each in scales)
    report(f"--seconds={config.seconds:g} allows {sum(steps)} steps: {listed}")
    config = replace(config, steps=steps, scales=len(steps), seconds=None)
    return config, workload._replace(scales=scales)


def _network(
    config: StylizeConfig,
    workload: Workload,
    strategy: tf.distribute.Strategy,
    engine: Engine,
    report: Callable[[str], None],
) -> tuple[Extractor, Weights]:
    """The extractor, that of an earlier picture where it is the same."""
    choice, layers = config.network_config, used_layers(config.objective, workload.network)

    def make():
        weights = load_weights(
            choice.weights, workload.network, workload.layers, seed=config.seed, report=report
        )
        with strategy.scope():
            extractor = build_extractor(
                workload.network,
                layers,
                weights.arrays,
                pooling=choice.pooling,
                dtype=config.precision,
            )
        return extractor, weights._replace(arrays={})

    key = "network", choice, _stamp(choice), layers, config.seed, config.precision, strategy
    return engine.resources.get(key, make)


def _stamp(choice: NetworkConfig) -> tuple[int, int] | None:
    """What changes when a file of weights does; None of what is no file."""
    if not os.path.isfile(choice.weights):
        return None
    status = os.stat(choice.weights)
    return status.st_mtime_ns, status.st_size


def _job(
    config: StylizeConfig, inputs: Inputs, workload: Workload, chosen: Plan, extractor: Extractor
) -> Job:
    exact = config.precision != "bfloat16"
    optimizers = tuple(
        make_fallback()
        if choice.name != config.optimizer
        else make_optimizer(choice.name, Settings(config.learning_rate, choice.pairs, exact))
        for choice in chosen.optimizers
    )
    return Job(
        network=workload.network,
        extractor=extractor,
        terms=workload.terms,
        scales=workload.scales,
        optimizers=optimizers,
        fallback=make_fallback(),
        pictures={CONTENT: inputs.content.pixels[None], STYLE: inputs.style.pixels[None]},
        initial=_initial(config, inputs, workload.scales),
        detail=config.init not in NOISY_STARTS,
        decay=config.average,
        stop=config.stop,
        xla=config.xla == "on",
        cores=chosen.cores if _may_tile(config) else None,
    )


def _initial(config: StylizeConfig, inputs: Inputs, scales: tuple[Scale, ...]) -> np.ndarray:
    """The start; noise of the first scale's size, since it would be less in a smaller picture."""
    if inputs.start is not None:
        return inputs.start.to_float()[None]
    content, style = inputs.content.pixels[None], inputs.style.pixels[None]
    if config.init in NOISY_STARTS:
        first = next(scale for scale in scales if scale.steps)
        return noise_image(config.init, *first[:2], style, config.seed)
    return initial_image(config.init, content, style, config.seed)


def _may_tile(config: StylizeConfig) -> bool:
    """Whether a scale may be painted by windows where memory is short after all."""
    return config.cores is None or any(config.cores)


def _tile(cores: tuple[int, ...]) -> str:
    """The value of --tile that gives these cores."""
    if not any(cores):
        return "off"
    return ",".join(str(core) if core else "off" for core in cores)
