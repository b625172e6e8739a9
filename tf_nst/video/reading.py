"""A clip to read frames from: a film, an animation or a folder of pictures."""

import os
from fractions import Fraction
from pathlib import Path

from tf_nst.config.value_types import refuse_address
from tf_nst.errors import UserError
from tf_nst.io.formats import AVIF, GIF, HEAD_BYTES, OTHERS, PNG, WEBP, format_of
from tf_nst.io.metadata.facts import UnusableError
from tf_nst.video.animations import open_animation
from tf_nst.video.containers import EXPECTED, open_container
from tf_nst.video.frame_folder import open_folder
from tf_nst.video.reader import ClipReader
from tf_nst.video.timing import USUAL_RATE

# Lists of films elsewhere, which FFmpeg would open, and wait for what is not yet in them.
_LISTS = (b"#EXTM3U", b"ffconcat", b"v=0")


def open_clip(
    path: str | os.PathLike[str], flag: str = "clip", rate: Fraction = USUAL_RATE
) -> ClipReader:
    """A clip, whose frames a loop reads one at a time; memory does not grow with its length.

    Args:
      path: of a film of any codec that PyAV reads, an animated GIF, WebP, PNG or AVIF, or a folder
        of pictures, sorted by the numbers in their names.
      flag: what messages name.
      rate: frames a second of a folder.

    Raises:
      UserError: nothing is there or it cannot be read, no film, one without a video stream or of
        no frame, pictures of several sizes, or PyAV is needed and not installed.
      RunError: not enough memory.
    """
    path = os.fspath(path)
    refuse_address(path, flag, "a film")
    if os.path.isdir(path):
        return open_folder(path, flag, rate)
    known = _format(path, flag)
    if known in (GIF, WEBP, PNG, AVIF):
        return open_animation(path, flag)
    return open_container(path, flag)


def _format(path: str, flag: str) -> object:
    """The picture's format that a file begins as; None of others.

    Raises:
      UserError: no file, an empty one, one that cannot be read, or a picture that cannot move.
    """
    if not os.path.exists(path):
        raise UserError(f"{flag}: {path} does not exist; {EXPECTED}")
    if not os.path.isfile(path):
        raise UserError(f"{flag}: {path} is not an ordinary file; {EXPECTED}")
    try:
        head = _head(Path(path))
    except OSError as error:
        raise UserError(f"{flag}: {path} cannot be read ({error.strerror}); {EXPECTED}") from error
    if not head:
        raise UserError(f"{flag}: {path} is empty; {EXPECTED}")
    if head.startswith(_LISTS):
        raise UserError(f"{flag}: {path} is a list of films; {EXPECTED}")
    try:
        known = format_of(head)
    except UnusableError:
        return None
    if known in (GIF, WEBP, PNG, AVIF, OTHERS):
        return known
    raise UserError(f"{flag}: {path} is a picture ({known.name}); {EXPECTED}")


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES)
