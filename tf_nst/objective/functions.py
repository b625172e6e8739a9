"""One's own definitions of content and style, by MODULE:FUNCTION (docs/extending.md)."""

import functools
import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_nst.errors import UserError
from tf_nst.objective.statistic import Statistic, Sums, Value
from tf_nst.ops.distances import relative_squared_error
from tf_nst.ops.shapes import sides
from tf_nst.ops.statistics import position_count, sum_dtype

FLAGS = {"content": "--content_loss", "style": "--style_statistic"}
# (features, weights), or (features, reference, weights) of content, -> what `_check` accepts.
Function = Callable[..., Any]
# Features by which a function is tried before anything is painted.
TRIED = (2, 6, 8, 64)


def load_statistic(name: str, role: str) -> Statistic:
    """The statistic that MODULE:FUNCTION names: a Statistic, or one made of a function.

    Args:
      name: MODULE:FUNCTION.
      role: "content" or "style".

    Raises:
      UserError: no such module or function, or one that does not give what is expected.
    """
    flag = FLAGS[role]
    loaded = _import(name, flag)
    if isinstance(loaded, Statistic):
        if loaded.chained or loaded.paired != (role == "content"):
            raise UserError(
                f"{flag}: expected a statistic with paired={role == 'content'} and chained=False, "
                f"received {name} with paired={loaded.paired} and chained={loaded.chained}"
            )
        return loaded
    if not callable(loaded):
        raise UserError(
            f"{flag}: expected a function or a Statistic, received {name}, which is "
            f"{type(loaded).__name__}"
        )
    return _of_function(loaded, name, role)


def _import(name: str, flag: str) -> object:
    module_name, _, attribute = name.partition(":")
    try:
        module = importlib.import_module(module_name)
    # Whatever the user's module raises.
    except Exception as error:
        raise UserError(
            f"{flag}: expected a module that Python can import, received {name}: {_line(error)}"
        ) from error
    if not hasattr(module, attribute):
        raise UserError(
            f"{flag}: expected a function of {module_name}, received {name}, which it lacks"
        )
    return getattr(module, attribute)


def _line(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


@functools.lru_cache(maxsize=64)
def _of_function(function: Function, name: str, role: str) -> Statistic:
    flag = FLAGS[role]
    if role == "content":
        measure = functools.partial(_error_sums, function, f"{flag}: {name}")
        statistic = Statistic(measure, _mean_error, paired=True)
    else:
        measure = functools.partial(_sums, function, f"{flag}: {name}")
        statistic = Statistic(measure, _relative_distance)
    try:
        return statistic._replace(additive=_try(statistic))
    except UserError:
        raise
    # Whatever the user's function raises.
    except Exception as error:
        raise UserError(
            f"{flag}: expected {name} to take features of shape {TRIED}, received {_line(error)}"
        ) from error


def _try(statistic: Statistic) -> bool:
    """Whether the sums of two halves are those of the whole, after one evaluation and gradient."""
    generator = np.random.default_rng(0)
    features, other = (tf.constant(generator.random(TRIED, np.float32)) for _ in range(2))
    half = tf.constant(generator.integers(0, 2, TRIED[1:3]), tf.float32)
    compared = (other,) if statistic.paired else ()
    parts = [statistic.measure(features, *compared, it) for it in (half, 1 - half)]
    whole, gradient = _evaluate(statistic, features, other)
    if gradient is None:
        raise TypeError("a result without a gradient to the features")
    return all(
        np.allclose(parts[0][key] + parts[1][key], whole[key], rtol=1e-3, atol=1e-3)
        for key in whole
    )


def _evaluate(
    statistic: Statistic, features: tf.Tensor, other: tf.Tensor
) -> tuple[Sums, tf.Tensor | None]:
    """The sums of features and the gradient of their distance from others, traced as a run does
    it: for any height and width."""
    spec = tf.TensorSpec([TRIED[0], None, None, TRIED[3]])

    def evaluate(features: tf.Tensor, other: tf.Tensor) -> tuple[Sums, tf.Tensor | None]:
        compared = (other,) if statistic.paired else ()
        with tf.GradientTape() as tape:
            tape.watch(features)
            sums = statistic.measure(features, *compared, None)
            target = None
            if not statistic.paired:
                target = statistic.target_of(statistic.measure(other, None))
            distance = statistic.distance(statistic.value(sums), target)
        return sums, tape.gradient(distance, features)

    traced = tf.function(evaluate, [spec, spec], autograph=False)
    result: tuple[Sums, tf.Tensor | None] = traced(features, other)
    return result


def _sums(
    function: Function, where: str, features: tf.Tensor, weights: tf.Tensor | None = None
) -> Sums:
    """The sums of a function (features, weights) -> a tensor [B, ...] or a dictionary of them."""
    features, weights = _prepared(features, weights)
    result = function(features, weights)
    sums = result if isinstance(result, dict) else {"sum": result}
    if "positions" in sums:
        raise UserError(
            f'{where}: expected names other than "positions", whose sum is known, received '
            f"{', '.join(map(str, sums))}"
        )
    for value in sums.values():
        _check(value, features, where, "[batch, ...]", 1)
    return {**sums, "positions": position_count(features, weights)}


def _error_sums(
    function: Function,
    where: str,
    features: tf.Tensor,
    reference: tf.Tensor,
    weights: tf.Tensor | None = None,
) -> Sums:
    """The sums of a function (features, reference, weights) -> the error of all positions [B]."""
    features, weights = _prepared(features, weights)
    error = function(features, tf.cast(reference, features.dtype), weights)
    _check(error, features, where, "[batch]", 1, 1)
    return {"error": error, "positions": position_count(features, weights)}


def _prepared(features: tf.Tensor, weights: tf.Tensor | None) -> tuple[tf.Tensor, tf.Tensor]:
    """Both in the dtype of sums."""
    dtype = sum_dtype(features)
    weights = tf.ones(sides(features), dtype) if weights is None else weights
    return tf.cast(features, dtype), tf.cast(weights, dtype)


def _check(
    value: Any, features: tf.Tensor, where: str, expected: str, least: int, most: int = 9
) -> None:
    """Raises UserError unless it is a tensor of so many axes, with the features' batch."""
    received = f"shape {value.shape}" if tf.is_tensor(value) else type(value).__name__
    if (
        tf.is_tensor(value)
        and least <= (value.shape.rank or 0) <= most
        and value.shape[:1].is_compatible_with(features.shape[:1])
    ):
        return
    raise UserError(
        f"{where}: expected sums of shape {expected} for features of shape {features.shape}, "
        f"received {received}"
    )


def _relative_distance(value: Value, target: Value) -> tf.Tensor:
    """The sum of each part's |value - target|^2 / |target|^2."""
    return tf.add_n([relative_squared_error(value[name], target[name]) for name in value])


def _mean_error(value: Value, target: None = None) -> tf.Tensor:
    return value["error"]
