"""The image from which the optimisation starts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config.starts import noise_share
from tf_nst.objective.objective import NOTHING
from tf_nst.objective.terms import CONTENT, STYLE
from tf_nst.ops.bands import bands
from tf_nst.ops.color import (
    ColorStatistics,
    as_float,
    color_map,
    color_statistics,
    map_colors,
    pooled_statistics,
    symmetric_root,
)
from tf_nst.ops.resample import resize


def is_noisy(init: str) -> bool:
    """Whether a start has noise, whose detail is no picture's: an enlarged picture is better
    without it."""
    return init in ("noise", "style_statistics") or noise_share(init) is not None


def initial_image(
    init: str,
    content: NDArray[Any],
    style: NDArray[Any],
    seed: int,
    noise_size: tuple[int, int] | None = None,
    masks: Mapping[str, NDArray[np.float32]] = NOTHING,
) -> NDArray[np.float32]:
    """The start as [1, H, W, 3] float32 in 0..1, of the content's size.

    Args:
      init: "matched", the content with the mean colour and the colour covariance of the style, with
        the least change of its colours (docs/notes/optimizer.md), none where the content is the
        style; "content"; a start from noise, see `noise_image`; or "blend:SHARE", the share of
        "noise" and the rest of the content.
      content: [1, H, W, 3] float32 in 0..1, or uint8 or uint16 codes.
      style: [1, h, w, 3], the same.
      seed: of the noise.
      noise_size: height and width of a start from noise in pixels; by default the content's.
      masks: where content and style are visible, by their names, [H, W] float32 of 0 or more.
    """
    style_mask = masks.get(STYLE)
    (height, width), share = noise_size or content.shape[1:3], noise_share(init)
    if share is not None:
        noise = noise_image("noise", height, width, style, seed)
        smooth: NDArray[np.float32] = np.asarray(resize(as_float(content), height, width))
        return share * noise + (1 - share) * smooth
    if is_noisy(init):
        return noise_image(init, height, width, style, seed, style_mask)
    if init == "content" or style is content:
        return np.asarray(as_float(content))
    given, wanted = _statistics(content, masks.get(CONTENT)), _statistics(style, style_mask)
    return _mapped(content, *color_map(given, wanted))


def noise_image(
    init: str,
    height: int,
    width: int,
    style: NDArray[Any],
    seed: int,
    mask: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Noise as [1, height, width, 3] float32 in 0..1, of the size that is painted first.

    A start is drawn at its own size: of noise that is made four times smaller, with antialiasing, a
    fifth of the deviation is left.

    Args:
      init: "noise", grey with independent Gaussian noise of deviation 0.25 (Gatys et al. 2016,
        section 2.3, start from white noise); "style_statistics", noise with the mean colour and the
        colour covariance of the style. Both are cut to 0..1.
      height, width: in pixels.
      style: [1, h, w, 3] float32 in 0..1, or uint8 or uint16 codes.
      seed: 0 or more; with the size it decides every pixel.
      mask: where the style is visible, [h, w] float32 of 0 or more; None: everywhere.
    """
    noise = np.random.default_rng(seed).standard_normal((1, height, width, 3), dtype=np.float32)
    if init == "noise":
        grey: NDArray[np.float32] = np.clip(0.5 + 0.25 * noise, 0.0, 1.0)
        return grey
    mean, covariance = _statistics(style, mask)
    return _mapped(noise, symmetric_root(covariance), mean)


def _statistics(picture: NDArray[Any], mask: NDArray[np.float32] | None) -> ColorStatistics:
    """Of the colours of all bands: in float64 the whole would be large."""
    height, width = picture.shape[1:3]
    rows = bands(height, width)
    if mask is None:
        statistics = [color_statistics(as_float(picture[:, band])) for band in rows]
        return pooled_statistics(statistics, [(band.stop - band.start) / height for band in rows])
    sums = {index: float(mask[band].sum(dtype=np.float64)) for index, band in enumerate(rows)}
    visible = [index for index, total in sums.items() if total > 0]
    statistics = [
        color_statistics(as_float(picture[:, rows[index]]), mask[None, rows[index], :, None])
        for index in visible
    ]
    return pooled_statistics(statistics, [sums[index] / sum(sums.values()) for index in visible])


def _mapped(picture: NDArray[Any], matrix: tf.Tensor, offset: tf.Tensor) -> NDArray[np.float32]:
    result = np.empty(picture.shape, np.float32)
    for rows in bands(*picture.shape[1:3]):
        result[:, rows] = map_colors(as_float(picture[:, rows]), matrix, offset)
    return result
