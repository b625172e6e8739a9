"""Types of what exported models take and answer."""

from collections.abc import Callable

import tensorflow as tf

from tf_nst.engine.graph import Targets
from tf_nst.ops.color import ColorStatistics

# Of a request, by their names.
Outputs = dict[str, tf.Tensor]
# A content and its mask, or None, each with its name -> a PNG [] string and losses [terms].
Named = tuple[tf.Tensor, tf.Tensor]
Answer = Callable[[Named, Named | None], tuple[tf.Tensor, tf.Tensor]]
# Shape and dtype.
Input = tuple[list[int | None], tf.DType]
# Steps, size, and the weights of style and content.
Settings = tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
# A photograph [1, H, W, 3] -> the targets of the styles that are baked in, and their colours.
Baked = Callable[[tf.Tensor], tuple[Targets, ColorStatistics]]
# By their names.
Signatures = dict[str, tf.types.experimental.ConcreteFunction]
