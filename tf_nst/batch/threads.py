"""How many threads TensorFlow computes with, which is settled before the engine is imported."""

import tensorflow as tf


def use_threads(count: int) -> None:
    """Has TensorFlow compute with so many threads, before it computes at all; 0: as it likes."""
    tf.config.threading.set_intra_op_parallelism_threads(count)
