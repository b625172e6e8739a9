"""Which scales are painted window by window, and by which optimiser, given the memory there is."""

from collections.abc import Callable

from tf_nst.engine.memory import picture_bytes
from tf_nst.engine.optimizers import OPTIMIZERS, Optimizer, Settings
from tf_nst.engine.schedule import Scale
from tf_nst.engine.tiles import next_core

# Needs little memory, and no line search that could fail.
FALLBACK = "adam"


def fallback() -> Optimizer:
    """What goes on where an optimiser cannot."""
    row = OPTIMIZERS[FALLBACK]
    return row.make(Settings(row.learning_rate))


def plan_cores(
    tile: int | None,
    name: str,
    pairs: int,
    scales: tuple[Scale, ...],
    room: Callable[[Scale, int], float],
) -> tuple[int, ...]:
    """The cores of each scale's windows in pixels a side; 0: the whole picture at once.

    Args:
      tile: cores that are asked for; 0: no windows; None: the largest that fit, none where the
        whole picture fits with half of the pairs, since windows take about twice the time.
      name: the optimiser, a row of OPTIMIZERS.
      pairs: that it is to keep.
      scales: with height and width in pixels.
      room: scale, core -> bytes for what the optimiser keeps.
    """
    if tile is not None:
        return tuple(tile if 0 < tile < max(scale[:2]) else 0 for scale in scales)
    least = OPTIMIZERS[name].pictures(max(1, pairs // 2))
    return tuple(
        _fitting_core(scale, lambda core, at=scale: room(at, core), least) for scale in scales
    )


def _fitting_core(scale: Scale, room: Callable[[int], float], pictures: int) -> int:
    """The largest core with room for so many pictures; the smallest where none has it."""
    core = 0
    while room(core) < pictures * picture_bytes(scale.height, scale.width):
        smaller = next_core(core or max(scale[:2]))
        if smaller is None:
            break
        core = smaller
    return core


def plan_optimizers(
    name: str,
    settings: Settings,
    scales: tuple[Scale, ...],
    room: Callable[[Scale], float],
    report: Callable[[str], None],
) -> tuple[Optimizer, ...]:
    """One optimiser for each scale: fewer pairs, or the fallback, where memory is short.

    Args:
      name: a row of OPTIMIZERS.
      settings: its settings.
      scales: with height and width in pixels.
      room: scale -> bytes for what the optimiser keeps.
      report: called with a line for each scale where less than `settings` asks for fits.
    """
    fitting = [_fitting_pairs(name, settings.pairs, scale, room(scale)) for scale in scales]
    for pairs, scale in zip(fitting, scales, strict=True):
        if pairs < settings.pairs:
            kept = f"keeps {pairs} of {settings.pairs} pairs"
            what = kept if pairs else f"gives way to {FALLBACK}"
            report(f"memory is short: {name} {what} at {scale.width}×{scale.height}")
    made = {pairs: _make(name, settings, pairs) for pairs in set(fitting)}
    return tuple(made[pairs] for pairs in fitting)


def _make(name: str, settings: Settings, pairs: int) -> Optimizer:
    return OPTIMIZERS[name].make(settings._replace(pairs=pairs)) if pairs else fallback()


def _fitting_pairs(name: str, wanted: int, scale: Scale, room: float) -> int:
    """The most pairs, up to `wanted`, that fit; 0 where the fallback keeps less than any."""
    kept = OPTIMIZERS[name].pictures
    if kept(wanted) <= OPTIMIZERS[FALLBACK].pictures(wanted):
        return wanted
    single = picture_bytes(scale.height, scale.width)
    fitting = [pairs for pairs in range(1, wanted + 1) if kept(pairs) * single <= room]
    return max(fitting, default=0)
