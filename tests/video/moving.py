"""Frames whose movement is known, and the options of a tiny film."""

import numpy as np
from PIL import Image as Pillow

from tf_nst.io.images import Image

TINY = {
    "size": 40,
    "steps": 12,
    "weights": "random",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1:2",
    "precision": "float32",
}
STYLE = np.random.default_rng(5).integers(0, 256, (32, 32, 3), np.uint8)


def scene(height: int, width: int, seed: int = 0) -> np.ndarray:
    """[height, width, 3] uint8: smooth noise."""
    small = np.random.default_rng(seed).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    picture = Pillow.fromarray(small).resize((width, height), Pillow.Resampling.BICUBIC)
    return np.asarray(picture)


def pan(count: int, height: int = 32, width: int = 40, step: int = 2) -> list[np.ndarray]:
    """Frames of a camera that moves `step` pixels to the right each time."""
    large = scene(height, width + step * count)
    return [np.ascontiguousarray(large[:, step * i : step * i + width]) for i in range(count)]


def images(frames) -> list[Image]:
    """Frames as Images."""
    return [Image(frame) for frame in frames]
