"""The replicas of a strategy, what each of them is given, and what they compile.

Pictures of a batch are independent of each other, so that replicas exchange nothing. Windows of one
picture are shared out too: then sums are added over the replicas, and gradients over the workers.
"""

import traceback
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.cache import Cache
from tf_nst.engine.strategy import worker_place
from tf_nst.planning.tiles import Window

# Of tensors, to a nest of tensors.
Function = Callable[..., Any]


class Replicas:
    """Spreads `pictures` pictures over the replicas of a strategy, as evenly as may be.

    A value of the replicas is a tensor where there is one replica, else a PerReplica of tensors.
    """

    def __init__(self, strategy: tf.distribute.Strategy, pictures: int) -> None:
        self._strategy, self._pictures = strategy, pictures
        self._worker, self._workers = worker_place(strategy)
        self._count = strategy.num_replicas_in_sync // self._workers

    @property
    def compile_themselves(self) -> bool:
        """Whether the strategy compiles by XLA what it runs, so that nothing else has to."""
        return isinstance(self._strategy, tf.distribute.TPUStrategy)

    @property
    def any_size(self) -> bool:
        """Whether one compiled call serves pictures of every size: XLA needs to know their size."""
        return self._count == 1 and not self.compile_themselves

    def spread(self, tensors: Any) -> Any:
        """A nest of [B, ...] -> each replica's rows; [1, ...], which is the same for all pictures,
        goes to every replica.

        Where the pictures are no multiple of the replicas the last one fills the gaps, since a TPU
        runs one program, of one shape, on all.
        """
        return tf.nest.map_structure(self._spread, tensors)

    def _spread(self, tensor: tf.Tensor) -> Any:
        if self._count == 1 or tensor.shape[0] == 1:
            return tensor
        each = -(-self._pictures // self._count)
        rows = tf.minimum(tf.range(each * self._count), self._pictures - 1)
        return self.hand_out(*tf.split(tf.gather(tensor, rows), self._count))

    def each(self, value: Any) -> tuple[tf.Tensor, ...]:
        """The tensor of each replica; those of a TPU, which cannot change a picture's size, on the
        host."""
        tensors: tuple[tf.Tensor, ...] = self._strategy.experimental_local_results(value)
        if not self.compile_themselves:
            return tensors
        with tf.device("CPU:0"):
            return tuple(tf.identity(tensor) for tensor in tensors)

    def together(self, value: Any, axis: int = 0) -> tf.Tensor:
        """The inverse of `spread`: the pictures lie along `axis`."""
        if self._count == 1:
            return self.each(value)[0]
        rows = tf.concat(self.each(value), axis)
        return tf.gather(rows, tf.range(self._pictures), axis=axis)

    def apart(self, function: Function, *arguments: Any) -> Any:
        """`function` of nests of values, called for each replica on the host."""
        by_replica = (
            tf.nest.map_structure(lambda value, index=index: self.each(value)[index], arguments)
            for index in range(self._count)
        )
        results = (function(*arguments) for arguments in by_replica)
        return tf.nest.map_structure(self.hand_out, *results)

    def hand_out(self, *tensors: tf.Tensor) -> Any:
        """One tensor for each replica of this worker."""
        if self._count == 1:
            return tensors[0]
        return self._strategy.experimental_distribute_values_from_function(
            lambda context: tensors[context.replica_id_in_sync_group % self._count]
        )

    def rounds(self, windows: Sequence[Window]) -> list[tuple[Window, ...]]:
        """What this worker computes of windows, one for each of its replicas at a time.

        Every worker has as many rounds; windows without a core fill the gaps.
        """
        together = self._count * self._workers
        filled = [*windows, *[windows[0].empty] * (-len(windows) % together)]
        first = self._worker * self._count
        return [
            tuple(filled[start : start + self._count])
            for start in range(first, len(filled), together)
        ]

    def summed(self, values: Any) -> Any:
        """The sum over all replicas, of every worker, of a nest of their values."""
        if self._count * self._workers == 1:
            return values
        return tf.nest.map_structure(self._summed, values)

    def _summed(self, value: Any) -> tf.Tensor:
        local = self.each(value)
        shared = self._strategy.experimental_distribute_values_from_function(
            lambda context: local[context.replica_id_in_sync_group % self._count]
        )
        try:
            return self._strategy.reduce(tf.distribute.ReduceOp.SUM, shared, axis=None)
        except tf.errors.OpError as error:
            # TensorFlow leaves a pool of threads open in a frame; it has to go before Python ends.
            traceback.clear_frames(error.__traceback__)
            raise

    def agreed(self, values: Any) -> Any:
        """A nest of tensors of the host, as the first worker has them."""
        if self._workers == 1:
            return values

        def first(value: tf.Tensor | NDArray[Any]) -> tf.Tensor:
            array = np.asarray(value)
            part = np.zeros_like(array) if self._worker else array
            return tf.convert_to_tensor(self.summed_over_workers(part))

        return tf.nest.map_structure(first, values)

    def summed_over_workers(self, array: NDArray[Any]) -> NDArray[Any]:
        """The sum of an array that each worker has on its host."""
        if self._workers == 1:
            return array
        rest = [np.zeros_like(array)] * (self._count - 1)
        return np.asarray(self.summed(self.hand_out(tf.convert_to_tensor(array), *rest)))

    def compiled(self, function: Function, *arguments: Any) -> Function:
        """`function` as one compiled call of all replicas.

        Args:
          function: of tensors, to a nest of tensors.
          arguments: examples: values of the replicas, tensors that all of them are given, or specs.
        """

        def run(*arguments: Any) -> Any:
            # A strategy that sees a function for XLA compiles its replicas as one, and XLA takes no
            # variables of two devices.
            return self._strategy.run(lambda *given: function(*given), arguments)

        # A concrete function: TensorFlow warns of tf.functions that are traced for one call each.
        traced: Function = tf.function(run, autograph=False).get_concrete_function(*arguments)
        return traced


# A run by XLA compiles some four programs for each of its scales.
MOST_PROGRAMS = 64


class Programs:
    """Compiled functions of the replicas; each is traced once for arguments of the same specs.

    The latest used MOST_PROGRAMS are kept.

    Attributes:
      traces: how often one was traced.
    """

    def __init__(self, replicas: Replicas, any_size: bool = False) -> None:
        """`any_size`: whether one trace serves pictures of every height and width."""
        self._replicas, self._any_size, self.traces = replicas, any_size, 0
        self._programs: Cache[Function] = Cache(MOST_PROGRAMS)

    def __call__(self, key: Hashable, function: Function, *arguments: Any) -> Function:
        """`function` compiled; `key` tells it from others of the same arguments' specs."""
        if self._any_size:
            arguments = tf.nest.map_structure(_of_any_size, arguments)

        def compile_now() -> Function:
            self.traces += 1
            return self._replicas.compiled(function, *arguments)

        return self._programs.get((key, self._specs(arguments)), compile_now)

    def _specs(self, arguments: Any) -> Hashable:
        names = str(tf.nest.map_structure(lambda value: None, arguments))
        return names, tuple(self._spec(value) for value in tf.nest.flatten(arguments))

    def _spec(self, value: Any) -> tf.TensorSpec:
        if isinstance(value, tf.TensorSpec):
            return value
        first = self._replicas.each(value)[0]
        return tf.TensorSpec(first.shape, first.dtype)


def _of_any_size(example: tf.Tensor | NDArray[Any]) -> tf.TensorSpec:
    """[..., H, W, C] of any H and W; what has less than four axes is no picture."""
    spec = tf.TensorSpec.from_tensor(tf.convert_to_tensor(example))
    if spec.shape.rank < 4:
        return spec
    return tf.TensorSpec([*spec.shape[:-3], None, None, spec.shape[-1]], spec.dtype)
