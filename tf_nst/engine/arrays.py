"""A run's state as arrays by name, as files keep them, and back."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.divergence import Rise
from tf_nst.engine.job import Job
from tf_nst.engine.state import RunState
from tf_nst.engine.steps import begin_scale

_NUMBERS = {"scale": int, "step": int, "step_of_scale": int, "core": int, "fallback": bool}


def to_arrays(state: RunState) -> dict[str, NDArray[Any]]:
    """{name: array} of what an event's `snapshot()` gave, such as `progress.state.mean`.

    What is None is left out.
    """
    return {name: np.asarray(leaf) for name, leaf in _leaves(state, "") if leaf is not None}


def from_arrays(job: Job, arrays: Mapping[str, NDArray[Any]]) -> RunState:
    """The inverse of `to_arrays`.

    Args:
      job: whose run it is: its optimisers say how the arrays belong together.

    Raises:
      KeyError, IndexError: an array or a scale of the state is not there.
      ValueError: an array has another shape or dtype.
    """
    numbers = {name: kind(arrays[name]) for name, kind in _NUMBERS.items()}
    state = RunState(**numbers, least=arrays.get("least"), last_good=arrays.get("last_good"))
    if "rise.first" in arrays:
        state = state._replace(rise=Rise(*(arrays[f"rise.{name}"] for name in Rise._fields)))
    if "progress.image" not in arrays:
        return state
    optimizer = job.fallback if state.fallback else job.optimizers[state.scale]
    batch = len(job.initial)
    picture = tf.TensorSpec([batch, *job.scales[state.scale][:2], 3])
    # The last good picture may be of the scale before.
    shapes = {"least": [None, batch], "last_good": [batch, None, None, 3]}
    for name, shape in (shapes | {f"rise.{field}": [batch] for field in Rise._fields}).items():
        if name in arrays:
            _check(arrays[name], tf.TensorSpec(shape, arrays[name].dtype), name)
    begin = tf.function(partial(begin_scale, optimizer), autograph=False)
    with tf.device("CPU:0"):
        example = begin.get_concrete_function(picture).structured_outputs
    return state._replace(progress=_filled(example, arrays, "progress"))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Names and leaves of nested tuples."""
    if not isinstance(value, tuple):
        yield name, value
        return
    for field, item in zip(_fields(value), value, strict=True):
        yield from _leaves(item, f"{name}.{field}".removeprefix("."))


def _filled(example: Any, arrays: Mapping[str, NDArray[Any]], name: str) -> Any:
    """Nested tuples as those of an example, of the arrays that bear their names."""
    if not isinstance(example, tuple):
        _check(arrays[name], example, name)
        return arrays[name]
    pairs = zip(_fields(example), example, strict=True)
    items = [_filled(item, arrays, f"{name}.{field}") for field, item in pairs]
    return type(example)(*items) if hasattr(example, "_fields") else tuple(items)


def _check(array: NDArray[Any], example: tf.Tensor | tf.TensorSpec, name: str) -> None:
    if not example.shape.is_compatible_with(array.shape) or array.dtype != example.dtype:
        raise ValueError(
            f"{name}: expected {example.shape} of {example.dtype.name}, received "
            f"{list(array.shape)} of {array.dtype}"
        )


def _fields(value: tuple[Any, ...]) -> tuple[str | int, ...]:
    return getattr(value, "_fields", tuple(range(len(value))))
