"""NAME.state in the painting command: what is kept in it, and where a run goes on."""

import math
import time

import numpy as np

from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests
from tf_nst.cli.results import Results
from tf_nst.cli.terminal import printable
from tf_nst.config import StylizeConfig
from tf_nst.engine.arrays import from_arrays
from tf_nst.engine.events import Note
from tf_nst.engine.job import Job
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.state import RunState
from tf_nst.engine.strategy import worker_place
from tf_nst.errors import UserError
from tf_nst.io.checkpoints import Checkpoints
from tf_nst.io.listeners import History
from tf_nst.io.resume import Resumed, describe_run
from tf_nst.io.state_file import read_arrays, refusing_damage, state_path


def make_checkpoints(
    values: Values, config: StylizeConfig, results: Results, began: float
) -> Checkpoints:
    """What keeps the state of a run; of several workers the first one does.

    Args:
      values: of the flags.
      config: as the flags have it.
      began: time.perf_counter() of the run's beginning.
    """
    painting = results.painting
    memory, is_first = painting.limits.bytes / 1e9, not worker_place(painting.job.strategy)[0]
    description = describe_run(
        config,
        painting.config,
        steps=tuple(scale.steps for scale in painting.job.scales),
        gigabytes=memory if memory < math.inf else 0.0,
        digests=digests(painting),
    )
    return Checkpoints(
        state_path(values.output),
        values.checkpoint_seconds if is_first else 0,
        lambda: description | {"seconds": time.perf_counter() - began},
        results.history,
        lambda line: results.progress(Note(printable(line))),
        background=painting.plan.background,
        takes_over=is_first and bool(values.checkpoint_seconds or values.resume),
    )


def read_state(
    values: Values, job: Job, resumed: Resumed | None, history: History
) -> RunState | None:
    """Where a run goes on, its history restored; None: it begins.

    Raises:
      UserError: the file is damaged, or another worker goes on from elsewhere.
    """
    state = None
    if resumed:
        with refusing_damage(resumed.path):
            arrays = read_arrays(resumed.path)
            state = from_arrays(job, arrays)
            history.restore(resumed.description["history"], arrays["losses"])
    if values.resume and worker_place(job.strategy)[1] > 1:
        _check_agreement(job, state.step if state else 0)
    return state


def _check_agreement(job: Job, step: int) -> None:
    first = int(Replicas(job.strategy, 1).agreed(np.float32(step)))
    if step != first:
        raise UserError(
            f"--resume: expected the state of the first worker, at step {first}, in this worker's "
            f"folder too, received one at step {step}"
        )
