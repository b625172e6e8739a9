"""A film's sound, copied as it is into another file, beside its frames."""

import io
import os
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from tf_nst.video.containers import clock_jumps
from tf_nst.video.extra import load_av
from tf_nst.video.timing import Clock

if TYPE_CHECKING:
    from av import AudioStream, CodecContext, Packet
    from av.container import InputContainer, OutputContainer

# So many packets of a stream are tried; a muxer refuses a stream by its first ones.
_TRIED = 16


class Sound:
    """Audio streams of a film, packet by packet; nothing is decoded.

    Attributes:
      notes: lines on what is left out.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        output: "OutputContainer",
        start: Fraction,
        streams: Collection[int],
    ) -> None:
        """Opens the film.

        Args:
          start: seconds of its clock at which the other file is at 0.
          streams: indices of those to copy, as `writable_streams` has them.
        """
        self._path = os.fspath(path)
        self._input, self._output, self._start = _opened(path), output, start
        self.notes: list[str] = []
        self._given = [it for it in self._input.streams.audio if it.index in streams]
        self._streams = {stream.index: _add_copy(output, stream) for stream in self._given}
        self._ended: set[int] = set()
        self._packets = self._rising(self._shifted())
        self._next = next(self._packets, None)

    def _shifted(self) -> Iterator["Packet[AudioStream]"]:
        """Packets by the other file's clock."""
        if not self._given:
            return
        error = load_av().error
        # Where files were joined, the sound goes on with the pictures.
        jumps = clock_jumps(self._path)
        clocks = {it.index: Clock(jumps, it.time_base or Fraction(1)) for it in self._given}
        try:
            for packet in self._input.demux(tuple(self._given)):
                if packet.dts is None:
                    continue
                steady = clocks[packet.stream_index].steady(packet.dts)
                shift = steady - packet.dts - round(self._start / packet.time_base)
                packet.dts += shift
                packet.pts = packet.dts if packet.pts is None else packet.pts + shift
                yield packet
        except (error.InvalidDataError, error.EOFError, IndexError):
            return

    def _rising(self, packets: Iterator["Packet[AudioStream]"]) -> Iterator["Packet[AudioStream]"]:
        """Without those that are not after the one before in their stream, which no file takes."""
        last: dict[int, int] = {}
        line = "sound whose times go back is left out"
        for packet in packets:
            time, index = packet.dts or 0, packet.stream_index
            if index in self._ended:
                continue
            if time > last.get(index, time - 1):
                last[index] = time
                yield packet
            elif line not in self.notes:
                self.notes.append(line)

    def copy_until(self, time: Fraction | None) -> None:
        """Copies what begins before `time`, in seconds; None: all that is left. A stream of which
        the other file refuses a packet ends there, with a note."""
        error = load_av().error
        refusals = (error.ArgumentError, error.InvalidDataError, error.PatchWelcomeError)
        while self._next is not None and _begins_before(self._next, time):
            packet, index = self._next, self._next.stream_index
            try:
                self._copy(packet)
            except refusals as refusal:
                self._ended.add(index)
                self.notes.append(_refusal_line(packet, refusal.strerror))
            self._next = next(self._packets, None)

    def copy_first(self, count: int) -> None:
        """Copies so many packets. Raises FFmpegError where the other file refuses one."""
        for _ in range(count):
            if self._next is None:
                return
            self._copy(self._next)
            self._next = next(self._packets, None)

    def _copy(self, packet: "Packet[AudioStream]") -> None:
        packet.stream = self._streams[packet.stream_index]
        self._output.mux(packet)

    def close(self) -> None:
        """Closes the film."""
        self._packets.close()  # type: ignore[attr-defined]
        self._input.close()


def writable_streams(path: str | os.PathLike[str], kind: str) -> tuple[list[int], list[str]]:
    """Which audio streams of a film a file can hold, found out by trying.

    Args:
      kind: FFmpeg's name of the file's format.

    Returns:
      Their indices, and a line for each of the others.
    """
    indices, notes = [], []
    why = "a file of this kind cannot hold it" + "; .mkv may" * (kind != "matroska")
    with _opened(path) as film:
        for stream in film.streams.audio:
            # PyAV's types have it always there.
            codec: CodecContext | None = stream.codec_context
            if codec is None:
                notes.append("sound of an unknown codec is left out")
            elif _is_refused(path, stream.index, kind):
                notes.append(f"sound ({codec.name}) is left out: {why}")
            else:
                indices.append(stream.index)
    return indices, notes


def _is_refused(path: str | os.PathLike[str], index: int, kind: str) -> bool:
    """Whether a file in memory cannot be written with the first packets of a stream."""
    av = load_av()
    output = av.open(io.BytesIO(), "w", format=kind)
    try:
        with closing(Sound(path, output, Fraction(0), [index])) as sound:
            sound.copy_first(_TRIED)
        output.close()
    except (av.error.FFmpegError, ValueError):
        with suppress(av.error.FFmpegError, ValueError):
            output.close()
        return True
    return False


def _opened(path: str | os.PathLike[str]) -> "InputContainer":
    container: InputContainer = load_av().open(
        f"file:{os.fspath(path)}",
        options={"protocol_whitelist": "file"},
        metadata_errors="ignore",
    )
    return container


def _add_copy(output: "OutputContainer", stream: "AudioStream") -> "AudioStream":
    """A stream of the same packets, language and title. One that has a number of channels and no
    layout, as PCM may, has the usual one of that number, which MP4 asks for."""
    copy = output.add_stream_from_template(stream, opaque=True)
    channels = copy.codec_context.layout.nb_channels
    if copy.codec_context.layout.name == f"{channels} channels":
        copy.codec_context.layout = f"{channels}c"
    names = dict(stream.metadata)
    # MP4's title is read by another name than it is written by.
    copy.metadata.update({"title": names["name"], **names} if "name" in names else names)
    copy.disposition = stream.disposition
    return copy


def _begins_before(packet: "Packet[AudioStream]", time: Fraction | None) -> bool:
    return time is None or (packet.dts or 0) * packet.time_base < time


def _refusal_line(packet: "Packet[AudioStream]", why: str) -> str:
    seconds = float((packet.dts or 0) * packet.time_base)
    return f"sound is left out from {seconds:.2f} s on, where it is refused ({why})"
