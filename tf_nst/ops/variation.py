"""Total variation: how much neighbouring pixels differ."""

import tensorflow as tf


def squared_variation_sums(
    image: tf.Tensor, weights: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Sum of squared differences of neighbouring pixels (Mahendran and Vedaldi 2015, beta = 2).

    Args:
      image: [B, H, W, C], floating; the differences are in its units.
      weights: [H, W] or None for ones; a pair of neighbours belongs to its left or upper pixel.

    Returns:
      "variation" [B] and "positions" [B], the weighted number of differences.
    """
    return _variation_sums(image, weights, tf.square)


def absolute_variation_sums(
    image: tf.Tensor, weights: tf.Tensor | None = None
) -> dict[str, tf.Tensor]:
    """Sum of absolute differences of neighbouring pixels (anisotropic; Rudin et al. 1992).

    Args and returns are those of `squared_variation_sums`.
    """
    return _variation_sums(image, weights, tf.abs)


def _variation_sums(image, weights, measure) -> dict[str, tf.Tensor]:
    across = measure(image[:, :, 1:, :] - image[:, :, :-1, :])
    down = measure(image[:, 1:, :, :] - image[:, :-1, :, :])
    if weights is None:
        weights = tf.ones(tf.shape(image)[1:3], image.dtype)
    weights = tf.cast(weights, image.dtype)[None, :, :, None]
    across_weights, down_weights = weights[:, :, :-1], weights[:, :-1, :]
    pairs = tf.reduce_sum(across_weights) + tf.reduce_sum(down_weights)
    channels = tf.cast(tf.shape(image)[-1], image.dtype)
    return {
        "variation": tf.reduce_sum(across * across_weights, axis=[1, 2, 3])
        + tf.reduce_sum(down * down_weights, axis=[1, 2, 3]),
        "positions": tf.fill([tf.shape(image)[0]], pairs * channels),
    }
