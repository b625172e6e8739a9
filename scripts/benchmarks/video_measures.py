"""Measures of a painted film: flicker and drift.

Frames are [H,W,3] uint8; flows and masks as benchmarks.clips has them, or estimated.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from benchmarks.measures import LUMA
from scipy.ndimage import map_coordinates

# Of a frame: its flow to the one before [H,W,2], and where that one shows the same things [H,W].
Motion = tuple[np.ndarray, np.ndarray]


def warped(frame: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """[H,W,3] float64: a frame at the points that a flow [H,W,2] leads to, between four pixels."""
    height, width = flow.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    places = [rows + flow[..., 1], columns + flow[..., 0]]
    channels = (frame[..., c].astype(np.float64) for c in range(3))
    return np.stack([map_coordinates(it, places, order=1, mode="nearest") for it in channels], -1)


def flicker(frames: Sequence[np.ndarray], motions: Sequence[Motion]) -> float:
    """How much frames change that should not: in levels of 255, 0 of a painting that only moves.

    The mean of |frame - warped frame before| over pixels that both show and the three colours, and
    over all pairs of frames that follow each other (Ruder et al. 2016, section 7.2, has its square
    root of squares; the mean of absolute differences is moved less by few pixels at borders).

    Args:
      motions: of each frame; the first one's is not used.

    Raises:
      ValueError: fewer than two frames, or none of which the one before shows anything.
    """
    differences = []
    for before, frame, (flow, visible) in zip(frames, frames[1:], motions[1:], strict=False):
        if visible.any():
            difference = np.abs(frame - warped(before, flow))
            differences.append(difference[np.asarray(visible, bool)].mean())
    if not differences:
        raise ValueError("expected frames that show the same things as those before")
    return float(np.mean(differences))


def luminance(frame: np.ndarray) -> float:
    """The mean of CIE's Y, 0..1, of a frame in sRGB (IEC 61966-2-1)."""
    code = frame / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return float((linear @ LUMA).mean())


def drift(painted: Iterable[np.ndarray]) -> float:
    """How much brighter or darker a painting is at its end, in percent of its mean luminance.

    By a straight line through the luminance of its frames (least squares); never negative. A
    painting has the style's luminance, whatever comes into view of its film: it is not compared
    with that.
    """
    values = [luminance(frame) for frame in painted]
    if len(values) < 2:
        return 0.0
    slope = np.polyfit(np.arange(len(values)), values, 1)[0]
    return float(abs(slope) * (len(values) - 1) / np.mean(values) * 100)


def estimated_motions(frames: Sequence[np.ndarray]) -> list[Motion]:
    """Motions of a film without a truth, by the flow of tf_nst.video."""
    from tf_nst.video.flow import flow_between, visible

    height, width = frames[0].shape[:2]
    motions = [(np.zeros((height, width, 2), np.float32), np.zeros((height, width), bool))]
    for before, frame in pairwise(frames):
        there, back = flow_between(frame, before), flow_between(before, frame)
        motions.append((there, visible(there, back) > 0.5))
    return motions
