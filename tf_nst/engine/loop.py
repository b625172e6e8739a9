"""The only optimisation loop."""

from collections.abc import Callable, Iterator
from typing import cast

import tensorflow as tf

from tf_nst.engine.engine import Engine
from tf_nst.engine.events import Event, Finished
from tf_nst.engine.job import Job
from tf_nst.engine.run import Run
from tf_nst.engine.state import RunState


def stylize(
    job: Job,
    listeners: tuple[Callable[[Event], None], ...] = (),
    engine: Engine | None = None,
    state: RunState | None = None,
) -> tf.Tensor:
    """Runs a job to its end, every event shown to every listener.

    Args:
      state: see `iterate`.

    Returns:
      The picture [B, H, W, 3] float32 in 0..1.
    """
    for event in iterate(job, state, engine):
        for listener in listeners:
            listener(event)
    return cast(Finished, event).image


def iterate(
    job: Job, state: RunState | None = None, engine: Engine | None = None
) -> Iterator[Event]:
    """Runs a job: its events, one after the other. Leaving the iterator ends the run.

    Args:
      state: where it goes on, of the same job: what an event's `snapshot()` gave; None: it begins.
      engine: what earlier runs left for this one, and this one for the next; None: nothing.

    Raises:
      NonFiniteLossError: a loss is NaN or infinite.
      DivergedError: ten losses in a row are more than ten times the first one of their scale, those
        of each picture of the batch; the steps up to there were emitted.
      LostWorkerError: another process that shares the windows is gone.
      ValueError: a term's weights are not one for each picture, or several replicas share them.
    """
    _check_weights(job)
    run = Run(job, state or RunState(), engine or Engine())
    # The run lets go of its pictures as it goes on.
    del state
    yield from run.events()


def _check_weights(job: Job) -> None:
    pictures, replicas = len(job.initial), job.strategy.num_replicas_in_sync
    for term in job.terms:
        if isinstance(term.weight, tuple) and (len(term.weight) != pictures or replicas > 1):
            raise ValueError(
                f"{term.name}: expected one weight, or on one replica a weight for each of "
                f"{pictures} pictures, received {len(term.weight)} on {replicas}"
            )
