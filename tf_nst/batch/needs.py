"""What a process of a batch takes, by the plan of its largest picture, and what there is."""

import math
from typing import NamedTuple

import tensorflow as tf

from tf_nst.batch.flags import painting_values
from tf_nst.cli.flags import config_from_flags
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.terms import STYLE, build_terms
from tf_nst.planning.memory import available_bytes
from tf_nst.planning.plan import Limits, plan
from tf_nst.planning.schedule import Scale
from tf_nst.planning.workload import Workload


class Needs(NamedTuple):
    """What a process takes, and what there is.

    Attributes:
      gpus: of the machine.
      peak: estimated bytes of a process.
      available: bytes of main memory; None where the system does not say.
    """

    gpus: int
    peak: int
    available: int | None


def needs_of(largest: dict) -> Needs:
    """The needs of a picture.

    Args:
      largest: its `flags`, and its `shape`, height and width in pixels.
    """
    gpus = len(tf.config.list_physical_devices("GPU"))
    return Needs(gpus, _peak(largest["flags"], largest["shape"]), available_bytes())


def _peak(flags: dict[str, str], shape: tuple[int, int]) -> int:
    config = config_from_flags(painting_values("content.png", "style.png", "picture.png", flags))
    network = NETWORKS[config.network_config.network]
    workload = Workload(
        network,
        build_terms(config.objective, network),
        "float32",
        (Scale(*shape, 1),),
        targets={STYLE: tuple(shape)},
        optimizer=config.optimizer,
        pairs=config.lbfgs_pairs,
    )
    cores = None if config.cores is None else config.cores[-1:]
    return plan(workload, Limits(cores, config.memory * 1e9 or math.inf)).peak_bytes
