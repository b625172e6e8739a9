"""What jobs are made of, which an engine keeps for the next: devices, their speed, networks."""

import os
from collections.abc import Callable

import tensorflow as tf

from tf_nst.config import NetworkConfig
from tf_nst.engine.engine import Engine
from tf_nst.engine.strategy import make_strategy
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights
from tf_nst.objective.objective import Extractor
from tf_nst.planning.speed import convolution_speed, network_speed

Report = Callable[[str], None]


def get_strategy(engine: Engine, name: str, parts: int, report: Report) -> tf.distribute.Strategy:
    """The devices of a name, see `make_strategy`; its lines are reported every time."""

    def make() -> tuple[tf.distribute.Strategy, list[str]]:
        lines: list[str] = []
        return make_strategy(name, parts, lines.append), lines

    # More parts than devices make no other strategy, nor do parts of workers.
    count = 0 if name == "workers" else min(parts, len(tf.config.list_logical_devices()))
    strategy, lines = engine.resources.get(("strategy", name, count), make)
    for line in lines:
        report(line)
    return strategy


def get_speed(
    engine: Engine,
    strategy: tf.distribute.Strategy,
    dtype: str,
    choice: NetworkConfig,
    layers: tuple[str, ...],
    *,
    exact: bool,
) -> float:
    """Floating-point operations a second of a replica.

    Args:
      exact: whether the whole network is tried, for a second or two; else one convolution, for a
        tenth of a second.
    """

    def measure() -> float:
        if exact:
            cut = NETWORKS[choice.network].up_to(layers)
            return network_speed(cut, strategy, dtype)
        return convolution_speed(strategy, dtype)

    key = "speed", strategy, dtype, exact and (choice.network, layers)
    speed: float = engine.resources.get(key, measure)
    return speed


def get_network(
    engine: Engine,
    strategy: tf.distribute.Strategy,
    dtype: str,
    choice: NetworkConfig,
    layers: tuple[str, ...],
    *,
    seed: int,
    report: Report,
) -> tuple[Extractor, Weights]:
    """The extractor of `layers`, and where its numbers are from, without the arrays themselves.

    Raises as `load_weights`.
    """

    def make() -> tuple[Extractor, Weights]:
        network = NETWORKS[choice.network]
        weights = load_weights(
            choice.weights, network, network.up_to(layers), seed=seed, report=report
        )
        with strategy.scope():
            extractor = build_extractor(
                network,
                layers,
                weights.arrays,
                pooling=choice.pooling,
                padding=choice.padding,
                dtype=dtype,
            )
        return extractor, weights._replace(arrays={})

    seed_of_weights = seed if choice.weights == "random" else None
    key = "network", strategy, dtype, choice, _stamp(choice.weights), layers, seed_of_weights
    built: tuple[Extractor, Weights] = engine.resources.get(key, make)
    return built


def _stamp(path: str) -> tuple[int, int] | None:
    """What changes when a file of weights does; None where the choice is no file."""
    path = os.path.expanduser(path)
    if not os.path.isfile(path):
        return None
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size
