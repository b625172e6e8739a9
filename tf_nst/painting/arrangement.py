"""From the pictures of a run to regions, and the pictures and masks that they name."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.io.areas import Area
from tf_nst.io.images import Image
from tf_nst.io.inputs import Inputs
from tf_nst.io.planes import Plane
from tf_nst.objective.regions import Part, Region
from tf_nst.objective.terms import CONTENT, STYLE
from tf_nst.ops.color import as_float

# By their names, [h, w] in 0..1.
Masks = dict[str, Plane]


class Arrangement(NamedTuple):
    """What is painted where, of what.

    Attributes:
      regions: of the picture.
      pictures: {name: [1, h, w, 3]} that regions name, and CONTENT: codes, or floats in 0..1.
      masks: {name: [h, w] float32 in 0..1} that regions name; CONTENT, where it is visible.
    """

    regions: tuple[Region, ...]
    pictures: dict[str, NDArray[Any]]
    masks: Masks


def arrange(config: StylizeConfig, inputs: Inputs) -> Arrangement:
    """The regions of a run. One opaque style alone is one region, named as its picture."""
    images = _named(inputs)
    visible = {CONTENT: inputs.content.mask, **{name: image.mask for name, image in images.items()}}
    masks = {name: mask for name, mask in visible.items() if mask is not None}
    indices = range(len(inputs.areas.areas))
    every = [_region(config, inputs, index, masks) for index in indices]
    # One that is kept, or hidden, asks for nothing.
    regions = tuple(region for region in every if region.area > 0)
    with tf.device("CPU:0"):
        pictures = _pictures(config, inputs.content, images, _counting(regions, masks))
    return Arrangement(regions, pictures, masks)


def _named(inputs: Inputs) -> dict[str, Image]:
    """{name: picture} of all styles."""
    pictures = inputs.style_pictures
    if len(pictures) == 1:
        return {STYLE: pictures[0]}
    return {f"{STYLE}/{number}": picture for number, picture in enumerate(pictures, 1)}


def _counting(regions: tuple[Region, ...], masks: Masks) -> Masks:
    """{picture: [1, h, w, 1]}: how much each position counts in any region; none where all do."""
    counting = {CONTENT: masks.get(CONTENT)}
    for part in (part for region in regions for part in region.parts if part.picture != CONTENT):
        mask = None if part.mask is None else masks[part.mask]
        before = counting.setdefault(part.picture, mask)
        counting[part.picture] = (
            None if mask is None or before is None else np.maximum(before, mask)
        )
    return {name: plane[None, :, :, None] for name, plane in counting.items() if plane is not None}


def _pictures(
    config: StylizeConfig,
    content: Image,
    styles: dict[str, Image],
    weights: dict[str, NDArray[Any]],
) -> dict[str, NDArray[Any]]:
    """In the colours in which they are painted; codes where those are their own.

    Args:
      weights: of the positions of pictures by their names, of which colours are measured.
    """
    mode = COLOR_MODES[config.color]
    pictures: dict[str, NDArray[Any]] = {CONTENT: content.pixels[None]}
    pictures |= {name: image.pixels[None] for name, image in styles.items()}
    if mode.style_to_paint:
        photograph = as_float(pictures[CONTENT])
        for name in styles:
            style, of_both = as_float(pictures[name]), (weights.get(name), weights.get(CONTENT))
            pictures[name] = mode.style_to_paint(style, photograph, *of_both).numpy()
    if mode.content_to_paint:
        pictures[CONTENT] = mode.content_to_paint(as_float(pictures[CONTENT])).numpy()
    return pictures


def _region(config: StylizeConfig, inputs: Inputs, index: int, masks: Masks) -> Region:
    """The region of an area; the masks that it needs are added to `masks`."""
    area, alone = inputs.areas.areas[index], len(inputs.areas.areas) == 1
    mask, share = _mask(inputs, area, index, masks)
    parts = _parts(inputs, area, index, masks)
    strength = config.style_strength
    parts = tuple(part._replace(share=strength * part.share) for part in parts if strength)
    if strength < 1:
        parts = (*parts, Part(CONTENT, 1 - strength, mask))
    return Region(STYLE if alone else f"{STYLE} of {index + 1}", parts, mask, share)


def _mask(inputs: Inputs, area: Area, index: int, masks: Masks) -> tuple[str | None, float]:
    """The name of an area's mask, and its share of what is visible."""
    alpha, painted = inputs.content.mask, inputs.areas.painted
    plane = area.mask
    if painted is not None:
        shown = (painted > 0).astype(np.float32)
        plane = shown if plane is None else shown * plane
    if plane is None:
        return (None if alpha is None else CONTENT), 1.0
    plane = np.asarray(plane if alpha is None else plane * alpha, np.float32)
    name = f"area {index + 1}"
    masks[name] = plane
    whole = plane.size if alpha is None else alpha.sum(dtype=np.float64)
    return name, float(plane.sum(dtype=np.float64) / whole)


def _parts(inputs: Inputs, area: Area, index: int, masks: Masks) -> tuple[Part, ...]:
    """The pictures of an area's styles, with their shares."""
    total = sum(inputs.styles[number].weight for number, _ in area.styles)
    names, parts = iter(_named(inputs)), []
    of_styles = [[next(names) for _ in style.pictures] for style in inputs.styles]
    for number, guide in area.styles:
        pictures = of_styles[number]
        share = inputs.styles[number].weight / total / len(pictures)
        for name in pictures:
            mask = name if name in masks else None
            if guide is not None:
                mask, alpha = f"{name} of {index + 1}", masks.get(name)
                masks[mask] = guide if alpha is None else guide * alpha
            parts.append(Part(name, share, mask, guide is not None))
    return tuple(parts)
