"""Regions: where in the painted picture the statistics of which pictures are wanted.

Two styles, each with its mask, are two regions; so are two parts of one style, each with a mask of
its own. Within a region several pictures are blended into one target, by their statistic's own
rule (`Statistic.blend`): as if each had its share of the positions. A sum of one term for each
picture would pull to the same place where a distance is a square, as the Gram matrix's: its least
is the mean of the targets, but weighted by 1 / |A|^2 as well, so that the picture of the weakest
features would count most; and each picture would cost a product a step.
"""

from typing import NamedTuple

from tf_nst.objective.terms import STYLE, Term, Terms


class Part(NamedTuple):
    """A picture of a blended target.

    Attributes:
      picture: its name.
      share: of the blend; shares add up to 1.
      mask: where the picture counts; None: everywhere.
      guide: whether what lies beside its mask is visible too, so that the features of the mask's
        borders are mixed: then these do not count, see `guide_weights`.
    """

    picture: str
    share: float = 1.0
    mask: str | None = None
    guide: bool = False


class Region(NamedTuple):
    """A part of the painted picture.

    Attributes:
      name: of its target, the `of` of its terms.
      parts: of the target.
      mask: where the painted picture counts; None: everywhere.
      area: its share of the painted area. Its terms' weights are multiplied by it, so that a style
        pulls as hard at each pixel whatever the size of its region, and regions with equal values
        add up to the value of the whole.
    """

    name: str
    parts: tuple[Part, ...]
    mask: str | None = None
    area: float = 1.0


def by_regions(terms: Terms, regions: tuple[Region, ...]) -> Terms:
    """The terms of STYLE once for each region (Gatys et al. 2017, Controlling perceptual factors in
    neural style transfer, section 4: one guided Gram matrix for each region); the others as they
    are."""
    result = []
    for term in terms:
        if term.of == STYLE:
            result += [_in_region(term, regions, index) for index in range(len(regions))]
        else:
            result.append(term)
    return tuple(result)


def _in_region(term: Term, regions: tuple[Region, ...], index: int) -> Term:
    region = regions[index]
    weight = term.weight
    masked = any(part.mask is not None for part in region.parts)
    return term._replace(
        name=term.name if len(regions) == 1 else f"{term.name}/{index + 1}",
        of=region.name,
        weight=tuple(region.area * one for one in weight)
        if isinstance(weight, tuple)
        else region.area * weight,
        mask=region.mask,
        of_mask=region.name if masked else None,
    )
