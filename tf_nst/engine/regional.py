"""The start of a picture of several regions or styles."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.objective.objective import NOTHING
from tf_nst.objective.regions import Region
from tf_nst.objective.terms import CONTENT, STYLE
from tf_nst.ops.resample import resize

# picture, masks of content and style by their names -> a start from this style [1, h, w, 3].
Start = Callable[[NDArray[Any], Mapping[str, NDArray[np.float32]]], NDArray[np.float32]]


def regional_image(
    start: Start,
    regions: tuple[Region, ...],
    pictures: Mapping[str, NDArray[Any]],
    masks: Mapping[str, NDArray[np.float32]] = NOTHING,
) -> NDArray[np.float32]:
    """The starts from the pictures of regions as one, [1, h, w, 3] float32 in 0..1.

    Within a region they are added by their shares: of starts that are linear maps of the content's
    colours the result is one. Regions are added by their masks; where there is none, the first
    region's is taken.

    Args:
      start: all of its pictures have one size.
      pictures, masks: that the regions name, see `Job`.
    """
    total: NDArray[np.float32] | None = None
    weight: NDArray[np.float32] | None = None
    for region in regions:
        image = _of_region(start, region, pictures, masks)
        if len(regions) == 1:
            return image
        height, width = image.shape[1:3]
        mask = np.ones((height, width), np.float32) if region.mask is None else masks[region.mask]
        share = resize(tf.constant(mask[None, :, :, None]), height, width).numpy()
        total = share * image + (np.float32(1e-6) * image if total is None else total)
        weight = share + (np.float32(1e-6) if weight is None else weight)
    if total is None or weight is None:
        raise ValueError("regions: expected one or more, received none")
    mean: NDArray[np.float32] = np.clip(total / weight, 0.0, 1.0)
    return mean


def _of_region(
    start: Start,
    region: Region,
    pictures: Mapping[str, NDArray[Any]],
    masks: Mapping[str, NDArray[np.float32]],
) -> NDArray[np.float32]:
    total: NDArray[np.float32] | float = 0.0
    for part in region.parts:
        names = {CONTENT: region.mask, STYLE: part.mask}
        named = {name: masks[mask] for name, mask in names.items() if mask is not None}
        image = start(pictures[part.picture], named)
        if len(region.parts) == 1:
            return image
        total = part.share * image + total
    return np.asarray(total, np.float32)
