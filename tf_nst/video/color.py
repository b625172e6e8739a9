"""From a file's numbers to RGB and back: matrices, ranges and pixel formats.

Between RGB and luma with two differences, ITU-R BT.601-7 (2.5), BT.709-6 (3) and BT.2020-2 (4).
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tf_nst.video.clip import BT709, SRGB_CURVE, UNSPECIFIED, Color, Pixels

if TYPE_CHECKING:
    from av import VideoFrame


class Matrix(NamedTuple):
    """The numbers of a matrix: in files (H.273), and in FFmpeg's libswscale."""

    code: int
    swscale: int


MATRICES = {"bt601": Matrix(6, 5), "bt709": Matrix(1, 1), "bt2020": Matrix(9, 9)}
# The numbers of H.273 that stand for them; 5 and 6 are one matrix.
_NAMES = {1: "bt709", 4: "bt601", 5: "bt601", 6: "bt601", 9: "bt2020"}
RANGES = {"limited": 1, "full": 2}
_FULL = RANGES["full"]
# A film that says nothing of its matrix has BT.709's from this size on, as players take it.
_HIGH_DEFINITION = (1280, 577)
_PQ, _HLG = 16, 18


def color_of(frame: "VideoFrame") -> Color:
    """What the file says of a decoded frame's colours, or what players take them for."""
    if frame.format.is_rgb or frame.format.has_palette:
        return Color(primaries=BT709, transfer=SRGB_CURVE)
    width, height = _HIGH_DEFINITION
    usual = "bt709" if frame.width >= width or frame.height >= height else "bt601"
    return Color(
        _NAMES.get(frame.colorspace, usual),
        "full" if _is_full(frame) else "limited",
        frame.color_primaries or UNSPECIFIED,
        frame.color_trc or UNSPECIFIED,
    )


def _is_full(frame: "VideoFrame") -> bool:
    """Of a file that says nothing of it, grey alone has all numbers."""
    if frame.color_range in RANGES.values():
        return frame.color_range == _FULL
    return frame.format.name.startswith(("yuvj", "gray"))


def color_notes(frame: "VideoFrame", color: Color) -> list[str]:
    """What of the colours is not as in the file."""
    notes = []
    if max(part.bits for part in frame.format.components) > 8:
        notes.append("more than 8 bits a colour: read as 8")
    if color.transfer in (_PQ, _HLG):
        notes.append("HDR: painted as its numbers are, and tagged so, without tone mapping")
    if frame.format.name.startswith(("yuva", "rgba", "bgra", "argb", "abgr", "gbrap", "ya")):
        notes.append("its transparency is not kept")
    return notes


def to_rgb(frame: "VideoFrame", color: Color, width: int, height: int) -> Pixels:
    """A decoded frame as [height, width, 3] uint8."""
    size = {"width": width, "height": height}
    if frame.format.is_rgb or frame.format.has_palette:
        converted = frame.reformat(format="rgb24", interpolation=_interpolation(), **size)
    else:
        converted = frame.reformat(
            format="rgb24",
            src_colorspace=MATRICES[color.matrix].swscale,
            src_color_range=RANGES[color.range],
            dst_color_range=_FULL,
            interpolation=_interpolation(),
            **size,
        )
    return np.ascontiguousarray(converted.to_ndarray())


def from_rgb(pixels: Pixels, pixel_format: str, color: Color) -> "VideoFrame":
    """[H,W,3] uint8 as a frame of a pixel format with luma, tagged with its colours."""
    from av import VideoFrame

    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    converted = frame.reformat(
        format=pixel_format,
        dst_colorspace=MATRICES[color.matrix].swscale,
        src_color_range=_FULL,
        dst_color_range=RANGES[color.range],
        interpolation=_interpolation(),
    )
    converted.color_primaries, converted.color_trc = color.primaries, color.transfer
    return converted


def _interpolation() -> int:
    """Bicubic between colours of fewer pixels, rounded to the nearest: else grey is off by two."""
    from av.video.reformatter import Interpolation

    return (
        Interpolation.BICUBIC
        | Interpolation.ACCURATE_RND
        | Interpolation.FULL_CHR_H_INT
        | Interpolation.FULL_CHR_H_INP
        | Interpolation.BITEXACT
    )
