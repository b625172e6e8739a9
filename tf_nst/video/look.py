"""The styles and masks of each frame of a film."""

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from tf_nst.batch.flags import painting_values
from tf_nst.batch.sources import counts
from tf_nst.cli.flags import places_from_flags, styles_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.config.fade import StyleAt, shares_at, styles_at
from tf_nst.config.paths import join_paths
from tf_nst.errors import UserError
from tf_nst.io.areas import Places
from tf_nst.io.folders import pictures_in
from tf_nst.io.given import Source
from tf_nst.io.images import read_image
from tf_nst.io.styles import Styles
from tf_nst.video.frame_folder import natural
from tf_nst.video.work_folder import Film


class Look(NamedTuple):
    """What frames are painted like.

    Attributes:
      styles, places: of a frame by its index, as `read_inputs` takes them.
    """

    styles: Callable[[int], Styles]
    places: Callable[[int], Places]


def frame_values(film: Film) -> Values:
    """The painting command's values for the first frame of a film.

    Raises:
      UserError: a value that its flag does not accept, or flags that contradict each other.
    """
    style = film.style or join_paths([styles_at(film.fade or "")[0].path])
    return painting_values(film.content, style, "film.png", film.flags)


def look_of(film: Film) -> Look:
    """The styles and masks of each frame; the picture of a style is read once."""
    values = frame_values(film)
    given: dict[str, Any] = places_from_flags(values)
    places, masks, read = Places(**given), mask_paths(film.keep), cache(_style)
    fade: Sequence[StyleAt] = styles_at(film.fade) if film.fade else ()

    def styles(index: int) -> Styles:
        seconds = float(Fraction(film.times[index]))
        shares = shares_at(tuple(fade), seconds) if fade else styles_from_flags(values)
        return [(read(path), share) for path, share in shares]

    def places_of(index: int) -> Places:
        at = film.positions[index] if len(masks) > 1 else 0
        return places._replace(keep=masks[at]) if masks else places

    return Look(styles, places_of)


def _style(path: str) -> Source:
    return path if os.path.isdir(path) else read_image(path, "--style")


def mask_paths(keep: str | None) -> list[str]:
    """The masks of --keep: none, one for all frames, or those of a folder, one for each frame,
    sorted as a film's frames in a folder are.

    Raises:
      UserError: a folder without pictures.
    """
    if keep is None or not os.path.isdir(keep):
        return [keep] if keep else []
    return sorted(pictures_in(keep, "--keep", counts), key=natural)


def check_number(keep: str | None, frames: int) -> None:
    """Raises UserError where --keep is a folder of more or fewer masks than there are frames."""
    masks = mask_paths(keep)
    if keep is not None and os.path.isdir(keep) and len(masks) != frames:
        raise UserError(
            f"--keep: expected a mask for each of {frames} frames, received {len(masks)} in {keep}"
        )
