"""From pictures and a config to a job of the engine."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.engine.engine import Engine
from tf_nst.engine.initial import initial_image, is_noisy
from tf_nst.engine.job import Job
from tf_nst.engine.regional import regional_image
from tf_nst.engine.resources import get_network
from tf_nst.io.inputs import Inputs
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import Weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import NOTHING, Extractor
from tf_nst.objective.terms import CONTENT, Terms
from tf_nst.optim.optimizers import Settings, make_fallback, make_optimizer, rate_and_decay
from tf_nst.painting.arrangement import Arrangement, arrange
from tf_nst.painting.settings import (
    choose_devices,
    describe_workload,
    find_limits,
    fit_steps,
    record_config,
    resolve,
)
from tf_nst.planning.plan import Limits, Plan, plan, shortages
from tf_nst.planning.schedule import Scale
from tf_nst.planning.tiles import are_additive
from tf_nst.planning.workload import Workload


class Prospect(NamedTuple):
    """What is known of a painting before its network is loaded.

    Attributes:
      config: with what follows from the pictures and the devices.
      arrangement: what is painted where, of what.
      workload: what it computes.
      limits: what the plan keeps to.
      plan: how it is painted, and what that takes.
      strategy: the devices.
    """

    config: StylizeConfig
    arrangement: Arrangement
    workload: Workload
    limits: Limits
    plan: Plan
    strategy: tf.distribute.Strategy


class Extras(NamedTuple):
    """What a caller adds to a job that its config does not say.

    Attributes:
      terms: of the loss, each with a picture and masks of the picture's size, all at layers of the
        picture itself.
      pictures, masks: that they name, see `Job`.
    """

    terms: Terms = ()
    pictures: Mapping[str, NDArray[Any]] = NOTHING
    masks: Mapping[str, NDArray[np.float32]] = NOTHING


NO_EXTRAS = Extras()


class Painting(NamedTuple):
    """A job, and what a record says of it.

    Attributes:
      job: for the engine.
      config: with every `auto`, size and learning rate resolved.
      inputs: the pictures.
      weights: where the network's numbers are from; the arrays themselves are let go.
      limits: what the plan keeps to.
      plan: how it is painted.
      timed: whether the steps are those that the config's seconds allowed.
      engine: that runs it.
    """

    job: Job
    config: StylizeConfig
    inputs: Inputs
    weights: Weights
    limits: Limits
    plan: Plan
    timed: bool
    engine: Engine


def prepare(
    config: StylizeConfig,
    inputs: Inputs,
    report: Callable[[str], None],
    *,
    pause_every: int = 0,
    states: bool = False,
    began: float | None = None,
    engine: Engine | None = None,
    extras: Extras = NO_EXTRAS,
) -> Painting:
    """Loads the weights and builds the job of inputs that `read_inputs` has read.

    Args:
      report: called with plain lines.
      pause_every: calls end at each multiple of so many steps; 0: anywhere.
      states: whether states of the run are written while it paints, which takes memory.
      began: the time.perf_counter() from which its seconds count; by default now.
      engine: of earlier pictures; by default a new one.
      extras: what is added to the config's terms.

    Raises:
      UserError: unusable weights, too many scales, too few seconds, or devices that are not there.
      RunError: a download failed.
    """
    began, engine = began or time.perf_counter(), engine or Engine()
    timed = config.seconds is not None
    # Before the weights, which may be downloaded: devices and scales that cannot be are refused.
    ahead = foresee(
        config, inputs, report, states=states, began=began, engine=engine, extras=extras
    )
    config, choice = ahead.config, ahead.config.network_config
    layers = used_layers(config.objective, NETWORKS[choice.network])
    extractor, weights = get_network(
        engine, ahead.strategy, config.precision, choice, layers, seed=config.seed, report=report
    )
    job = _job(config, inputs, ahead.arrangement, ahead.workload, ahead.plan, extractor)
    job = _with_extras(job, extras)._replace(pause_every=pause_every, strategy=ahead.strategy)
    config = record_config(config, weights, ahead.workload, ahead.plan, ahead.limits)
    return Painting(job, config, inputs, weights, ahead.limits, ahead.plan, timed, engine)


def foresee(
    config: StylizeConfig,
    inputs: Inputs,
    report: Callable[[str], None],
    *,
    states: bool = False,
    began: float | None = None,
    engine: Engine,
    extras: Extras = NO_EXTRAS,
) -> Prospect:
    """How a painting would be painted, and what that takes, without its network's weights.

    Args: as those of `prepare`.

    Raises:
      UserError: too many scales, too few seconds, or devices that are not there.
    """
    began = began or time.perf_counter()
    layers = used_layers(config.objective, NETWORKS[config.network_config.network])
    strategy = choose_devices(config, inputs, engine, report)
    config, arrangement = resolve(config, inputs, strategy), arrange(config, inputs)
    workload = _workload(config, inputs, arrangement, strategy, extras)._replace(states=states)
    limits = find_limits(config, layers, strategy, engine)
    config, workload = fit_steps(config, workload, limits, began, report)
    chosen = _plan(workload, limits, report)
    return Prospect(config, arrangement, workload, limits, chosen, strategy)


def _workload(
    config: StylizeConfig,
    inputs: Inputs,
    arrangement: Arrangement,
    strategy: tf.distribute.Strategy,
    extras: Extras,
) -> Workload:
    workload = describe_workload(config, inputs, arrangement, strategy)
    return workload._replace(terms=(*workload.terms, *extras.terms))


def _with_extras(job: Job, extras: Extras) -> Job:
    """The job with their pictures and masks; their terms are the workload's."""
    pictures, masks = {**job.pictures, **extras.pictures}, {**job.masks, **extras.masks}
    return job._replace(pictures=pictures, masks=masks)


def _plan(workload: Workload, limits: Limits, report: Callable[[str], None]) -> Plan:
    """The plan; what it lacks the memory for is reported."""
    chosen = plan(workload, limits)
    for line in shortages(workload, chosen):
        report(line)
    return chosen


def _job(
    config: StylizeConfig,
    inputs: Inputs,
    arrangement: Arrangement,
    workload: Workload,
    chosen: Plan,
    extractor: Extractor,
) -> Job:
    exact = config.precision != "bfloat16"
    rate, decay = rate_and_decay(config.optimizer, config.learning_rate, config.average)
    optimizers = tuple(
        make_fallback()
        if choice.name != config.optimizer
        else make_optimizer(choice.name, Settings(rate, choice.pairs, exact))
        for choice in chosen.optimizers
    )
    return Job(
        network=workload.network,
        extractor=extractor,
        terms=workload.terms,
        scales=workload.scales,
        optimizers=optimizers,
        fallback=make_fallback(),
        pictures=arrangement.pictures,
        masks=arrangement.masks,
        blends={region.name: region.parts for region in arrangement.regions},
        painted=inputs.areas.painted,
        initial=_initial(config, inputs, arrangement, workload.scales),
        detail=not is_noisy(config.init),
        decay=decay,
        stop=config.stop,
        xla=config.xla == "on",
        cores=chosen.cores if _may_take_windows(config, workload) else None,
    )


def _may_take_windows(config: StylizeConfig, workload: Workload) -> bool:
    """Where windows are not wanted, or not exact, none are taken, however short the memory."""
    wanted = config.cores is None or any(config.cores)
    return wanted and are_additive(workload.terms)


def _initial(
    config: StylizeConfig, inputs: Inputs, arrangement: Arrangement, scales: tuple[Scale, ...]
) -> NDArray[np.float32]:
    """The start; noise of the first scale's size, since it would be less in a smaller picture."""
    if inputs.start is not None:
        return inputs.start.to_float()[None]
    content = arrangement.pictures[CONTENT]
    first = next(scale for scale in scales if scale.steps)

    def start(style: NDArray[Any], masks: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        return initial_image(config.init, content, style, config.seed, first[:2], masks)

    return regional_image(start, *arrangement)
