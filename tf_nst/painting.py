"""From pictures and a config to a job of the engine and back: what the command and Python share."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.config import StylizeConfig, config_from_options
from tf_nst.engine.events import Event, Note
from tf_nst.engine.initial import NOISY_STARTS, initial_image
from tf_nst.engine.job import Job, Tiling
from tf_nst.engine.loop import stylize as run
from tf_nst.engine.strategy import device_type, make_strategy, resolved_name
from tf_nst.engine.windows import plan_windows
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs, Source, read_inputs
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import Extractor, build_terms
from tf_nst.ops.resample import resize
from tf_nst.optim.optimizers import OPTIMIZERS, Settings
from tf_nst.planning.budget import Budget
from tf_nst.planning.memory import available_bytes
from tf_nst.planning.plan import fallback, plan_cores, plan_optimizers, planned_bytes
from tf_nst.planning.precision import choose_precision
from tf_nst.planning.schedule import Scale, plan_scales
from tf_nst.planning.timing import make_forecast, timed_scales

_LOGGER = logging.getLogger("tf_nst")


class Painting(NamedTuple):
    """A job, and what a record tells of it.

    Attributes:
      job: for the engine.
      config: with every `auto`, size and learning rate resolved.
      inputs: the pictures.
      weights: where the network's numbers are from; the arrays themselves are let go.
      budget: what its estimates are made of.
      memory: estimated peak in bytes.
      timed: whether the steps are those that the config's seconds allowed.
    """

    job: Job
    config: StylizeConfig
    inputs: Inputs
    weights: Weights
    budget: Budget
    memory: int
    timed: bool


def stylize(
    content: Source,
    style: Source,
    *,
    listeners: tuple[Callable[[Event], None], ...] = (),
    report: Callable[[str], None] = _LOGGER.warning,
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
    painting = prepare(config, inputs, report, began=began)

    def tell(event: Event) -> None:
        if isinstance(event, Note):
            report(event.line)

    return finished(painting, run(painting.job, (tell, *listeners)))


def prepare(
    config: StylizeConfig,
    inputs: Inputs,
    report: Callable[[str], None],
    pause_every: int = 0,
    began: float | None = None,
) -> Painting:
    """Loads the weights and builds the job.

    Args:
      config: of the picture.
      inputs: see `read_inputs`.
      report: called with plain lines.
      pause_every: a call of the compiled step ends at each multiple of so many steps; 0: anywhere.
      began: the time.perf_counter() from which the config's seconds count; by default now.

    Raises:
      UserError: unusable weights, more scales than the picture's size, the steps or the seconds
        allow, or devices that are not there.
      RunError: a download failed.
    """
    # Before the weights, which may be downloaded: devices and scales that cannot be are refused.
    choice = config.network_config
    network, size = NETWORKS[choice.network], inputs.content.size
    layers, terms = used_layers(config.objective, network), build_terms(config.objective, network)
    parts = len(plan_windows(network, terms, config.core, *size)) if config.core else 1
    strategy = make_strategy(config.strategy, parts, report)
    config = _resolved(config, inputs, strategy)
    limit = config.memory * 1e9 or available_bytes()
    budget = Budget(network, terms, config.precision, size, inputs.style.size, limit)
    timed = config.seconds is not None
    if timed:
        config = _timed(config, budget, strategy, began or time.perf_counter(), report)
    scales = plan_scales(*size, config.steps, config.scales)
    weights = load_weights(
        choice.weights, network, network.up_to(layers), seed=config.seed, report=report
    )
    with strategy.scope():
        extractor = build_extractor(
            network, layers, weights.arrays, pooling=choice.pooling, dtype=config.precision
        )
    job = _job(config, inputs, scales, extractor, budget, report)
    core = job.tiling.cores[-1] if job.tiling else 0
    last, wanted = scales[-1], (config.optimizer, config.lbfgs_pairs)
    made = {
        "network_config": replace(choice, weights=weights.flag),
        "tile": str(core) if core else "off",
    }
    return Painting(
        job._replace(pause_every=pause_every, strategy=strategy),
        replace(config, **made),
        inputs,
        weights._replace(arrays={}),
        budget,
        budget.estimate(last, core, planned_bytes(*wanted, last, core, budget.room(last, core))),
        timed,
    )


def finished(painting: Painting, picture: tf.Tensor | np.ndarray) -> Image:
    """The Image of [1, h, w, 3] float in 0..1, with the content's size, depth, alpha and profile.

    A picture of an earlier scale is enlarged.
    """
    content = painting.inputs.content
    # numpy() would copy; the size is the content's already, but for previews of earlier scales.
    pixels = np.asarray(resize(tf.convert_to_tensor(picture), *content.size))[0]
    return Image.from_float(pixels, content.depth, content.alpha, content.profile)


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


def _timed(
    config: StylizeConfig,
    budget: Budget,
    strategy: tf.distribute.Strategy,
    began: float,
    report: Callable[[str], None],
) -> StylizeConfig:
    """The config with the steps that its seconds allow."""
    forecast = make_forecast(config, budget, strategy)
    scales = timed_scales(config, budget, forecast, time.perf_counter() - began)
    steps = tuple(scale.steps for scale in scales)
    listed = ", ".join(f"{each.steps} at {each.width}×{each.height}" for each in scales)
    report(f"--seconds={config.seconds:g} allows {sum(steps)} steps: {listed}")
    return replace(config, steps=steps, scales=len(steps), seconds=None)


def _job(
    config: StylizeConfig,
    inputs: Inputs,
    scales: tuple[Scale, ...],
    extractor: Extractor,
    budget: Budget,
    report: Callable[[str], None],
) -> Job:
    content, style = inputs.content.pixels[None], inputs.style.pixels[None]
    if inputs.start is None:
        initial = initial_image(config.init, content, style, config.seed)
    else:
        initial = inputs.start.to_float()[None]
    exact = config.precision != "bfloat16"
    settings = Settings(config.learning_rate, config.lbfgs_pairs, exact)
    cores = plan_cores(config.core, config.optimizer, config.lbfgs_pairs, scales, budget.room)
    return Job(
        extractor=extractor,
        terms=budget.terms,
        scales=scales,
        optimizers=plan_optimizers(config.optimizer, settings, scales, cores, budget.room, report),
        fallback=fallback(),
        content=content,
        style=style,
        initial=initial,
        detail=config.init not in NOISY_STARTS,
        decay=config.average,
        stop=config.stop,
        xla=config.xla == "on",
        tiling=None if config.tile == "off" else Tiling(budget.network, cores),
    )
