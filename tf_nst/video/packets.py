"""The packets of a film: how many frames they are, when these are shown, and what is missing."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tf_nst.video.extra import load_av
from tf_nst.video.timing import Jump, JumpFinder, Timing, timing_of

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

# MPEG's streams, of which files can be joined by their bytes.
_JOINED = ("mpegts", "mpeg")


class Counted(NamedTuple):
    """What the packets of a film say.

    Attributes:
      timing: of the frames that are shown.
      discarded: how many a trimmed file has besides, to decode from.
    """

    timing: Timing
    discarded: int


class Positions:
    """Which of a file's frames those are that are decoded, however many the decoder drops."""

    def __init__(self) -> None:
        self._waiting: list[int] = []
        self._before = 0

    def read(self, packet: "Packet[VideoStream]") -> None:
        """Takes a packet; a frame is decoded after those of all that are shown before it."""
        ticks = packet.dts if packet.pts is None else packet.pts
        if ticks is not None and not packet.is_discard and not _is_hidden(packet):
            heappush(self._waiting, ticks)

    def of(self, ticks: int) -> int:
        """How many frames of the file are before the one that is shown at these ticks."""
        while self._waiting and self._waiting[0] < ticks:
            heappop(self._waiting)
            self._before += 1
        return self._before


class _Counter:
    """Reads packets once, as `timing_of` takes them."""

    def __init__(self, stream: "VideoStream", is_mpeg: bool) -> None:
        self.discarded = 0
        self.finder = JumpFinder(time_base_of(stream), is_mpeg)
        self.is_in_order = True
        self._index = stream.index
        self._before: int | None = None

    def shown(self, packets: Iterator["Packet[Stream]"]) -> Iterator[tuple[int | None, int]]:
        """(ticks, length) of each frame that is shown, of packets of pictures and of sound."""
        for packet in packets:
            if packet.stream_index != self._index:
                if packet.dts is not None:
                    self.finder.hear(packet.dts)
                continue
            ticks, length = packet.dts if packet.pts is None else packet.pts, packet.duration or 0
            ticks = self.finder.steady(ticks, packet.dts, length, packet.is_keyframe)
            if packet.is_discard:
                self.discarded += 1
            elif not _is_hidden(packet):
                self._check_order(ticks)
                yield ticks, length

    def _check_order(self, ticks: int | None) -> None:
        if ticks is not None:
            self.is_in_order &= self._before is None or ticks > self._before
            self._before = ticks


def count_packets(container: "InputContainer", stream: "VideoStream") -> Counted:
    """Reads all packets, up to where the file is cut short; decodes none."""
    rates = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    is_mpeg = is_joinable(container)
    counter = _Counter(stream, is_mpeg)
    sounds = container.streams.audio if is_mpeg else ()
    packets = counter.shown(_whole(container, stream, *sounds))
    timing = timing_of(packets, time_base_of(stream), [rate for rate in rates if rate])
    # AVI has no times but those of decoding, in whose order frames are not shown.
    is_by_index = (
        container.format.name == "avi"
        and counter.is_in_order
        and bool(stream.codec_context.has_b_frames)
        and timing.rate is not None
    )
    jumps = tuple(counter.finder.jumps)
    return Counted(timing._replace(jumps=jumps, is_by_index=is_by_index), counter.discarded)


def is_joinable(container: "InputContainer") -> bool:
    """Whether files of its kind can be joined by their bytes."""
    return container.format.name in _JOINED


def packets_of(
    container: "InputContainer", stream: "VideoStream", jumps: Iterable[Jump]
) -> Iterator["Packet[VideoStream]"]:
    """Those of pictures, by a clock that goes on where the file's jumps."""
    base, left, shift = time_base_of(stream), list(jumps), 0
    for index, packet in enumerate(_whole(container, stream)):
        if left and left[0].packet == index:
            shift += round(left.pop(0).seconds / base)
        if shift:
            packet.pts = None if packet.pts is None else packet.pts + shift
            packet.dts = None if packet.dts is None else packet.dts + shift
        yield cast("Packet[VideoStream]", packet)


def _whole(container: "InputContainer", *streams: "Stream") -> Iterator["Packet[Stream]"]:
    """Packets with data, up to where the file is cut short."""
    av = load_av()
    try:
        yield from (packet for packet in container.demux(*streams) if packet.size)
    except (av.error.InvalidDataError, av.error.EOFError, IndexError):
        # PyAV raises IndexError at the end of a file in which other streams begin later on.
        return


def _is_hidden(packet: "Packet[Any]") -> bool:
    """Whether a packet is a frame of VP8 that others are made from and is not shown (RFC 6386,
    section 9.1: show_frame)."""
    return packet.stream.codec_context.name == "vp8" and not bytes(packet)[0] & 0x10


def time_base_of(stream: "VideoStream") -> Fraction:
    """Seconds of a tick of the stream's clock."""
    return stream.time_base or Fraction(1, 1000)


def missing_lines(
    container: "InputContainer", stream: "VideoStream", counted: Counted
) -> list[str]:
    """A line where there is less than the file says: frames, or seconds."""
    timing, stated = counted.timing, _stated_seconds(container, stream)
    if stream.frames or stated is None:
        is_avi = container.format.name == "avi"
        # It counts empty frames, in whose place the one before is shown; no packet says of them.
        count = round(timing.duration / time_base_of(stream)) if is_avi else timing.frames
        return missing_line(stream.frames - counted.discarded, count)
    if timing.jumps:
        return []
    end, frame = timing.start + timing.duration, timing.duration / max(timing.frames, 1)
    if stated <= float(end + frame * Fraction(3, 2)):
        return []
    return [f"cut short or damaged: it ends after {float(end):.2f} of {stated:.2f} s"]


def missing_line(expected: int, count: int) -> list[str]:
    """A line where there are fewer frames than expected."""
    missing = expected - count
    return [f"cut short or damaged: {missing} of its {expected} frames are missing"] * (missing > 0)


def _stated_seconds(container: "InputContainer", stream: "VideoStream") -> float | None:
    """When the frames end by what the file says: Matroska by a tag, others if they are alone."""
    parts = re.fullmatch(r"(\d+):(\d+):(\d+(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if parts:
        hours, minutes, seconds = map(float, parts.groups())
        return 3600 * hours + 60 * minutes + seconds
    is_alone = len(container.streams) == 1
    return container.duration / 1e6 if is_alone and container.duration else None
