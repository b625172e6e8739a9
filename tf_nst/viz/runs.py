"""Runs of the engine, one after the other, each with its listeners."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.engine.events import Event, Finished
from tf_nst.engine.job import Job
from tf_nst.engine.loop import stylize
from tf_nst.io.areas import ALL
from tf_nst.io.given import Source
from tf_nst.io.inputs import Inputs, read_one
from tf_nst.io.listeners import History
from tf_nst.io.styles import Style
from tf_nst.model.weights import Weights
from tf_nst.painting import Painting, prepare

# A run's title and its job -> the listeners to its events.
Watch = Callable[[str, Job], tuple[Callable[[Event], None], ...]]


def unwatched(title: str, job: Job) -> tuple[Callable[[Event], None], ...]:
    """No listeners."""
    return ()


class RunResult(NamedTuple):
    """The result of a run.

    Attributes:
      picture: [B, H, W, 3] float32 in 0..1.
      values: {term: [B]} unweighted, at this picture.
      history: every term's value at every step.
      weights: where the network's numbers are from.
    """

    picture: NDArray[np.float32]
    values: dict[str, NDArray[np.float32]]
    history: History
    weights: Weights


def run_job(title: str, painting: Painting, watch: Watch) -> RunResult:
    """Runs a painting's job to its end.

    Raises:
      NonFiniteLossError, DivergedError: a loss is NaN or infinite, or rose and stayed high.
    """
    history = History(painting.job.scales)
    ended: list[Finished] = []

    def keep(event: Event) -> None:
        if isinstance(event, Finished):
            ended.append(event)

    stylize(painting.job, (*watch(title, painting.job), history, keep), painting.engine)
    (finished,) = ended
    return RunResult(finished.image.numpy(), finished.values, history, painting.weights)


def run_from_noise(
    title: str,
    config: StylizeConfig,
    inputs: Inputs,
    *,
    strength: float,
    watch: Watch,
    report: Callable[[str], None],
) -> RunResult:
    """Runs the job of a config from `strength` times its noise, around grey.

    Raises as `prepare` and `run_job`.
    """
    painting = prepare(config, inputs, report)
    job = painting.job._replace(initial=scaled_noise(painting.job.initial, strength))
    return run_job(title, painting._replace(job=job), watch)


def scaled_noise(noise: NDArray[np.float32], strength: float) -> NDArray[np.float32]:
    """Noise in 0..1 with its distance from grey multiplied by `strength`."""
    return np.asarray(0.5 + strength * (noise - 0.5), np.float32)


def lone_input(config: StylizeConfig, source: Source, flag: str) -> Inputs:
    """The inputs of a run with one picture only. Raises as `read_one`."""
    image = read_one(config, source, flag)
    return Inputs(image, (Style((image,)),), None, (image.size, image.size), ALL)


def report_once(report: Callable[[str], None]) -> Callable[[str], None]:
    """A report that leaves out repeated lines, such as the devices of each run."""
    return functools.cache(report)
