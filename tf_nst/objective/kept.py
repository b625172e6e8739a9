"""What of a photograph is not painted: it is looked at, and never changes."""

from typing import NamedTuple

import tensorflow as tf


class Kept(NamedTuple):
    """What the painted picture is wherever it is not painted.

    Attributes:
      photograph: [B or 1, H, W, 3], of the dtype of the painted picture.
      painted: [1, H, W, 1] bool.
    """

    photograph: tf.Tensor
    painted: tf.Tensor


def with_kept(image: tf.Tensor, kept: Kept | tuple[()]) -> tf.Tensor:
    """The image [B, H, W, 3] with what is kept, which has no gradient; itself where nothing is.

    An optimiser may move any pixel. What layers see is this, so that the strokes beside what is
    kept fit it.
    """
    return tf.where(kept.painted, image, kept.photograph) if kept else image
