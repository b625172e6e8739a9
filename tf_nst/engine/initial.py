"""The image from which the optimisation starts."""

import numpy as np
import tensorflow as tf

from tf_nst.ops.color import color_statistics, map_colors, match_colors, symmetric_root

# Their detail is no picture's: an enlarged picture is better without it.
NOISY_STARTS = ("noise", "style_statistics")


def initial_image(init: str, content: np.ndarray, style: np.ndarray, seed: int) -> np.ndarray:
    """The start as [1, H, W, 3] float32 in 0..1, of the content's size.

    Args:
      init: "matched", the content with the mean colour and the colour covariance of the style, the
        shortest way (docs/performance.md); "content"; "noise", grey with independent Gaussian noise
        (Gatys et al. 2016, section 2.3, start from white noise); "style_statistics", noise with the
        mean colour and the colour covariance of the style.
      content: [1, H, W, 3] float32 in 0..1.
      style: [1, h, w, 3] float32 in 0..1.
      seed: of the noise.
    """
    if init == "content":
        return content
    if init == "matched":
        return match_colors(tf.constant(content), color_statistics(tf.constant(style))).numpy()
    noise = np.random.default_rng(seed).standard_normal(content.shape, dtype=np.float32)
    if init == "noise":
        return np.clip(0.5 + 0.25 * noise, 0.0, 1.0)
    mean, covariance = color_statistics(tf.constant(style))
    return map_colors(tf.constant(noise), symmetric_root(covariance), mean).numpy()
