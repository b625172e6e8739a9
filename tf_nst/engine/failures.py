"""What ends a run before its time."""

from typing import Any

import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.errors import RunError


class UnfinishedError(RunError):
    """A run cannot go on. `image` is the last picture known to be good, or None."""

    def __init__(self, message: str, image: tf.Tensor | NDArray[Any] | None) -> None:
        super().__init__(message)
        self.image = None if image is None else tf.convert_to_tensor(image)


class NonFiniteLossError(UnfinishedError):
    """A loss is NaN or infinite."""


class DivergedError(UnfinishedError):
    """The loss rose and stayed there. `image` is the picture so far: of the least loss, or the
    average."""


class LostWorkerError(UnfinishedError):
    """Another process that shares the windows is gone."""


class OutOfMemoryError(UnfinishedError):
    """The memory does not suffice, by the smallest windows that are allowed either."""
