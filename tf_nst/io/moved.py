"""What each mask changed of a photograph, for the record. No TensorFlow here."""

from typing import NamedTuple

import numpy as np

from tf_nst.io.depth import to_depth
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs


class Moved(NamedTuple):
    """What came of a mask.

    Attributes:
      name: the mask's, or `region 2` of regions that labels or the pictures themselves give.
      share: of the picture that it covers, 0 to 1, grey partly.
      moved: the same, of the pixels that are not the photograph's.
    """

    name: str
    share: float
    moved: float


def moved_by_masks(inputs: Inputs, picture: Image) -> tuple[Moved, ...]:
    """What came of each mask; of one style without any, nothing.

    Args:
      inputs: those that were painted.
      picture: the result, of the content's size; compared at the lesser depth of both.
    """
    areas, painted = inputs.areas.areas, inputs.areas.painted
    if painted is None and len(areas) == 1 and areas[0].mask is None:
        return ()
    depth = min(picture.depth, inputs.content.depth)
    codes = (to_depth(image.pixels, depth) for image in (picture, inputs.content))
    changed = np.not_equal(*codes).any(axis=2)
    shown = np.ones(changed.shape, np.float32) if painted is None else painted
    planes = [shown if area.mask is None else area.mask * shown for area in areas]
    return tuple(
        Moved(name, float(plane.mean()), float((changed * plane).mean()))
        for name, plane in zip(_names(inputs), planes, strict=True)
    )


def _names(inputs: Inputs) -> list[str]:
    if masks := inputs.areas.images.get("mask"):
        return [mask.name for mask in masks]
    return [f"region {number}" for number, _ in enumerate(inputs.areas.areas, 1)]
