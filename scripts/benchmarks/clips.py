"""Clips whose motion is known: layers cut out of a photograph, each with a pose in each frame.

Of each frame there is the true flow to the one before, and where that one shows the same things.
Points are (x, y) in pixels of a frame, (0, 0) the middle of its first pixel.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

PHOTOGRAPH = Path(__file__).parents[2] / "examples/louvre_court.jpg"
# Frames after which all motion begins anew: a clip of so many is a loop.
PERIOD = 96
# Samples of a pixel along each side, and pixels of a texture for one of a frame.
SAMPLES = 2
TEXTURE = 2


class TrueFrame(NamedTuple):
    """A frame, and its truth.

    Attributes:
      pixels: [H,W,3] uint8.
      flow: [H,W,2] float32, how far to the right and down of each pixel what it shows lies in the
        frame before, in pixels; zeros of the first frame.
      visible: [H,W] bool, where the frame before shows the same things; nowhere for the first.
    """

    pixels: np.ndarray
    flow: np.ndarray
    visible: np.ndarray


class Layer(NamedTuple):
    """Something flat that moves.

    Attributes:
      texture: [h,w,3] float in 0..255, of points from (0, 0) on, TEXTURE pixels for each unit; past
        its borders their nearest colour.
      contains: whether points x and y, arrays of its own coordinates, are of it.
      pose: (number of a frame) -> [2,3], from its own points (x, y, 1) to the frame's.
    """

    texture: np.ndarray
    contains: Callable[[np.ndarray, np.ndarray], np.ndarray]
    pose: Callable[[int], np.ndarray]


def render(layers: list[Layer], count: int, height: int, width: int) -> Iterator[TrueFrame]:
    """So many frames of layers, the nearest last; the first is everywhere."""
    flow, visible = np.zeros((height, width, 2), np.float32), np.zeros((height, width), bool)
    owners = None
    for index in range(count):
        pixels, now = _draw(layers, index, height, width)
        if owners is not None:
            flow, visible = _truth(layers, index, now, owners)
        owners = now
        yield TrueFrame(pixels, flow, visible)


def grained(frames: Iterator[TrueFrame], grain: float) -> Iterator[TrueFrame]:
    """The frames with a camera's noise of this standard deviation, in levels; seeded."""
    for index, frame in enumerate(frames):
        noise = np.random.default_rng(index).normal(0.0, grain, frame.pixels.shape)
        pixels = np.clip(np.rint(frame.pixels + noise), 0, 255).astype(np.uint8)
        yield frame._replace(pixels=pixels)


def _draw(layers, index, height, width):
    """[H,W,3] uint8, and [H,W] the layer that a pixel shows; -1 where it shows several."""
    x, y = _points(height, width, SAMPLES)
    colors, owners = np.zeros((*x.shape, 3)), np.zeros(x.shape, int)
    for number, layer in enumerate(layers):
        there = _moved(_inverse(layer.pose(index)), x, y)
        shown = layer.contains(*there)
        colors[shown] = _sampled(layer.texture, there[0][shown], there[1][shown])
        owners[shown] = number
    parts = owners.reshape(height, SAMPLES, width, SAMPLES)
    least, most = parts.min((1, 3)), parts.max((1, 3))
    mean = colors.reshape(height, SAMPLES, width, SAMPLES, 3).mean((1, 3))
    return np.rint(mean).astype(np.uint8), np.where(least == most, least, -1)


def _truth(layers, index, owners, before):
    """The flow to the frame before, and where that one shows the same."""
    height, width = owners.shape
    x, y = _points(height, width, 1)
    flow = np.zeros((height, width, 2), np.float32)
    for number, layer in enumerate(layers):
        earlier = _moved(
            _combined(layer.pose(index - 1), _inverse(layer.pose(index))),
            x,
            y,
        )
        its = owners == number
        flow[its] = np.stack([earlier[0] - x, earlier[1] - y], -1)[its]
    return flow, (owners >= 0) & _same(owners, before, x + flow[..., 0], y + flow[..., 1])


def _same(owners, before, x, y):
    """Whether all four pixels around each point of the frame before show the same layer."""
    height, width = before.shape
    same = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    for column in (np.floor(x), np.ceil(x)):
        for row in (np.floor(y), np.ceil(y)):
            rows = np.clip(row, 0, height - 1).astype(int)
            columns = np.clip(column, 0, width - 1).astype(int)
            same &= before[rows, columns] == owners
    return same


def _points(height, width, samples):
    """x and y of `samples` points along each side of each pixel."""
    rows, columns = ((np.arange(side * samples) + 0.5) / samples - 0.5 for side in (height, width))
    return np.meshgrid(columns, rows)


def _sampled(texture, x, y):
    """[N,3]: the texture's colours at points, between the four pixels around each."""
    places = [(y + 0.5) * TEXTURE - 0.5, (x + 0.5) * TEXTURE - 0.5]
    channels = [map_coordinates(texture[..., c], places, order=1, mode="nearest") for c in range(3)]
    return np.stack(channels, -1)


def shifted(x: float, y: float) -> np.ndarray:
    """The pose of a layer whose point (0, 0) is at (x, y)."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def turned(angle: float, x: float, y: float) -> np.ndarray:
    """The pose of a layer that is turned by `angle` in radians, and then shifted."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def _inverse(pose):
    turn = np.linalg.inv(pose[:, :2])
    return np.hstack([turn, -turn @ pose[:, 2:]])


def _combined(pose, first):
    """`pose` after `first`."""
    return np.hstack([pose[:, :2] @ first[:, :2], pose[:, :2] @ first[:, 2:] + pose[:, 2:]])


def _moved(pose, x, y):
    (a, c, right), (b, d, down) = pose
    return a * x + c * y + right, b * x + d * y + down


def everywhere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of a background: all points are of it."""
    return np.ones(np.shape(x), bool)


def cut(box: tuple[float, float, float, float], height: float, width: float) -> np.ndarray:
    """The texture of a layer of height x width: a part of the photograph.

    Args:
      box: left, top, right, bottom, as shares of its sides.
    """
    size = (max(1, round(width * TEXTURE)), max(1, round(height * TEXTURE)))
    with Image.open(PHOTOGRAPH) as picture:
        pixels = tuple(share * side for share, side in zip(box, picture.size * 2, strict=True))
        resized = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=pixels)
    return np.asarray(resized, np.float64)


def frame_size(size: int) -> tuple[int, int]:
    """Height and width of a frame of a long side: three by four, even."""
    return 2 * round(size * 3 / 8), 2 * round(size / 2)
