"""Which scales are painted window by window, and by which optimiser, given the memory there is."""

from collections.abc import Callable

from tf_nst.optim.optimizers import OPTIMIZERS, Optimizer, Settings
from tf_nst.planning.memory import picture_bytes
from tf_nst.planning.schedule import Scale
from tf_nst.planning.tiles import CORES

# Needs little memory, and no line search that could fail.
FALLBACK = "adam"


def fallback() -> Optimizer:
    """What goes on where an optimiser cannot."""
    row = OPTIMIZERS[FALLBACK]
    return row.make(Settings(row.learning_rate))


def kept_bytes(name: str, pairs: int, scale: Scale, core: int) -> int:
    """What an optimiser keeps at a scale, in bytes at its peak.

    Twice where the whole picture is painted at once: what goes into a call and what comes out.

    Args:
      name: a row of OPTIMIZERS.
      pairs: that it keeps.
      core: of the scale's windows in pixels; 0: the whole picture at once.
    """
    row = OPTIMIZERS[name]
    times = row.times_by_windows if core else 2
    return times * row.pictures(pairs) * picture_bytes(scale.height, scale.width)


def planned_bytes(name: str, wanted: int, scale: Scale, core: int, room: float) -> int:
    """`kept_bytes` of what `plan_optimizers` takes for a scale where it has `room` bytes."""
    pairs = _fitting_pairs(name, wanted, scale, core, room)
    return kept_bytes(name if pairs else FALLBACK, pairs, scale, core)


def plan_cores(
    tile: int | None,
    name: str,
    pairs: int,
    scales: tuple[Scale, ...],
    room: Callable[[Scale, int], float],
) -> tuple[int, ...]:
    """The cores of each scale's windows in pixels a side; 0: the whole picture at once.

    Args:
      tile: cores that are asked for; 0: no windows; None: none where the whole picture fits with
        half of the pairs, since windows take about twice the time; else the largest that fit with
        as many, or, where none do, with the fallback.
      name: the optimiser, a row of OPTIMIZERS.
      pairs: that it is to keep.
      scales: with height and width in pixels.
      room: scale, core -> bytes for what the optimiser keeps.
    """
    if tile is not None:
        return tuple(tile if 0 < tile < max(scale[:2]) else 0 for scale in scales)
    return tuple(_fitting_core(name, pairs, scale, room) for scale in scales)


def _fitting_core(name: str, pairs: int, scale: Scale, room: Callable[[Scale, int], float]) -> int:
    """The largest core that fits with half of the pairs, else with the fallback, else the least."""
    cores = (0, *(core for core in CORES if core < max(scale[:2])))
    for who, kept in ((name, max(1, pairs // 2)), (FALLBACK, 0)):
        for core in cores:
            if room(scale, core) >= kept_bytes(who, kept, scale, core):
                return core
    return cores[-1]


def plan_optimizers(
    name: str,
    settings: Settings,
    scales: tuple[Scale, ...],
    cores: tuple[int, ...],
    room: Callable[[Scale, int], float],
    report: Callable[[str], None],
) -> tuple[Optimizer, ...]:
    """One optimiser for each scale: fewer pairs, or the fallback, where memory is short.

    Args:
      name: a row of OPTIMIZERS.
      settings: its settings.
      scales: with height and width in pixels.
      cores: of their windows in pixels; 0: the whole picture at once.
      room: scale, core -> bytes for what the optimiser keeps.
      report: called with a line for each scale where less than `settings` asks for fits.
    """
    fitting = [
        _fitting_pairs(name, settings.pairs, scale, core, room(scale, core))
        for scale, core in zip(scales, cores, strict=True)
    ]
    for pairs, scale in zip(fitting, scales, strict=True):
        if pairs < settings.pairs:
            kept = f"keeps {pairs} of {settings.pairs} pairs"
            what = kept if pairs else f"gives way to {FALLBACK}"
            report(f"memory is short: {name} {what} at {scale.width}×{scale.height}")
    made = {pairs: _make(name, settings, pairs) for pairs in set(fitting)}
    return tuple(made[pairs] for pairs in fitting)


def _make(name: str, settings: Settings, pairs: int) -> Optimizer:
    return OPTIMIZERS[name].make(settings._replace(pairs=pairs)) if pairs else fallback()


def _fitting_pairs(name: str, wanted: int, scale: Scale, core: int, room: float) -> int:
    """The most pairs, up to `wanted`, that fit; 0 where the fallback keeps less than any."""
    if OPTIMIZERS[name].pictures(wanted) <= OPTIMIZERS[FALLBACK].pictures(wanted):
        return wanted
    choices = range(1, wanted + 1)
    fitting = [pairs for pairs in choices if kept_bytes(name, pairs, scale, core) <= room]
    return max(fitting, default=0)
