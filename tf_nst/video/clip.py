"""What is known of a clip, and its frames, as plain data."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

# H.273's numbers, which files of all kinds use: of BT.709, sRGB's curve, and of nothing stated.
BT709, SRGB_CURVE, UNSPECIFIED = 1, 13, 2


class Color(NamedTuple):
    """How the numbers of a file stand for red, green and blue.

    Attributes:
      matrix: "bt601", "bt709" or "bt2020", between RGB and luma with two differences.
      range: "limited", luma in 16..235 of 8 bits, or "full", 0..255.
      primaries: of H.273; passed on as they are, since no frame is converted to others.
      transfer: the curve's number of H.273; passed on too.
    """

    matrix: str = "bt709"
    range: str = "limited"
    primaries: int = BT709
    transfer: int = SRGB_CURVE


@dataclass(frozen=True)
class ClipInfo:
    """A clip as it is seen: upright, its first frame at 0 seconds.

    Attributes:
      width: columns of a frame, in pixels.
      height: rows of a frame, in pixels.
      frames: how many there are; None where only reading them shows it.
      duration: seconds from the first frame to the end of the last.
      rate: frames a second; None where they last differently long.
      time_base: seconds of which every frame's time is a multiple.
      rotation: degrees clockwise by which the file's frames were turned to be upright.
      pixel_aspect: the width of a pixel over its height.
      color: how the file's numbers stand for colours.
      has_audio: whether there is sound.
      start: seconds of the first frame by the file's clock, which its sound is by too.
    """

    width: int
    height: int
    frames: int | None = None
    duration: Fraction = Fraction(0)
    rate: Fraction | None = Fraction(25)
    time_base: Fraction = Fraction(1, 25)
    rotation: int = 0
    pixel_aspect: Fraction = Fraction(1)
    color: Color = field(default_factory=Color)
    has_audio: bool = False
    start: Fraction = Fraction(0)


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame of a clip.

    Attributes:
      index: 0 for the first; those that cannot be read are not counted.
      time: seconds after the first frame.
      pixels: [H,W,3] uint8, as a screen shows them.
      lost: how many before it cannot be read.
    """

    index: int
    time: Fraction
    pixels: Pixels
    lost: int = 0
