"""A film's sound, copied as it is into another file, beside its frames."""

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from tf_nst.video.containers import clock_jumps
from tf_nst.video.extra import load_av
from tf_nst.video.timing import Clock

if TYPE_CHECKING:
    from av import AudioStream, CodecContext, Packet
    from av.container import OutputContainer


class Sound:
    """All audio streams of a film, packet by packet; nothing is decoded.

    Attributes:
      notes: a line for each stream that the other file cannot hold.
    """

    def __init__(
        self, path: str | os.PathLike[str], output: "OutputContainer", start: Fraction
    ) -> None:
        """Opens the film. `start`: seconds of its clock at which the other file is at 0."""
        self._path = os.fspath(path)
        self._input = load_av().open(
            f"file:{self._path}",
            options={"protocol_whitelist": "file"},
            metadata_errors="ignore",
        )
        self._output, self._start = output, start
        self.notes: list[str] = []
        self._streams = {}
        for stream in self._input.streams.audio:
            if why := _left_out(output, stream):
                self.notes.append(why)
            else:
                copy = output.add_stream_from_template(stream, opaque=True)
                self._streams[stream.index] = copy
        self._packets = self._shifted()
        self._next = next(self._packets, None)

    def _shifted(self) -> Iterator["Packet[AudioStream]"]:
        """Packets by the other file's clock."""
        if not self._streams:
            return
        error = load_av().error
        streams = tuple(self._input.streams[index] for index in self._streams)
        # Where files were joined, the sound goes on with the pictures.
        jumps = clock_jumps(self._path)
        clocks = {it.index: Clock(jumps, it.time_base or Fraction(1)) for it in streams}
        latest: dict[int, int] = {}
        try:
            for packet in self._input.demux(streams):
                if packet.dts is None:
                    continue
                steady = clocks[packet.stream_index].steady(packet.dts) or 0
                shift = steady - packet.dts - round(self._start / packet.time_base)
                packet.dts += shift
                packet.pts = packet.dts if packet.pts is None else packet.pts + shift
                # Where files were joined, the sound of one may last into the next.
                if packet.dts > latest.get(packet.stream_index, packet.dts - 1):
                    latest[packet.stream_index] = packet.dts
                    yield packet
        except (error.InvalidDataError, error.EOFError):
            return

    def copy_until(self, time: Fraction | None) -> None:
        """Copies what begins before `time`, in seconds; None: all that is left."""
        while self._next is not None and _begins_before(self._next, time):
            packet = self._next
            packet.stream = self._streams[packet.stream_index]
            self._output.mux(packet)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Closes the film."""
        self._packets.close()  # type: ignore[attr-defined]
        self._input.close()


def _begins_before(packet: "Packet[AudioStream]", time: Fraction | None) -> bool:
    return time is None or (packet.dts or 0) * packet.time_base < time


def _left_out(output: "OutputContainer", stream: "AudioStream") -> str:
    """Why a stream cannot be copied; empty: it can."""
    # PyAV's types have it always there.
    codec: CodecContext | None = stream.codec_context
    if codec is None:
        return "sound of an unknown codec is left out"
    if codec.name in output.supported_codecs:
        return ""
    return f"sound ({codec.name}) is left out: a file of this kind cannot hold it; .mkv can"
