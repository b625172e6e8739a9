"""What an extension stands for: a container, its codec, and frames as the codec takes them."""

import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.video.clip import ClipInfo, Pixels
from tf_nst.video.color import MATRICES, RANGES, from_rgb
from tf_nst.video.extra import load_av

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import OutputContainer


class Encoder(NamedTuple):
    """A codec of FFmpeg's.

    Attributes:
      name: FFmpeg's.
      pixel_format: FFmpeg's name of what it takes.
      options: of the codec.
      longest_side: in pixels.
      most_parts: of a second, by which it can count time; a frame may last 2**31 of them.
      is_even: whether it takes only even sides.
    """

    name: str
    pixel_format: str
    options: dict[str, str]
    longest_side: int
    most_parts: int = 10**6
    is_even: bool = False


class Container(NamedTuple):
    """A kind of file.

    Attributes:
      name: FFmpeg's.
      encoders: of which the first one at hand is taken.
      options: of the container.
      tick: seconds of its clock's tick; None: any.
      has_rate: whether it states a constant rate exactly, whatever its clock is.
      least_ticks: that programs show a frame for, which show a shorter one for longer.
    """

    name: str
    encoders: tuple[Encoder, ...]
    options: dict[str, str]
    tick: Fraction | None = None
    has_rate: bool = True
    least_ticks: int = 1


# Of H.264 a quality at which a painting's strokes are whole, at several times a film's bytes.
_H264 = Encoder(
    "libx264", "yuv420p", {"crf": "15", "preset": "medium"}, longest_side=16384, is_even=True
)
_MPEG4 = Encoder("mpeg4", "yuv420p", {"qmin": "1", "qmax": "3"}, 8191, most_parts=65535)
_VP9 = Encoder("libvpx-vp9", "yuv420p", {"crf": "18", "b": "0", "row-mt": "1"}, 16383)
_GIF = Encoder("gif", "pal8", {}, 65535)
_WEBP = Encoder("libwebp_anim", "bgra", {"quality": "95"}, 16383)
# Its delays are fractions of 16 bits: multiples of a frame, or of a millisecond.
_APNG = Encoder("apng", "rgb24", {}, 2**31 - 1, most_parts=1000)
_MP4 = Container("mp4", (_H264, _MPEG4), {"movflags": "+faststart"})
_ANIMATED_PNG = Container("apng", (_APNG,), {"plays": "0"})
_MILLISECOND = Fraction(1, 1000)

CONTAINERS = {
    ".mp4": _MP4,
    ".m4v": _MP4,
    ".mov": _MP4._replace(name="mov"),
    ".mkv": Container("matroska", (_H264, _MPEG4), {}, _MILLISECOND),
    ".webm": Container("webm", (_VP9,), {}, _MILLISECOND),
    ".gif": Container(
        "gif", (_GIF,), {"loop": "0"}, Fraction(1, 100), has_rate=False, least_ticks=2
    ),
    ".webp": Container("webp", (_WEBP,), {"loop": "0"}, _MILLISECOND, has_rate=False),
    ".apng": _ANIMATED_PNG,
    ".png": _ANIMATED_PNG,
}


def container_of(path: str | os.PathLike[str], flag: str) -> Container:
    """The kind of file that a name asks for. Raises UserError for an unknown extension."""
    suffix = Path(path).suffix.lower()
    if suffix not in CONTAINERS:
        raise UserError(
            f"{flag}: expected a name that ends in {', '.join(CONTAINERS)}, or a folder's that "
            f"ends in /, received {path}"
        )
    return CONTAINERS[suffix]


def encoder_of(container: Container, path: str | os.PathLike[str], flag: str) -> Encoder:
    """The first of its encoders that this PyAV has. Raises UserError where there is none."""
    av = load_av()
    for encoder in container.encoders:
        try:
            av.Codec(encoder.name, "w")
        except av.codec.codec.UnknownCodecError:
            continue
        return encoder
    names = " or ".join(encoder.name for encoder in container.encoders)
    raise UserError(f"{flag}: {path} needs {names}, which this PyAV lacks; expected another kind")


def add_stream(
    output: "OutputContainer", encoder: Encoder, info: ClipInfo, time_base: Fraction
) -> "VideoStream":
    """The stream of frames, tagged with sizes, colours and the shape of pixels."""
    from av.codec.context import Flags

    rate = info.rate or _average_rate(info)
    added = output.add_stream(encoder.name, rate=rate, options=_options(encoder, info))
    stream = cast("VideoStream", added)
    width, height = encoded_size(encoder, info)
    stream.width, stream.height, stream.pix_fmt = width, height, encoder.pixel_format
    context = stream.codec_context
    context.time_base = time_base
    context.flags |= Flags.frame_duration
    if info.pixel_aspect != 1:
        context.sample_aspect_ratio = info.pixel_aspect
    if encoder.pixel_format == "yuv420p":
        color = info.color
        context.colorspace = MATRICES[color.matrix].code
        context.color_range = RANGES[color.range]
        context.color_primaries, context.color_trc = color.primaries, color.transfer
    return stream


def _options(encoder: Encoder, info: ClipInfo) -> dict[str, str]:
    """Of the codec. MP4 has lengths by the order of decoding: where they differ, it is that of
    showing, without B-frames."""
    is_variable = info.rate is None and encoder is _H264
    return {**encoder.options, "bf": "0"} if is_variable else dict(encoder.options)


def _average_rate(info: ClipInfo) -> Fraction:
    """For the codec, which shares out its bytes by it; times are exact all the same."""
    if not info.frames or not info.duration:
        return Fraction(25)
    return (info.frames / info.duration).limit_denominator(1001)


def encoded_size(encoder: Encoder, info: ClipInfo) -> tuple[int, int]:
    """Width and height of the frames in the file."""
    if not encoder.is_even:
        return info.width, info.height
    return info.width + info.width % 2, info.height + info.height % 2


def encoded_frame(pixels: Pixels, encoder: Encoder, info: ClipInfo) -> "VideoFrame":
    """[H,W,3] uint8 as the encoder takes it: an odd side repeats its last row or column."""
    from av import VideoFrame

    if encoder.pixel_format == "pal8":
        return VideoFrame.from_ndarray(_with_palette(pixels), format="pal8")  # type: ignore[arg-type]
    if encoder.pixel_format == "yuv420p":
        width, height = encoded_size(encoder, info)
        more = ((0, height - info.height), (0, width - info.width), (0, 0))
        return from_rgb(np.pad(pixels, more, mode="edge"), "yuv420p", info.color)
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    return frame.reformat(format=encoder.pixel_format)


def _with_palette(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Indices [H,W] of the frame's 256 colours, and these as [256,4]: opacity, R, G, B.

    Not dithered: its grain would be another one in each frame.
    """
    picture = Pillow.fromarray(pixels).quantize(256, dither=Pillow.Dither.NONE)
    colors = np.array(picture.getpalette(), np.uint8).reshape(-1, 3)
    palette = np.zeros((256, 4), np.uint8)
    palette[:, 0], palette[: len(colors), 1:] = 255, colors
    return np.asarray(picture), palette
