"""An optimiser that goes on, picture by picture, where another sees no way on."""

from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.objective.evaluation import Evaluation
from tf_nst.ops.shapes import sizes
from tf_nst.optim.optimizer import Optimizer, choose


class FallbackState(NamedTuple):
    """The states of both optimisers, and which pictures the second has taken over [B]."""

    first: Any
    second: Any
    failed: tf.Tensor


def with_fallback(first: Optimizer, second: Optimizer) -> Optimizer:
    """`first`, and for each picture for which it fails `second` from then on.

    The second begins at the picture that the first leaves; at another size both begin anew.
    """

    def init(image: tf.Tensor) -> FallbackState:
        nobody = tf.zeros(sizes(image)[:1], tf.bool)
        return FallbackState(first.init(image), second.init(image), nobody)

    def update(
        evaluation: Evaluation, image: tf.Tensor, state: FallbackState
    ) -> tuple[tf.Tensor, FallbackState]:
        updated, first_state = first.update(evaluation, image, state.first)

        def take_over() -> tuple[tf.Tensor, Any]:
            by_second, second_state = second.update(evaluation, image, state.second)
            chosen = choose(state.failed, by_second, updated)
            kept = tf.nest.map_structure(
                lambda new, old: choose(state.failed, new, old), second_state, state.second
            )
            return chosen, kept

        updated, second_state = tf.cond(
            tf.reduce_any(state.failed), take_over, lambda: (updated, state.second)
        )
        failed = state.failed | first.failed(first_state)
        return updated, FallbackState(first_state, second_state, failed)

    return Optimizer(init, update, lambda state, image: init(image), lambda state: state.failed)
