"""--mask=auto:N: regions of the pictures' own, matched by likeness."""

import numpy as np
from numpy.typing import NDArray

from tf_nst.config.paths import AUTO_REGIONS
from tf_nst.errors import UserError
from tf_nst.io.images import Image
from tf_nst.io.planes import Plane, resized_plane, shows
from tf_nst.io.resizing import fit_size, resize_image
from tf_nst.io.styles import MaskedStyles, Style

MOST_REGIONS = 12
# Regions are sought at no more pixels a side, as sets of so many superpixels.
LONG_SIDE, SUPERPIXELS = 256, 256
# Of a place, top to bottom or left to right, in units of lightness: 100 from black to white.
PLACE = 60.0


def regions_wanted(mask: object) -> int:
    """N of "auto:N"; 0 of anything else.

    Raises:
      UserError: N is none from 2 to MOST_REGIONS.
    """
    if not isinstance(mask, str) or not mask.startswith(AUTO_REGIONS):
        return 0
    number = mask.removeprefix(AUTO_REGIONS)
    if not number.isdecimal() or not 2 <= int(number) <= MOST_REGIONS:
        raise UserError(f"--mask: expected auto:N with N from 2 to {MOST_REGIONS}, received {mask}")
    return int(number)


def segment_areas(
    count: int, content: Image, styles: tuple[Style, ...]
) -> tuple[list[Plane], list[MaskedStyles]]:
    """A mask for each region of the content, and the style that is most like it, with where.

    Superpixels by scikit-image's SLIC (Achanta et al. 2012, SLIC superpixels compared to
    state-of-the-art superpixel methods) are joined by their mean colours, in CIELAB, and places
    (Ward 1963, Hierarchical grouping to optimize an objective function). Alike is what has near
    mean colours and places.

    Raises:
      UserError: scikit-image is not installed.
    """
    pictures = [style.only_picture("--mask=auto:N") for style in styles]
    regions, features = _regions(content, count)
    candidates = []
    for index, picture in enumerate(pictures):
        of_style, theirs = _regions(picture, count)
        guides = [resized_plane(region, *picture.size) for region in of_style]
        candidates += [
            (feature, (index, guide))
            for guide, feature in zip(guides, theirs, strict=True)
            if shows(guide, picture)
        ]
    nearest = [min(candidates, key=lambda it: np.linalg.norm(it[0] - mine))[1] for mine in features]
    masks = [resized_plane(region, *content.size) for region in regions]
    return masks, [(style,) for style in nearest]


def _regions(image: Image, count: int) -> tuple[list[Plane], NDArray[np.float64]]:
    """Masks [h, w] float32 of up to `count` regions, and their mean colours and places [n, 5]."""
    try:
        from scipy.cluster.hierarchy import fcluster, linkage
        from skimage.color import rgb2lab
        from skimage.segmentation import slic
    except ImportError as error:
        raise UserError(
            "--mask: auto:N needs scikit-image; expected it to be installed: "
            'pip install "tf_nst[segment]"'
        ) from error
    small = resize_image(image, *fit_size(*image.size, min(LONG_SIDE, max(image.size))))
    pixels = small.to_float()
    superpixels = slic(pixels, SUPERPIXELS, sigma=1, start_label=0)
    rows, columns = np.indices(superpixels.shape) / np.reshape(superpixels.shape, (2, 1, 1))
    features = np.dstack([rgb2lab(pixels), PLACE * rows, PLACE * columns])
    regions = superpixels
    if superpixels.max() > 0:
        merges = linkage(_means(features, superpixels), "ward")
        regions = fcluster(merges, count, "maxclust")[superpixels]
    masks = [(regions == it).astype(np.float32) for it in np.unique(regions)]
    return masks, _means(features, regions)


def _means(features: NDArray[np.float64], labels: NDArray[np.int_]) -> NDArray[np.float64]:
    """Features [h, w, C] -> the mean of each label [h, w], in their order: [labels, C]."""
    return np.stack([features[labels == label].mean(axis=0) for label in np.unique(labels)])
