"""Where one shot ends and another begins."""

from collections.abc import Callable

import numpy as np

from tf_nst.video.clip import Pixels

# Of two frames: the share of the later one's pixels, 0..1, that the earlier one does not show.
FlowFailure = Callable[[Pixels, Pixels], float]
# Both are needed: a flash changes all colours, and what moves fast is not followed.
LEAST_DISTANCE, LEAST_FAILURE = 0.03, 0.75


def histogram_distance(before: Pixels, after: Pixels) -> float:
    """How far the colours of two frames lie apart, 0..1; 1 between black and white.

    The mean over red, green and blue of the Wasserstein-1 distance of their histograms, which is
    the area between their cumulative ones. A count of bins that differ would take a slow fade,
    by which a whole sky goes from one bin to the next, for a cut.

    Args:
      before, after: [H,W,3] uint8 each, of any sizes.
    """
    areas = np.abs(_cumulative(before) - _cumulative(after)).sum(axis=1) / 255
    return float(areas.mean())


def _cumulative(pixels: Pixels) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """[3,256]: the share of pixels up to each value."""
    channels = pixels.reshape(-1, 3).T
    counts = np.stack([np.bincount(channel, minlength=256) for channel in channels])
    return np.cumsum(counts, axis=1) / channels.shape[1]


def is_cut(before: Pixels, after: Pixels, failure: FlowFailure) -> bool:
    """Whether a new shot begins with the later of two frames that follow each other.

    Args:
      before, after: [H,W,3] uint8.
      failure: asked only where the colours differ.
    """
    if histogram_distance(before, after) < LEAST_DISTANCE:
        return False
    return failure(after, before) >= LEAST_FAILURE
