"""How far things move between two frames, and where that is known."""

import numpy as np
from numpy.typing import NDArray

from tf_nst.io.depth import quantise
from tf_nst.io.images import Image
from tf_nst.ops.warp import inside, warp
from tf_nst.video.extra import load_cv2

# Below, the search has no room for its patches of 8 pixels.
LEAST_SIDE = 16
Flow = NDArray[np.float32]
Mask = NDArray[np.float32]


def flow_between(frame: NDArray[np.uint8], other: NDArray[np.uint8]) -> Flow:
    """[H, W, 2] float32: how far to the right and down of each pixel of a frame what it shows lies
    in another one, in pixels.

    By dense inverse search (Kroeger et al. 2016, Fast optical flow using dense inverse search), at
    the full size of the frames.

    Args:
      frame, other: [H, W, 3] uint8, of one size.

    Raises:
      UserError: OpenCV is not installed.
    """
    cv2 = load_cv2()
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)
    here, there = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (frame, other))
    flow = search.calc(here, there, np.zeros((*here.shape, 2), np.float32))
    return np.asarray(flow, np.float32)


def moved(picture: NDArray[np.float32], flow: Flow) -> NDArray[np.float32]:
    """[H, W, C]: another frame's picture [H, W, C] float32 where a frame shows the same things.

    Args:
      flow: from the frame to the other, see `flow_between`.
    """
    return np.asarray(warp(picture, flow), np.float32)


def visible(there: Flow, back: Flow) -> Mask:
    """[H, W] float32: 1 where what a frame shows is seen in another one too, else 0.

    0 where the two flows disagree, at borders of what moves (Sundaram et al. 2010, Dense point
    trajectories by GPU-accelerated large displacement optical flow; Ruder et al. 2016, Artistic
    style transfer for videos, equations 5 and 6), and where the other frame ends.

    Args:
      there: the flow from the frame to the other one.
      back: that from the other one to the frame.
    """
    returned = moved(back, there)
    squares = _square(there) + _square(returned)
    disagree = _square(there + returned) > 0.01 * squares + 0.5
    at_border = _steepness(there) > 0.01 * _square(there) + 0.002
    seen = inside(there) & ~disagree & ~at_border
    return np.asarray(seen, np.float32)


def _square(flow: Flow) -> NDArray[np.float32]:
    """[H, W]: |flow|^2."""
    return np.asarray(np.sum(flow * flow, axis=-1))


def _steepness(flow: Flow) -> NDArray[np.float32]:
    """[H, W]: |grad u|^2 + |grad v|^2, by central differences."""
    down, right = (np.asarray(part, np.float32) for part in np.gradient(flow, axis=(0, 1)))
    return np.asarray(_square(down) + _square(right))


def kept(frame: Image, other: Image, picture: Image) -> Image:
    """The picture of another frame and its alpha, moved to where a frame shows the same things."""
    flow = flow_between(frame.pixels, other.pixels)
    mask = picture.mask
    alpha = None if mask is None else quantise(moved(mask[..., None], flow)[..., 0], picture.depth)
    return Image.from_float(moved(picture.to_float(), flow), picture.depth, alpha)


def flow_failure(frame: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The share of a frame's pixels that another one does not show, 0..1."""
    there, back = flow_between(frame, other), flow_between(other, frame)
    return 1 - float(visible(there, back).mean())
