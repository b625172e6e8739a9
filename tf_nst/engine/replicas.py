"""A batch of pictures over the replicas of a strategy. Pictures are independent of each other, so
that replicas exchange nothing."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


class Replicas:
    """Spreads `pictures` pictures over the replicas of a strategy, as evenly as may be.

    What replicas hold apart is a value of theirs: a tensor where there is one replica, else a
    PerReplica of tensors.
    """

    def __init__(self, strategy: tf.distribute.Strategy, pictures: int):
        self._strategy, self._pictures = strategy, pictures
        self._count = strategy.num_replicas_in_sync

    @property
    def compile_themselves(self) -> bool:
        """Whether the strategy compiles by XLA what it runs, so that nothing else has to."""
        return isinstance(self._strategy, tf.distribute.TPUStrategy)

    def spread(self, tensor: tf.Tensor) -> Any:
        """[B, ...] -> each replica's rows; [1, ...], which is the same for all pictures, goes to
        every replica.

        Where the pictures are no multiple of the replicas the last one fills the gaps, since a TPU
        runs one program, of one shape, on all.
        """
        if self._count == 1 or tensor.shape[0] == 1:
            return tensor
        each = -(-self._pictures // self._count)
        rows = tf.minimum(tf.range(each * self._count), self._pictures - 1)
        return self._handed_out(*tf.split(tf.gather(tensor, rows), self._count))

    def each(self, value: Any) -> tuple[tf.Tensor, ...]:
        """The tensor of each replica; those of a TPU, which cannot change a picture's size, on the
        host."""
        found = self._strategy.experimental_local_results(value)
        if not self.compile_themselves:
            return found
        with tf.device("CPU:0"):
            return tuple(tf.identity(tensor) for tensor in found)

    def together(self, value: Any, axis: int = 0) -> tf.Tensor:
        """The inverse of `spread`: the pictures lie along `axis`."""
        if self._count == 1:
            return self.each(value)[0]
        rows = tf.concat(self.each(value), axis)
        return tf.gather(rows, tf.range(self._pictures), axis=axis)

    def apart(self, function: Callable, *arguments: Any) -> Any:
        """`function` of nests of values, called for each replica on the host."""
        own = (
            tf.nest.map_structure(lambda value, index=index: self.each(value)[index], arguments)
            for index in range(self._count)
        )
        return tf.nest.map_structure(self._handed_out, *(function(*given) for given in own))

    def _handed_out(self, *tensors: tf.Tensor) -> Any:
        if self._count == 1:
            return tensors[0]
        return self._strategy.experimental_distribute_values_from_function(
            lambda context: tensors[context.replica_id_in_sync_group]
        )

    def compiled(self, function: Callable, *arguments: Any) -> Callable:
        """`function` as one compiled call of all replicas.

        Args:
          function: of tensors, to a nest of tensors.
          arguments: examples: values of the replicas, or tensors that all of them are given.
        """

        @tf.function(autograph=False)
        def run(*given):
            return self._strategy.run(function, given)

        # A concrete function: TensorFlow warns of tf.functions that are traced for one call each.
        return run.get_concrete_function(*arguments)

    def call(self, function: Callable, *arguments: Any) -> Any:
        """What a function of tensors gives on each replica, see `compiled`."""
        return self.compiled(function, *arguments)(*arguments)
