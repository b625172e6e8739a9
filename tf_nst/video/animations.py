"""Animated GIF, WebP, PNG and AVIF, read by Pillow with their own durations."""

import itertools
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.decoding import Decoded, decode_pillow, pillow_settings
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.damage import Damage
from tf_nst.video.reader import ClipReader, Note
from tf_nst.video.still import opaque_frame

FORMATS = ("GIF", "WEBP", "PNG", "AVIF")
# What browsers show a frame for that has no duration.
UNSTATED = Fraction(1, 10)
# Of the durations of APNG, the denominator's largest.
_MOST_PARTS = 65535
# What Pillow's decoders raise on damaged files; UnidentifiedImageError is an OSError.
_DAMAGED = (OSError, EOFError, SyntaxError, ValueError, IndexError, struct.error, UserError)


def open_animation(path: str, flag: str) -> ClipReader:
    """An animation, of which one frame at a time is in memory.

    Raises:
      UserError: a picture that does not move, or a first frame that is damaged.
    """
    with _opened(path, flag) as picture:
        first = decode_pillow(_first(picture, path, flag), path, flag)
        timing = _timing(picture)
    durations = timing.durations
    if len(durations) < 2:
        raise UserError(
            f"{flag}: {path} is a picture of one frame; expected a film, an animation or a folder "
            "of frames"
        )
    rate = _rate(durations)
    info = ClipInfo(
        width=first.pixels.shape[1],
        height=first.pixels.shape[0],
        frames=len(durations),
        duration=sum(durations, Fraction(0)),
        rate=rate,
        time_base=reduce(_common, durations),
    )
    notes = [*first.notes, *(f"{path}: {line}" for line in _notes(first, timing))]
    return ClipReader(info, notes, lambda note: _frames(path, flag, durations, rate, note))


def _notes(first: Decoded, timing: "_Timing") -> list[str]:
    notes = []
    if first.alpha is not None and first.alpha.min() < np.iinfo(first.alpha.dtype).max:
        notes.append("transparent frames are painted on white")
    if not timing.is_stated:
        notes.append(f"frames without a duration are shown for {float(UNSTATED):g} s")
    if not timing.is_whole:
        notes.append(f"cut short or damaged after {len(timing.durations)} frames")
    return notes


@contextmanager
def _opened(path: str, flag: str) -> Iterator[Pillow.Image]:
    """Raises UserError where Pillow cannot open it."""
    try:
        with pillow_settings():
            picture = Pillow.open(path, formats=FORMATS)
    except _DAMAGED as error:
        raise _refusal(path, flag) from error
    with picture:
        yield picture


def _refusal(path: str, flag: str) -> UserError:
    return UserError(
        f"{flag}: {path} is damaged or cut short; expected a film, an animation or a folder of "
        "frames"
    )


def _start(picture: Pillow.Image) -> int:
    """Pillow's number of the first frame: APNG may have a still before it, for programs that show
    no animations."""
    return int(getattr(picture, "default_image", False))


def _still(picture: Pillow.Image, index: int) -> Pillow.Image:
    """A frame by its index. Raises what Pillow raises."""
    with pillow_settings():
        picture.seek(_start(picture) + index)
        return picture.copy()


def _first(picture: Pillow.Image, path: str, flag: str) -> Pillow.Image:
    """The first frame. Raises UserError where it is damaged."""
    try:
        return _still(picture, 0)
    except _DAMAGED as error:
        raise _refusal(path, flag) from error


class _Timing(NamedTuple):
    """Seconds of each frame, whether all are stated, and whether the file is whole."""

    durations: list[Fraction]
    is_stated: bool
    is_whole: bool


def _timing(picture: Pillow.Image) -> _Timing:
    """Of all frames, up to where the file is cut short."""
    durations: list[Fraction] = []
    is_stated = True
    for index in itertools.count(_start(picture)):
        try:
            with pillow_settings():
                picture.seek(index)
                picture.load()
        except EOFError:
            return _Timing(durations, is_stated, is_whole=True)
        except _DAMAGED:
            break
        milliseconds = picture.info.get("duration") or 0
        seconds = (Fraction(milliseconds) / 1000).limit_denominator(_MOST_PARTS)
        is_stated &= seconds > 0
        durations.append(seconds or UNSTATED)
    return _Timing(durations, is_stated, is_whole=False)


def _rate(durations: list[Fraction]) -> Fraction | None:
    """Frames a second; None where they last differently long."""
    return 1 / durations[0] if len(set(durations)) == 1 else None


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The largest length that both are multiples of."""
    parts = math.gcd(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(parts, one.denominator * other.denominator)


def _frames(
    path: str, flag: str, durations: list[Fraction], rate: Fraction | None, note: Note
) -> Iterator[Frame]:
    damage, time, count = Damage(rate), Fraction(0), 0
    with _opened(path, flag) as picture:
        for index, duration in enumerate(durations):
            decoded = _decoded(picture, index, path, flag)
            if decoded is None:
                damage.lose(time)
            else:
                pixels = opaque_frame(decoded.pixels, decoded.alpha)
                yield Frame(count, time, pixels, damage.lost)
                count += 1
            time += duration
    for line in damage.lines():
        note(f"{path}: {line}")


def _decoded(picture: Pillow.Image, index: int, path: str, flag: str) -> Decoded | None:
    """A frame in sRGB; None of a damaged one."""
    try:
        return decode_pillow(_still(picture, index), path, flag)
    except _DAMAGED:
        return None
