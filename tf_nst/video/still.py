"""A decoded picture as a frame of a clip: 8 bits, nothing of it transparent."""

import numpy as np

from tf_nst.io.depth import Codes, to_depth
from tf_nst.video.clip import Pixels


def opaque_frame(pixels: Codes, alpha: Codes | None) -> Pixels:
    """[H,W,3] uint8 of pixels [H,W,3] and alpha [H,W], uint8 or uint16; on white where it shows."""
    pixels = to_depth(pixels, 8)
    if alpha is None:
        return pixels
    share = to_depth(alpha, 8)[..., None] / np.float32(255)
    blended: Pixels = np.rint(pixels * share + 255 * (1 - share)).astype(np.uint8)
    return blended
