"""Which style is painted where, and what of the photograph is kept. No TensorFlow here."""

from collections.abc import Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError
from tf_nst.io.given import Source, as_image
from tf_nst.io.images import Image
from tf_nst.io.labels import label_areas
from tf_nst.io.painted import mask_for, painted_plane
from tf_nst.io.planes import Plane, extremes_of, plane_of, shows
from tf_nst.io.segmentation import regions_wanted, segment_areas
from tf_nst.io.styles import MaskedStyles, Style

# Of what part of the picture a line is said, at least.
_WORTH_A_LINE = 0.01
# Of what resized masks that meet add up to, which is 1 but for their rounding.
SLACK = 0.03


class Places(NamedTuple):
    """What says where, as it is given: sources as `as_image` takes them; None: no such thing.

    Attributes:
      mask: one for each style, white where it is painted, grey partly; the rest stays as in the
        photograph. Or "auto:N": N regions found in the photograph, each painted like the most
        similar region of a style.
      keep: white where the photograph is kept.
      style_mask: one for each style, white where it counts.
      labels: instead of masks, a colour-coded map of the content and one of each style.
    """

    mask: Source | Sequence[Source] | None = None
    keep: Source | None = None
    style_mask: Source | Sequence[Source] | None = None
    labels: Sequence[Source] | None = None


class Area(NamedTuple):
    """A part of the picture.

    Attributes:
      mask: [H, W] float32 in 0..1, how much of each pixel is its; None: all of the picture.
      styles: those that are painted in it.
    """

    mask: Plane | None
    styles: MaskedStyles


class Areas(NamedTuple):
    """All of them.

    Attributes:
      areas: their masks add up to 1 wherever anything is painted.
      painted: [H, W] float32 in 0..1: how much of the painting each pixel shows, the rest is the
        photograph; None: the painting alone.
      notes: lines for the user.
      images: {flag: what was read for it}, before it was resized.
      words: {flag: what stands in the place of a picture}.
    """

    areas: tuple[Area, ...]
    painted: Plane | None = None
    notes: tuple[str, ...] = ()
    images: Mapping[str, list[Image]] = MappingProxyType({})
    words: Mapping[str, str] = MappingProxyType({})


# One style, everywhere.
ALL = Areas((Area(None, ((0, None),)),))


def read_areas(
    config: StylizeConfig, places: Places, content: Image, styles: tuple[Style, ...]
) -> Areas:
    """Reads what says where.

    Args:
      content: at the picture's size.
      styles: at the sizes at which they are measured.

    Raises:
      UserError: not one mask for each style, one that shows nothing or has another aspect ratio,
        labels that the styles lack, or nothing left to paint.
    """
    count = regions_wanted(places.mask)
    _check_one_way(places, count)
    images = {
        flag: [_image(source, f"--{flag}") for source in listed(given)]
        for flag, given in places._asdict().items()
        if given is not None and not (flag == "mask" and count)
    }
    words = {"mask": str(places.mask)} if count else {}
    notes = [
        note for flag, read in images.items() for image in read for note in _notes(flag, image)
    ]
    masks: list[Plane] | None
    if "labels" in images:
        masks, named = label_areas(images["labels"], content, styles)
    elif count:
        masks, named = segment_areas(count, content, styles)
    else:
        masks, named = _mask_areas(images, content, styles)
    areas, coverage, more = _shared(masks, named, [style.weight for style in styles])
    painted, about_keep = painted_plane(images.get("keep"), coverage, content, config.feather)
    return Areas(areas, painted, (*notes, *more, *about_keep), images, words)


def read_painted(config: StylizeConfig, places: Places, content: Image) -> Plane | None:
    """`Areas.painted` alone, for which no style is read. Raises as `read_areas`.

    Args:
      content: at the picture's size.
    """
    keep = None if places.keep is None else [_image(places.keep, "--keep")]
    coverage = None
    # Labels cover all of the picture, as found regions do.
    if places.mask is not None and not regions_wanted(places.mask):
        images = (_image(source, "--mask") for source in listed(places.mask))
        masks = [_plane(image, content, "--mask", "the content") for image in images]
        coverage = _coverage(reduce(np.add, masks))
    return painted_plane(keep, coverage, content, config.feather)[0]


def _image(source: Source, flag: str) -> Image:
    """As `as_image`, of an array or tensor of bool too: True is white."""
    return as_image(source, flag, from_bool=True)


def listed(given: object) -> list[Any]:
    """What is given as one or as a list or tuple of several."""
    return list(given) if isinstance(given, list | tuple) else [given]


def _check_one_way(places: Places, count: int) -> None:
    if places.labels is not None and places.mask is not None:
        raise UserError("--labels and --mask: expected one of them, received both")
    if (places.labels is not None or count) and places.style_mask is not None:
        one = "--mask=auto:N" if count else "--labels"
        raise UserError(f"{one} and --style_mask: expected one of them, received both")


def _notes(flag: str, image: Image) -> list[str]:
    transparent = [] if flag == "labels" else filter(None, [plane_of(image)[1]])
    return [*image.notes, *(f"--{flag}: {note}" for note in transparent)]


def _mask_areas(
    images: dict[str, list[Image]], content: Image, styles: tuple[Style, ...]
) -> tuple[list[Plane] | None, list[MaskedStyles]]:
    """The masks, None for everywhere, and of each the styles with what counts of them."""
    guides = _guides(images.get("style_mask"), styles)
    if "mask" not in images:
        return None, [tuple(enumerate(guides))]
    _check_number(images["mask"], styles, "--mask")
    masks = [_plane(image, content, "--mask", "the content") for image in images["mask"]]
    return masks, [((index, guide),) for index, guide in enumerate(guides)]


def _guides(images: list[Image] | None, styles: tuple[Style, ...]) -> list[Plane | None]:
    if images is None:
        return [None] * len(styles)
    _check_number(images, styles, "--style_mask")
    return [
        _guide(image, style.only_picture("--style_mask"))
        for image, style in zip(images, styles, strict=True)
    ]


def _guide(image: Image, style: Image) -> Plane:
    plane = _plane(image, style, "--style_mask", "its style")
    if not shows(plane, style):
        raise UserError(
            f"--style_mask: {image.name} is white only where its style is transparent, expected "
            "white where it is visible"
        )
    return plane


def _check_number(images: list[Image], styles: tuple[Style, ...], flag: str) -> None:
    if len(images) != len(styles):
        raise UserError(
            f"{flag}: expected one mask for each of {len(styles)} styles, received {len(images)}"
        )


def _plane(image: Image, of: Image, flag: str, what: str) -> Plane:
    """The mask at the size of the picture that it is of; it shows something."""
    plane = mask_for(image, of, flag, what)
    if not plane.any():
        empty, full = extremes_of(image)
        raise UserError(f"{flag}: {image.name} is {empty}, expected {full} where its style counts")
    return plane


def _shared(
    masks: list[Plane] | None, named: list[MaskedStyles], weights: list[float]
) -> tuple[tuple[Area, ...], Plane | None, list[str]]:
    """Areas whose masks add up to 1, how much they cover [H, W], and notes.

    Where masks overlap their styles share a pixel by mask and weight.
    """
    if masks is None:
        return (Area(None, named[0]),), None, []
    strengths = [
        mask * np.float32(sum(weights[index] for index, _ in styles))
        for mask, styles in zip(masks, named, strict=True)
    ]
    covered, strength = reduce(np.add, masks), reduce(np.add, strengths)
    shares = (
        np.divide(one, strength, out=np.zeros_like(one), where=strength > 0) for one in strengths
    )
    areas = tuple(Area(*pair) for pair in zip(shares, named, strict=True))
    return areas, _coverage(covered), _notes_on_cover(covered)


def _coverage(covered: Plane) -> Plane:
    """[H, W]: how much of each pixel masks cover that add up to this; 1 but for rounding is 1."""
    return np.where(covered > 1 - SLACK, np.float32(1), covered)


def _notes_on_cover(covered: Plane) -> list[str]:
    twice, bare = np.mean(covered > 1 + SLACK), np.mean(covered < 0.5)
    notes = []
    if twice > _WORTH_A_LINE:
        notes.append(f"masks overlap in {twice:.0%} of the picture, which their styles share")
    if bare > _WORTH_A_LINE:
        notes.append(f"no mask covers {bare:.0%} of the picture, which stays as in the photograph")
    return notes
