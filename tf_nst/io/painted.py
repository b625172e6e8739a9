"""What is painted, and what stays the photograph."""

import numpy as np

from tf_nst.errors import NothingToPaintError, UserError
from tf_nst.io.images import Image
from tf_nst.io.planes import Plane, extremes_of, feathered, plane_of, resized_plane, shows
from tf_nst.io.resizing import same_aspect


def mask_for(image: Image, of: Image, flag: str, what: str) -> Plane:
    """The mask [h, w] float32 in 0..1 at the size of the picture that it is of.

    Raises:
      UserError: it has another aspect ratio.
    """
    if not same_aspect(image.size, of.size):
        raise UserError(
            f"{flag}: {image.name} has another aspect ratio than {what}, expected that of "
            f"{of.width}×{of.height}, received {image.width}×{image.height}"
        )
    return resized_plane(plane_of(image)[0], *of.size)


def painted_plane(
    keep: list[Image] | None, coverage: Plane | None, content: Image, feather: float
) -> tuple[Plane | None, list[str]]:
    """How much of each pixel is painted, [H, W] float32 in 0..1 or None: all of it; and notes.

    Args:
      keep: what stays the photograph.
      coverage: how much of each pixel the masks cover; None: all of it.
      feather: over how many pixels the painting fades out.

    Raises:
      UserError: a mask has another aspect ratio.
      NothingToPaintError: nothing that is visible is left to paint.
    """
    notes: list[str] = []
    painted = np.ones(content.size, np.float32) if coverage is None else coverage
    for image in keep or []:
        kept = mask_for(image, content, "--keep", "the content")
        painted = painted * (1 - kept)
        if not kept.any():
            notes.append(f"--keep: {image.name} is {extremes_of(image)[0]}, nothing is kept")
    if not painted.any():
        raise NothingToPaintError(
            "--keep: expected something left to paint, received masks that keep all"
        )
    if painted.min() == 1:
        if feather:
            notes.append(f"--feather={feather:g} has no effect: nothing of the photograph is kept")
        return None, notes
    painted = feathered(np.asarray(painted, np.float32), feather)
    _check_left(painted, content, feather, "--keep" if keep else "--mask")
    return painted, notes


def _check_left(painted: Plane, content: Image, feather: float, flag: str) -> None:
    """Raises NothingToPaintError unless something that is visible is painted."""
    if not painted.any():
        raise NothingToPaintError(
            "--feather: expected less than the width of what is painted, received "
            f"{feather:g} pixels, which leave nothing of it"
        )
    if not shows(painted, content):
        raise NothingToPaintError(
            f"{flag}: expected something left to paint where the content is visible, received "
            "masks that keep all of it"
        )
