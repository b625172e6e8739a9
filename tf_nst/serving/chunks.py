"""A PNG without the chunks that no pixel depends on, in a graph.

Its decoder inflates every compressed text, megabytes from each kilobyte, to no use.
"""

from typing import Any

import tensorflow as tf

from tf_nst.serving.headers import BEFORE_CHUNKS, MARGIN, chunk_length, has_name, within

# An encoder that writes the least IDAT chunks needs some ten thousand for 50 megapixels.
MOST_CHUNKS = 1 << 16
NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND")


def needed_chunks(data: tf.Tensor) -> tf.Tensor:
    """The PNG `data` [] string up to its end, of NEEDED chunks alone; what is damaged stays so."""
    octets = tf.pad(tf.io.decode_raw(data, tf.uint8), [[0, MARGIN]])
    end = tf.size(octets) - MARGIN

    def unfinished(place: tf.Tensor, count: tf.Tensor, *_: Any) -> tf.Tensor:
        return (place < end) & (count < MOST_CHUNKS)

    def step(
        place: tf.Tensor, count: tf.Tensor, parts: tf.TensorArray, kept: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.TensorArray, tf.Tensor]:
        after = within(octets, place + chunk_length(octets, place))
        part = tf.strings.substr(data, place, after - place)
        needed = has_name(octets, place, *NEEDED)
        parts = tf.cond(needed, lambda: parts.write(kept, part), lambda: parts)
        is_last = has_name(octets, place, b"IEND")
        return tf.where(is_last, end, after), count + 1, parts, kept + tf.cast(needed, tf.int32)

    parts = tf.TensorArray(tf.string, 1, dynamic_size=True, element_shape=[])
    parts = parts.write(0, tf.strings.substr(data, 0, BEFORE_CHUNKS))
    start = (tf.constant(BEFORE_CHUNKS), tf.constant(0), parts, tf.constant(1))
    return tf.strings.reduce_join(tf.while_loop(unfinished, step, start)[2].stack())
