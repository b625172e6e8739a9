"""What is shown in the place of a frame that was not painted."""

import numpy as np
from numpy.typing import NDArray

from tf_nst.config import StylizeConfig
from tf_nst.errors import NothingToPaintError, UserError
from tf_nst.io.areas import Places, read_painted
from tf_nst.io.images import Image
from tf_nst.video.flow import kept


def stand_in(
    picture: Image, other: Image, frame: Image, config: StylizeConfig, places: Places
) -> Image:
    """The painting of another frame, moved to where a frame shows the same things; what masks keep
    of the frame is the film, but where it was the masks that failed.

    Args:
      picture: the painting of `other`.
      other, frame: of the film, of one size.
      places: the masks of `frame`.
    """
    moved = kept(frame, other, picture)
    try:
        share = read_painted(config, places, frame)
    except NothingToPaintError:
        return frame
    except UserError:
        return moved
    return shown(moved.to_float(), frame, share, moved.depth)


def shown(
    pixels: NDArray[np.float32], frame: Image, share: NDArray[np.float32] | None, depth: int = 8
) -> Image:
    """Pixels where a frame is painted, and the frame where masks keep it.

    Args:
      pixels: [H, W, 3] in 0..1.
      share: [H, W] in 0..1, how much of each pixel is painted; None: all of it.
      depth: 8 or 16 bits, of the result.
    """
    if share is not None:
        pixels = share[..., None] * pixels + (1 - share[..., None]) * frame.to_float()
    return Image.from_float(pixels, depth)
