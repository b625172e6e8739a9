"""Films of any codec that PyAV reads, frame by frame."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from tf_nst.errors import RunError, UserError
from tf_nst.video.clip import ClipInfo, Color, Frame
from tf_nst.video.color import color_notes, color_of, to_rgb
from tf_nst.video.damage import Damage
from tf_nst.video.extra import load_av
from tf_nst.video.orientation import Orientation, orientation_of, upright
from tf_nst.video.packets import (
    Positions,
    count_packets,
    is_joinable,
    missing_line,
    missing_lines,
    packets_of,
    time_base_of,
)
from tf_nst.video.reader import ClipReader, Note
from tf_nst.video.timing import Jump, Timing

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.buffer import Buffer
    from av.container import InputContainer

EXPECTED = "expected a film (MP4, MKV, WebM, ...), an animation or a folder of frames"


class _Source(NamedTuple):
    """What is needed to decode: the path, its flag, and what the first frame shows."""

    path: str
    flag: str
    timing: Timing
    orientation: Orientation
    color: Color
    width: int
    height: int


def open_container(path: str, flag: str) -> ClipReader:
    """A film, of which one frame at a time is in memory.

    Its packets are counted first; only the first frame is decoded before the frames are asked for.

    Raises:
      UserError: PyAV is not installed, no film, one without pictures or of no frame.
    """
    with _opened(path, flag) as container:
        stream = _video_stream(container, path, flag)
        has_audio = bool(container.streams.audio)
        counted = count_packets(container, stream)
        timing = counted.timing
        missing = [*missing_lines(container, stream, counted), *_left_out(container)]
    with _opened(path, flag) as container:
        stream = _video_stream(container, path, flag)
        first = next(_decoded(container, stream, timing, Damage(None), Positions()), None)
        if first is None:
            raise UserError(f"{flag}: {path} has no frame that can be read; {EXPECTED}")
        info, source = _describe(path, flag, first, stream, timing, has_audio)
    lines = [*_notes(first, info, source), *missing]
    return ClipReader(info, [f"{path}: {line}" for line in lines], partial(_frames, source))


def clock_jumps(path: str) -> tuple[Jump, ...]:
    """Where the clock of a film's pictures jumps, as `Timing` has it; of kinds of which files
    can be joined by their bytes. All packets are read. Raises as `open_container`."""
    with _opened(path, "--content") as container:
        if not is_joinable(container):
            return ()
        stream = _video_stream(container, path, "--content")
        return count_packets(container, stream).timing.jumps


@contextmanager
def _opened(path: str, flag: str) -> Iterator["InputContainer"]:
    """The file, and nothing that it may name elsewhere, such as a list of addresses.

    Raises:
      UserError: what FFmpeg cannot open.
      RunError: not enough memory.
    """
    av = load_av()
    try:
        options = {"protocol_whitelist": "file"}
        with av.open(f"file:{path}", options=options, metadata_errors="ignore") as container:
            yield container
    except MemoryError:
        raise RunError(f"{flag}: {path} does not fit in memory") from None
    except av.error.FFmpegError as error:
        raise UserError(
            f"{flag}: {path} is not a film, or is damaged or cut short ({error.strerror}); "
            f"{EXPECTED}"
        ) from error


def _video_stream(container: "InputContainer", path: str, flag: str) -> "VideoStream":
    """The first, but for a cover's picture.

    Raises:
      UserError: there is none, or the file is a picture or text.
    """
    name = container.format.name
    if name.endswith("_pipe") or name in ("image2", "tty"):
        raise UserError(f"{flag}: {path} is not a film; {EXPECTED}")
    streams = _video_streams(container)
    if not streams:
        raise UserError(f"{flag}: {path} has no video stream; {EXPECTED}")
    return streams[0]


def _video_streams(container: "InputContainer") -> list["VideoStream"]:
    """All but covers' pictures."""
    from av.stream import Disposition

    cover = Disposition.attached_pic
    return [stream for stream in container.streams.video if not stream.disposition & cover]


def _left_out(container: "InputContainer") -> list[str]:
    """Lines on streams that are neither the first of pictures, such as those of a joined part that
    has other numbers, nor sound."""
    more = len(_video_streams(container)) - 1, len(container.streams.subtitles)
    return [
        f"{count} {kind} stream{'s are' if count > 1 else ' is'} left out"
        for count, kind in zip(more, ("more video", "subtitle"), strict=True)
        if count
    ]


def _decoded(
    container: "InputContainer",
    stream: "VideoStream",
    timing: Timing,
    damage: Damage,
    positions: Positions,
) -> Iterator["VideoFrame"]:
    """Frames; those that are damaged are left out, or mended by the decoder, and collected."""
    av = load_av()
    base = time_base_of(stream)
    for index, packet in enumerate(packets_of(container, stream, timing.jumps)):
        positions.read(packet)
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            damage.lose(timing.time_of(packet.pts, base, index))
            continue
        yield from frames
    yield from stream.decode(None)


def _frames(source: _Source, note: Note) -> Iterator[Frame]:
    timing, damage, count = source.timing, Damage(source.timing.rate), 0
    next_time = Fraction(0)
    with _opened(source.path, source.flag) as container:
        stream = _video_stream(container, source.path, source.flag)
        base, positions = time_base_of(stream), Positions()
        film = _decoded(container, stream, timing, damage, positions)
        for count, decoded in enumerate(film, 1):
            index, ticks = count - 1 + damage.lost, decoded.pts
            time = timing.time_of(ticks, base, index)
            if ticks is not None and not timing.is_by_index:
                index = positions.of(ticks)
            if time < next_time:
                note(
                    f"{source.path}: frames that are not after those before are shown a tick later"
                )
                time = next_time
            next_time = time + base
            if decoded.is_corrupt:
                damage.mend(time)
            if (decoded.width, decoded.height) != (source.width, source.height):
                note(f"{source.path}: frames of other sizes are resized to the first one's")
            pixels = to_rgb(decoded, source.color, source.width, source.height)
            lost = max(index - count + 1, 0)
            yield Frame(count - 1, time, upright(pixels, source.orientation), lost)
    for line in (*damage.lines(), *missing_line(timing.frames, count + damage.lost)):
        note(f"{source.path}: {line}")


def _describe(
    path: str,
    flag: str,
    frame: "VideoFrame",
    stream: "VideoStream",
    timing: Timing,
    has_audio: bool,
) -> tuple[ClipInfo, _Source]:
    color, orientation = color_of(frame), _orientation(frame)
    width, height = frame.width, frame.height
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    source = _Source(path, flag, timing, orientation, color, width, height)
    if orientation.swaps_sides:
        width, height, aspect = height, width, 1 / aspect
    info = ClipInfo(
        width=width,
        height=height,
        frames=timing.frames,
        duration=timing.duration,
        rate=timing.rate,
        time_base=1 / timing.rate if timing.rate else time_base_of(stream),
        rotation=90 * orientation.turns,
        pixel_aspect=aspect,
        color=color,
        has_audio=has_audio,
        start=timing.start,
    )
    return info, source


def _orientation(frame: "VideoFrame") -> Orientation:
    # A mapping by names, of which PyAV's types know but one.
    matrix = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    return Orientation() if matrix is None else orientation_of(bytes(matrix))


def _notes(frame: "VideoFrame", info: ClipInfo, source: _Source) -> list[str]:
    notes = color_notes(frame, info.color)
    if not source.orientation.is_exact:
        notes.append("its rotation is no multiple of 90°: rounded to the nearest one")
    if info.pixel_aspect != 1:
        ratio = f"{info.pixel_aspect.numerator}:{info.pixel_aspect.denominator}"
        notes.append(f"its pixels are not square ({ratio}): painted as squares")
    if frame.interlaced_frame:
        notes.append("interlaced: both fields of a frame are painted as one picture")
    return notes
