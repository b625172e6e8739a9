"""The image from which the optimisation starts."""

import numpy as np

# Colours that vary less are not stretched to the style's variation: that would blow up noise.
LEAST_DEVIATION = 1 / 255


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
        return _matched(content, style)
    noise = np.random.default_rng(seed).standard_normal(content.shape, dtype=np.float32)
    if init == "noise":
        return np.clip(0.5 + 0.25 * noise, 0.0, 1.0)
    mean, covariance = _statistics(style)
    return _mapped(noise, _symmetric_root(covariance), mean)


def _matched(content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """The content through the linear map of colours that gives it the style's statistics."""
    own_mean, own = _statistics(content)
    mean, covariance = _statistics(style)
    whitening = np.linalg.inv(_symmetric_root(own + LEAST_DEVIATION**2 * np.eye(3)))
    matrix = whitening @ _symmetric_root(covariance)
    return _mapped(content, matrix, mean - own_mean @ matrix)


def _statistics(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean [3] and covariance [3, 3] of the colours, float64."""
    colors = picture.reshape(-1, 3).astype(np.float64)
    return colors.mean(axis=0), np.cov(colors, rowvar=False)


def _mapped(picture: np.ndarray, matrix: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Every colour times `matrix` [3, 3] plus `offset` [3], cut to 0..1, float32."""
    return np.clip(picture @ matrix.astype(np.float32) + offset.astype(np.float32), 0.0, 1.0)


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    """The square root of a covariance; a grey style makes eigenvalues just below 0."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
