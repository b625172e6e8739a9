"""The image from which the optimisation starts."""

import numpy as np


def initial_image(init: str, content: np.ndarray, style: np.ndarray, seed: int) -> np.ndarray:
    """The start as [1, H, W, 3] float32 in 0..1, of the content's size.

    Args:
      init: "content"; "noise", grey with independent Gaussian noise (Gatys et al. 2016, section
        2.3, start from white noise); "style_statistics", noise with the mean colour and the
        colour covariance of the style.
      content: [1, H, W, 3] float32 in 0..1.
      style: [1, h, w, 3] float32 in 0..1.
      seed: of the noise.
    """
    if init == "content":
        return content
    noise = np.random.default_rng(seed).standard_normal(content.shape, dtype=np.float32)
    if init == "noise":
        return np.clip(0.5 + 0.25 * noise, 0.0, 1.0)
    colors = style.reshape(-1, 3).astype(np.float64)
    root = _symmetric_root(np.cov(colors, rowvar=False)).astype(np.float32)
    return np.clip(noise @ root + colors.mean(axis=0).astype(np.float32), 0.0, 1.0)


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    """The square root of a covariance; a grey style makes eigenvalues just below 0."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
