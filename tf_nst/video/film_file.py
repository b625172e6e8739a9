"""Frames into a film or an animation, which takes its name when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from tf_nst.errors import NstError, RunError
from tf_nst.io.replacing import Check, Staged, begin, discard, publish, seal
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.encoders import add_stream, container_of, encoded_frame, encoder_of
from tf_nst.video.extra import load_av
from tf_nst.video.sound import Sound, writable_streams


class Target(NamedTuple):
    """Where a clip is written to.

    Attributes:
      path: its name.
      info: of the clip, at the size of its frames.
      audio: the film whose sound is copied, or None.
      check: called before it takes its name; raises what keeps it from that.
      flag: what messages name.
    """

    path: str
    info: ClipInfo
    audio: str | os.PathLike[str] | None
    check: Check
    flag: str


class FilmFile:
    """A film that is written frame by frame, under a temporary name until `finish`.

    Attributes:
      notes: lines on what the file cannot keep.
    """

    def __init__(self, target: Target) -> None:
        """Begins the file. Raises UserError and RunError as `ClipWriter`."""
        self._target = target
        container = container_of(target.path, target.flag)
        self._encoder = encoder_of(container, target.path, target.flag)
        finest = Fraction(1, self._encoder.most_parts)
        self._base = container.tick or max(target.info.time_base, finest)
        self._keeps_rate = container.has_rate and target.info.rate is not None
        self.notes: list[str] = []
        self._ticks, self._least = -1, container.least_ticks
        self._is_short, self._late = False, Fraction(0)
        self._sound: Sound | None = None
        self._staged = _begin_empty(target.path)
        with self._one_line():
            self._output = load_av().open(
                f"file:{self._staged.temporary}",
                "w",
                format=container.name,
                options=dict(container.options),
            )
            self._stream = add_stream(self._output, self._encoder, target.info, self._base)
            self._add_sound(target, container.name)

    def _add_sound(self, target: Target, kind: str) -> None:
        if target.audio is not None:
            streams, notes = writable_streams(target.audio, kind)
            self._sound = Sound(target.audio, self._output, target.info.start, streams)
            self._note(notes)

    def _note(self, lines: list[str]) -> None:
        self.notes += [f"{self._target.path}: {line}" for line in lines]

    def write(self, frame: Frame, end: Fraction) -> None:
        """Adds a frame that is shown until `end`, in seconds. Raises RunError on a full disk."""
        with self._one_line():
            encoded = encoded_frame(frame.pixels, self._encoder, self._target.info)
            # A coarse clock may have one tick for two frames.
            self._ticks = max(self._rounded(frame.time), self._ticks + 1)
            encoded.pts, encoded.time_base = self._ticks, self._base
            encoded.duration = max(self._rounded(end) - self._ticks, 1)
            self._is_short |= encoded.duration < self._least
            self._late = (self._ticks + encoded.duration) * self._base - end
            if self._sound is not None:
                self._sound.copy_until(frame.time)
            self._output.mux(self._stream.encode(encoded))

    def _rounded(self, time: Fraction) -> int:
        """Ticks of the file's clock."""
        ticks = time / self._base
        line = f"{self._target.path}: times are rounded to {_plain(self._base)} s"
        if ticks.denominator != 1 and not self._keeps_rate and line not in self.notes:
            self.notes.append(line)
        return round(ticks)

    def _short_lines(self) -> list[str]:
        """On frames that are shown for longer than they were to be."""
        late, least = _plain(self._late), _plain(self._least * self._base)
        longer = f"frames last {_plain(self._base)} s at least, so that it is {late} s longer"
        shown = f"programs show frames that last less than {least} s for longer"
        return [longer] * (self._late > self._base) + [shown] * self._is_short

    def finish(self) -> None:
        """Ends the file and gives it its name. Raises RunError on a full disk."""
        with self._one_line():
            self._output.mux(self._stream.encode(None))
            self._note(self._short_lines())
            if self._sound is not None:
                self._sound.copy_until(None)
                self._sound.close()
                self._note(self._sound.notes)
            self._output.close()
            seal(self._staged)
            publish([self._staged], check=self._target.check)
        discard(self._staged.temporary)

    def discard(self) -> None:
        """Leaves nothing behind."""
        if self._sound is not None:
            self._sound.close()
        # The file's end, which is written here, may not find room either.
        with suppress(OSError, ValueError, AttributeError, load_av().error.FFmpegError):
            self._output.close()
        discard(self._staged.temporary)

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        """A line for what goes wrong, and nothing half-written."""
        try:
            yield
        except NstError:
            self.discard()
            raise
        except (OSError, ValueError, load_av().error.FFmpegError) as error:
            self.discard()
            raise _failure(self._target.path, error) from error


def _begin_empty(path: str) -> Staged:
    """A temporary file for FFmpeg to open. Raises RunError where it cannot be made."""
    try:
        staged, file = begin(path)
    except OSError as error:
        raise _failure(path, error) from error
    file.close()
    return staged


def _plain(seconds: Fraction) -> str:
    """Two digits, without an exponent."""
    return f"{Decimal(f'{float(seconds):.2g}'):f}"


def _failure(path: str, error: Exception) -> RunError:
    """FFmpeg's errors have its own words where the system has none."""
    code = getattr(error, "errno", None)
    is_system = isinstance(error, OSError) and isinstance(code, int) and code > 0
    reason = os.strerror(code) if is_system and code else getattr(error, "strerror", None)
    return RunError(f"{path} cannot be written: {reason or error}")
