"""How a scale is evaluated: the whole picture at once, or window by window. Both give the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.state import Progress
from tf_nst.objective.kept import Kept
from tf_nst.objective.objective import NOTHING, Pictures, Values
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import Terms
from tf_nst.optim.optimizer import Optimizer


class Measured(NamedTuple):
    """What a loss compares with, and what is kept, see `Objective`; by windows the references are
    theirs."""

    targets: dict[str, Value]
    references: Any
    weights: dict[str, tf.Tensor]
    kept: Kept | tuple[()] = ()


class CallReport(NamedTuple):
    """What one call did.

    Attributes:
      finite: whether all losses and the new picture are finite; if not, the last step went wrong.
      failed: [B] bool, whether the optimiser itself saw no way on; see `Optimizer.failed`.
      history: [steps, terms, B], the values that each step evaluated, unweighted.
    """

    finite: bool
    failed: NDArray[Any]
    history: NDArray[Any]


# Of each term: a number, or one for each picture of the batch.
TermWeights = tuple[float | tuple[float, ...], ...]
# progress, number of steps -> progress, report. It may make fewer steps, as the report says.
Steps = Callable[[Progress, int], tuple[Progress, CallReport]]


class Evaluator(Protocol):
    """What the loop asks of one. Pictures are float32 in 0..1, or uint8 or uint16 codes."""

    def targets(
        self, pictures: Pictures, weights: Mapping[str, tf.Tensor] = NOTHING
    ) -> dict[str, Value]:
        """The targets of pictures by name [1, h, w, 3]; for weights see `target_weights`."""

    def blend(
        self, targets: Sequence[dict[str, Value]], shares: Sequence[float], terms: Terms
    ) -> dict[str, Value]:
        """As `objective.blend`, of what `targets` returned."""

    def references(self, pictures: Pictures) -> Any:
        """The references of pictures by name [B or 1, H, W, 3]."""

    def place(self, optimizer: Optimizer, progress: Progress) -> Progress:
        """Where a scale stands, from tensors or arrays of the host to what the steps take."""

    def gather(self, progress: Progress) -> Progress:
        """The inverse of `place`: tensors, or arrays that nothing changes."""

    def join(self, value: Any) -> tf.Tensor | NDArray[Any]:
        """[B, ...]: a value of the progress that the steps take, such as its picture."""

    def steps(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Steps:
        """Several steps as one call; `progress` is an example of what it is given. Other weights
        trace nothing."""

    def values(
        self, optimizer: Optimizer, progress: Progress, measured: Measured, weights: TermWeights
    ) -> Values:
        """{term: [B]}, unweighted, of the image of a progress on the host; see `steps`."""

    @property
    def traces(self) -> int:
        """How often something was traced."""
