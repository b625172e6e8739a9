"""What a frame is compared with in frames that are painted already.

The loss is the mean over all pixels of mask * |x - warped|^2 (Ruder et al. 2016, equation 7), once
for each of LAGS (equation 9): a term of the objective like any other.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_nst.objective.image_layers import IMAGE
from tf_nst.objective.terms import Term
from tf_nst.painting.preparation import Extras
from tf_nst.video.tasks import LAGS


class Warped(NamedTuple):
    """A painted frame, moved to where another frame shows the same things.

    Attributes:
      picture: [H, W, 3] float32 in 0..1.
      mask: [H, W] float32 in 0..1, where it shows the same things.
    """

    picture: NDArray[np.float32]
    mask: NDArray[np.float32]


def longer_where_no_shorter(warped: Mapping[int, Warped]) -> dict[int, Warped]:
    """{lag: warped}, the masks of longer lags less those of all shorter ones (equation 9)."""
    covered: NDArray[np.float32] | float = 0.0
    result = {}
    for lag in sorted(warped):
        mask = warped[lag].mask
        result[lag] = Warped(warped[lag].picture, np.maximum(mask - covered, 0).astype(np.float32))
        covered = covered + mask
    return result


def led_over(warped: Mapping[int, Warped], ahead: Warped, distance: int) -> dict[int, Warped]:
    """{lag: warped}, each as far on its way to a later frame as is even steps from frame to frame.

    Args:
      warped: by lag.
      ahead: the frame that is led over to.
      distance: to it, in painted frames.
    """
    share = (ahead.mask / np.float32(distance + 1))[..., None]
    return {
        lag: Warped(each.picture + share * (ahead.picture - each.picture), each.mask)
        for lag, each in warped.items()
    }


def nearer_more(warped: Sequence[tuple[int, Warped]]) -> NDArray[np.float32]:
    """[H, W, 3] float32 in 0..1: the mean of pictures by their masks and how near each is.

    Args:
      warped: one or more, each after its distance in frames.
    """
    # Where no mask is, all count.
    weights = [(each.mask[..., None] + np.float32(1e-3)) / distance for distance, each in warped]
    pictures = (each.picture for _, each in warped)
    total = sum(weight * picture for weight, picture in zip(weights, pictures, strict=True))
    return np.asarray(total / sum(weights), np.float32)


def start_from(warped: Mapping[int, Warped], filling: NDArray[np.float32]) -> NDArray[np.float32]:
    """[H, W, 3] in 0..1: each picture where its mask is, the rest of it from `filling`.

    Args:
      warped: as `longer_where_no_shorter` returns it, masks that add up to 1 at the most.
      filling: [H, W, 3] float32 in 0..1.
    """
    result, left = np.zeros_like(filling), np.ones(filling.shape[:2], np.float32)
    for picture, mask in warped.values():
        result += mask[..., None] * picture
        left -= mask
    result += np.maximum(left, 0)[..., None] * filling
    return result


def uncovered(warped: Mapping[int, Warped]) -> float:
    """The share of the pixels that no picture shows."""
    return 1.0 - sum(float(np.mean(each.mask)) for each in warped.values())


def temporal_extras(
    warped: Mapping[int, Warped],
    shape: tuple[int, int],
    weight: float,
) -> Extras:
    """What a frame's painting compares with besides content and style: one term for each of LAGS.

    A lag that there is no frame for has a term, too, with a mask of zeros and weight 0: all frames
    have the same terms, so that all are painted by one trace.

    Args:
      warped: by lag.
      shape: height and width of the frame in pixels.
      weight: of the mean of mask * |x - warped|^2, of pixel values in 0..1.
    """
    nothing = Warped(np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32))
    compared = {f"previous/{lag}": warped.get(lag, nothing) for lag in LAGS}
    terms = tuple(
        Term(
            f"temporal/mean_squared/{name}",
            name,
            IMAGE,
            weight * _scale(each),
            "mean_squared",
            mask=name,
        )
        for name, each in compared.items()
    )
    pictures = {name: each.picture[None] for name, each in compared.items()}
    masks = {name: each.mask for name, each in compared.items()}
    return Extras(terms, pictures, masks)


def _scale(warped: Warped) -> float:
    """What turns the statistic, sum m |x - w|^2 / sum m |w|^2, into the mean of m |x - w|^2 over
    all pixels, as equation 7 has it: dark frames are held no harder, nor small masks."""
    energy = np.sum(np.square(warped.picture, dtype=np.float64), axis=-1)
    return float(np.mean(warped.mask * energy))
