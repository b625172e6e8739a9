"""The two clips that films are measured by, of any number of frames and any size."""

from collections.abc import Iterator

import numpy as np
from benchmarks.clips import (
    PERIOD,
    Layer,
    TrueFrame,
    cut,
    everywhere,
    frame_size,
    grained,
    render,
    shifted,
    turned,
)

# Double steps of the figure within PERIOD frames.
STEPS = 4


def pan(count: int, size: int, grain: float = 0.0) -> Iterator[TrueFrame]:
    """A pan over the court: the court, a nearer bank of stone and a post right before the camera.

    They move at 1, 2.5 and 6 times a speed, to and fro within PERIOD frames.

    Args:
      count: of frames.
      size: the long side in pixels.
      grain: of a camera: the standard deviation of its noise, in levels of 255.
    """
    height, width = frame_size(size)
    reach, bob = 0.1 * width, 0.02 * height
    court = Layer(
        cut((0, 0, 1, 1), height + 2 * bob, width + 2 * reach),
        everywhere,
        lambda index: shifted(-reach + reach * _wave(index), -bob + bob * _wave(2 * index)),
    )
    layers = [court, _bank(height, width, reach), _post(height, width, reach)]
    return grained(render(layers, count, height, width), grain)


def _wave(index: float) -> float:
    return float(np.sin(2 * np.pi * index / PERIOD))


def _bank(height, width, reach):
    """A bank with an uneven edge, along the bottom of the frame."""
    margin, depth = 3 * reach, 0.3 * height

    def contains(x, y):
        return y >= 0.06 * height * (1 + np.sin(9 * x / width) * np.cos(4 * x / width))

    return Layer(
        cut((0.05, 0.72, 0.95, 1), depth, width + 2 * margin),
        contains,
        lambda index: shifted(-margin + 2.5 * reach * _wave(index), height - depth),
    )


def _post(height, width, reach):
    """A post from top to bottom."""
    thickness = 0.07 * width
    return Layer(
        cut((0.3, 0.25, 0.36, 0.9), height, thickness),
        lambda x, y: (x >= 0) & (x < thickness),
        lambda index: shifted(0.45 * width + 6 * reach * _wave(index), 0.0),
    )


def walk(count: int, size: int, grain: float = 0.0) -> Iterator[TrueFrame]:
    """A figure that walks to and fro before the court, which stands still; see `pan`."""
    height, width = frame_size(size)
    court = Layer(cut((0, 0, 1, 1), height, width), everywhere, lambda index: shifted(0.0, 0.0))
    return grained(render([court, *_figure(height, width)], count, height, width), grain)


def _figure(height, width):
    """Legs and arms behind, trunk, head: ellipses, of which limbs swing about their upper ends."""
    unit = 0.1 * height
    swing = [0.5, -0.5, -0.4, 0.4]
    hang = [(-0.35, 1.2), (0.35, 1.2), (-0.75, -1.0), (0.75, -1.0)]
    lengths = [2.6, 2.6, 2.1, 2.1]
    limbs = [
        _ellipse(unit, 0.32, length / 2, length / 2, part, _swinging(height, width, at, angle))
        for part, (length, at, angle) in enumerate(zip(lengths, hang, swing, strict=True))
    ]
    trunk = _ellipse(unit, 0.8, 1.4, 0.0, 4, _swinging(height, width, (0, 0), 0.0))
    head = _ellipse(unit, 0.5, 0.62, 0.0, 5, _swinging(height, width, (0, -2.0), 0.1))
    return [*limbs, trunk, head]


def _ellipse(unit, across, along, below, part, pose):
    """An ellipse of these half axes, whose middle lies `below` its point (0, 0), all in units."""
    across, along, below = across * unit, along * unit, below * unit
    corner = np.array([-across, below - along])
    texture = np.minimum(cut(_PARTS[part], 2 * along, 2 * across) * _SHADES[part], 255)

    def contains(x, y):
        x, y = x + corner[0], y + corner[1]
        return (x / across) ** 2 + ((y - below) / along) ** 2 <= 1

    return Layer(texture, contains, lambda index: _from_corner(pose(index), corner))


def _from_corner(pose, corner):
    """A pose about a point, as one about a texture's corner."""
    return np.hstack([pose[:, :2], pose[:, :2] @ corner[:, None] + pose[:, 2:]])


def _swinging(height, width, at, angle):
    """Where a part is that hangs at a point of the figure, in units, and swings by an angle."""
    unit = 0.1 * height

    def pose(index):
        x = width * (0.5 + 0.3 * _wave(index)) + at[0] * unit
        y = height * 0.58 + at[1] * unit - 0.1 * unit * abs(_wave(STEPS * index))
        return turned(angle * _wave(STEPS * index), x, y)

    return pose


# Parts of the photograph that limbs, trunk and head are cut from, and how bright they are.
_PARTS = (
    (0.1, 0.55, 0.2, 0.8),
    (0.15, 0.55, 0.25, 0.8),
    (0.7, 0.35, 0.8, 0.6),
    (0.75, 0.35, 0.85, 0.6),
    (0.55, 0.3, 0.75, 0.6),
    (0.4, 0.75, 0.55, 0.95),
)
_SHADES = (
    np.array([0.35, 0.4, 0.7]),
    np.array([0.4, 0.45, 0.75]),
    np.array([1.1, 0.5, 0.4]),
    np.array([1.1, 0.5, 0.4]),
    np.array([1.2, 0.55, 0.4]),
    np.array([2.2, 1.6, 1.25]),
)
CLIPS = {"pan": pan, "walk": walk}
