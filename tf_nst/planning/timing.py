"""How many seconds a run takes on the devices at hand, and how many steps fit into some seconds."""

import functools

import tensorflow as tf

from tf_nst.config import StylizeConfig
from tf_nst.engine.replicas import Replicas
from tf_nst.objective.terms import IMAGE
from tf_nst.planning.budget import Budget
from tf_nst.planning.forecast import Forecast, Work, convolution_speed, network_speed
from tf_nst.planning.plan import plan_cores
from tf_nst.planning.schedule import Scale, fit_scales


def make_forecast(
    config: StylizeConfig, budget: Budget, strategy: tf.distribute.Strategy
) -> Forecast:
    """The forecast of a picture, after trying the speed of the devices.

    Where the config has seconds it has to be good: the whole network is tried, for a second or two;
    else one convolution, for a tenth of a second.

    Args:
      config: with precision and XLA resolved.
      budget: of the picture.
      strategy: whose replicas paint it.
    """
    sizes = budget.picture, budget.style
    work = Work(budget.network, budget.terms, *sizes, strategy.num_replicas_in_sync)
    any_size = Replicas(strategy, 1).any_size and config.xla == "off"
    if config.seconds is None:
        speed = convolution_speed(strategy, config.precision)
    else:
        layers = tuple(term.layer for term in budget.terms if term.layer != IMAGE)
        speed = network_speed(budget.network.up_to(layers), strategy, config.precision)
    return Forecast(work, speed, any_size)


def timed_scales(
    config: StylizeConfig, budget: Budget, forecast: Forecast, spent: float
) -> tuple[Scale, ...]:
    """The scales of a picture with the most steps that fit into the config's seconds.

    Args:
      config: with precision and XLA resolved.
      budget: of the picture.
      forecast: of its run.
      spent: seconds that are over.

    Raises:
      UserError: more scales than the picture's size allows, or not even a step for each fits.
    """

    @functools.cache
    def prices(sizes: tuple[tuple[int, int], ...]) -> tuple[float, list[float]]:
        """Seconds until the first step, and those of a step at each of these sizes."""
        once = tuple(Scale(*size, 1) for size in sizes)
        cores = plan_cores(config.core, config.optimizer, config.lbfgs_pairs, once, budget.room)
        pairs = zip(sizes, cores, strict=True)
        each = [forecast.work.step(size, core) / forecast.speed for size, core in pairs]
        return spent + forecast.seconds(once, cores) - sum(each), each

    def expected(scales: tuple[Scale, ...]) -> float:
        start, each = prices(tuple(scale[:2] for scale in scales))
        steps = zip(scales, each, strict=True)
        return start + sum(scale.steps * seconds for scale, seconds in steps)

    return fit_scales(*budget.picture, config.scales, config.seconds, expected)
