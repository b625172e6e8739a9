"""How a run is painted: which scales by windows, by which optimisers, given the memory there is."""

import functools
import math
from typing import NamedTuple

from tf_nst.optim.optimizers import FALLBACK, OPTIMIZERS
from tf_nst.planning.memory import picture_bytes
from tf_nst.planning.schedule import Scale, fit_scales
from tf_nst.planning.tiles import CORES, are_additive, check_additive
from tf_nst.planning.workload import Workload


class Limits(NamedTuple):
    """What a plan keeps to.

    Attributes:
      cores: of windows in pixels a side: one for all scales, or one for each; 0: no windows. None:
        none where the whole picture fits with half of the pairs, since windows take about twice the
        time; else the largest that fit with as many, or, where none do, with the fallback.
      bytes: that the run may take.
      speed: floating-point operations a second of a replica.
    """

    cores: tuple[int, ...] | None = None
    bytes: float = math.inf
    speed: float = math.inf


class Choice(NamedTuple):
    """An optimiser by its name in OPTIMIZERS, and the pairs that it keeps."""

    name: str
    pairs: int


class Plan(NamedTuple):
    """How a run is painted.

    Attributes:
      cores: of each scale's windows in pixels a side; 0: the whole picture at once.
      optimizers: of each scale.
      peak_bytes: the estimated peak of the process, over all scales that have steps.
      seconds: that it is expected to take, where other work leaves the devices as free as they
        were when their speed was measured.
      background: whether the run may go on while a state of it is written: whether the memory
        suffices for both. The peak counts it in.
    """

    cores: tuple[int, ...]
    optimizers: tuple[Choice, ...]
    peak_bytes: int
    seconds: float
    background: bool = True


def plan(workload: Workload, limits: Limits) -> Plan:
    """The plan of a run within its limits; what does not add up over windows is painted whole.

    Raises:
      UserError: windows are asked for, of terms that do not add up.
    """
    cores = _plan_cores(workload, limits)
    scales = tuple(zip(workload.scales, cores, strict=True))
    optimizers = tuple(_choose(workload, limits, scale, core) for scale, core in scales)
    seconds, chosen = workload.seconds(cores, limits.speed), zip(scales, optimizers, strict=True)
    peaks, with_states = zip(
        *(_peaks(workload, scale, core, choice) for (scale, core), choice in chosen if scale.steps),
        strict=True,
    )
    # How a picture is painted does not depend on whether states are written.
    background = max(with_states) <= limits.bytes
    peak = max(with_states if workload.states and background else peaks)
    return Plan(cores, optimizers, peak, seconds, background)


def _peaks(workload: Workload, scale: Scale, core: int, choice: Choice) -> tuple[int, int]:
    """The peak of a scale in bytes, without and with a state that is being written."""
    kept = optimizer_bytes(choice, scale, core)
    state = state_bytes(choice, scale)
    return workload.bytes(scale, core, kept), workload.bytes(scale, core, kept + state)


def shortages(workload: Workload, chosen: Plan) -> list[str]:
    """A line for each scale with steps where less than the workload asks for fits the memory."""
    lines = []
    for scale, choice in zip(workload.scales, chosen.optimizers, strict=True):
        if scale.steps and choice != Choice(workload.optimizer, workload.pairs):
            keeps = f"keeps {choice.pairs} of {workload.pairs} pairs"
            what = keeps if choice.name == workload.optimizer else f"is replaced by {choice.name}"
            size = f"{scale.width}×{scale.height}"
            lines.append(f"memory is short: {workload.optimizer} {what} at {size}")
    return lines


def optimizer_bytes(choice: Choice, scale: Scale, core: int) -> int:
    """What an optimiser keeps at a scale, in bytes at its peak.

    Twice where the whole picture is painted at once: what goes into a call and what comes out.
    """
    row = OPTIMIZERS[choice.name]
    times = row.times_by_windows if core else 2
    return times * row.pictures(choice.pairs) * picture_bytes(scale.height, scale.width)


def state_bytes(choice: Choice, scale: Scale) -> int:
    """What a state of a run holds, in bytes: the optimiser's, the picture, the best, the last."""
    pictures = OPTIMIZERS[choice.name].pictures(choice.pairs) + 3
    return pictures * picture_bytes(scale.height, scale.width)


def fit_seconds(
    workload: Workload, limits: Limits, count: int, seconds: float, spent: float
) -> tuple[Scale, ...]:
    """The scales of a picture with the most steps that fit into `seconds`.

    Args:
      workload: of the picture; the steps of its scales do not matter.
      limits: of its plan.
      count: of scales; 0: by default as many as leave each a few steps.
      seconds: until the picture is painted.
      spent: of these, seconds that are over.

    Raises:
      UserError: more scales than the picture's size allows, or not even a step for each fits.
    """

    @functools.cache
    def prices(sizes: tuple[tuple[int, int], ...]) -> tuple[float, list[float]]:
        """Seconds until the first step, and those of a step at each of these sizes."""
        once = workload._replace(scales=tuple(Scale(*size, 1) for size in sizes))
        chosen = plan(once, limits)
        pairs = zip(sizes, chosen.cores, strict=True)
        each = [once.step_operations(size, core) / limits.speed for size, core in pairs]
        return spent + chosen.seconds - sum(each), each

    def expected(scales: tuple[Scale, ...]) -> float:
        start, each = prices(tuple(scale[:2] for scale in scales))
        steps = zip(scales, each, strict=True)
        return start + sum(scale.steps * price for scale, price in steps)

    return fit_scales(*workload.scales[-1][:2], count, seconds, expected)


def _plan_cores(workload: Workload, limits: Limits) -> tuple[int, ...]:
    scales = workload.scales
    if limits.cores is None:
        return tuple(_fitting_core(workload, limits, scale) for scale in scales)
    cores = limits.cores * len(scales) if len(limits.cores) == 1 else limits.cores
    pairs = zip(scales, cores, strict=True)
    cores = tuple(core if core < max(scale[:2]) else 0 for scale, core in pairs)
    if any(cores):
        check_additive(workload.terms)
    return cores


def _fitting_core(workload: Workload, limits: Limits, scale: Scale) -> int:
    """The largest core that fits with half of the pairs, else with the fallback, else the least."""
    cores: tuple[int, ...] = (0,)
    if are_additive(workload.terms):
        cores = (0, *(core for core in CORES if core < max(scale[:2])))
    half = Choice(workload.optimizer, max(1, workload.pairs // 2))
    for choice in (half, Choice(FALLBACK, 0)):
        for core in cores:
            if _fits(workload, limits, scale, core, choice):
                return core
    return cores[-1]


def _choose(workload: Workload, limits: Limits, scale: Scale, core: int) -> Choice:
    """The optimiser with the most pairs that fit; where not even one does, the fallback."""
    wanted = Choice(workload.optimizer, workload.pairs)
    if _pictures(wanted) <= _pictures(Choice(FALLBACK, 0)):
        return wanted
    choices = (wanted._replace(pairs=pairs) for pairs in range(workload.pairs, 0, -1))
    fitting = (it for it in choices if _fits(workload, limits, scale, core, it))
    return next(fitting, Choice(FALLBACK, 0))


def _pictures(choice: Choice) -> int:
    return OPTIMIZERS[choice.name].pictures(choice.pairs)


def _fits(workload: Workload, limits: Limits, scale: Scale, core: int, choice: Choice) -> bool:
    kept = optimizer_bytes(choice, scale, core)
    return workload.bytes(scale, core) + kept <= limits.bytes
