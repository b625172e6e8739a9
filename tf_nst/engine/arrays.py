"""A run's state as arrays by name, as files keep them, and back."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_nst.engine.divergence import Rise
from tf_nst.engine.job import Job
from tf_nst.engine.state import RunState
from tf_nst.engine.steps import begin_scale

_NUMBERS = {"scale": int, "step": int, "step_of_scale": int, "core": int, "fallback": bool}


def to_arrays(state: RunState) -> dict[str, np.ndarray]:
    """{name: array} of what an event's `snapshot()` gave, such as `progress.state.mean`.

    What is None is left out.
    """
    return {name: np.asarray(leaf) for name, leaf in _leaves(state, "") if leaf is not None}


def from_arrays(job: Job, arrays: Mapping[str, np.ndarray]) -> RunState:
    """The inverse of `to_arrays`.

    Args:
      job: whose run it is: its optimisers say how the arrays belong together.

    Raises:
      KeyError: an array of the state is not there.
    """
    numbers = {name: kind(arrays[name]) for name, kind in _NUMBERS.items()}
    state = RunState(**numbers, least=arrays.get("least"), last_good=arrays.get("last_good"))
    if "rise.first" in arrays:
        state = state._replace(rise=Rise(*(arrays[f"rise.{name}"] for name in Rise._fields)))
    if "progress.image" not in arrays:
        return state
    optimizer = job.fallback if state.fallback else job.optimizers[state.scale]
    with tf.device("CPU:0"):
        example = begin_scale(optimizer, tf.zeros([1, 1, 1, 3]))
    return state._replace(progress=_filled(example, arrays, "progress"))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Names and leaves of nested tuples."""
    if not isinstance(value, tuple):
        yield name, value
        return
    for field, item in zip(_fields(value), value, strict=True):
        yield from _leaves(item, f"{name}.{field}".removeprefix("."))


def _filled(example: Any, arrays: Mapping[str, np.ndarray], name: str) -> Any:
    """Nested tuples as those of an example, of the arrays that bear their names."""
    if not isinstance(example, tuple):
        return arrays[name]
    pairs = zip(_fields(example), example, strict=True)
    items = [_filled(item, arrays, f"{name}.{field}") for field, item in pairs]
    return type(example)(*items) if hasattr(example, "_fields") else tuple(items)


def _fields(value: tuple) -> tuple:
    return getattr(value, "_fields", tuple(range(len(value))))
