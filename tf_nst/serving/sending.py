"""What a client sends of a picture file, its pixels and nothing else, and the picture it receives.

A graph looks at no profile and turns nothing, and a server need not learn who took a photograph
where.
"""

import io
import os
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from tf_nst.errors import RunError
from tf_nst.io import profiles
from tf_nst.io.decoding import completed, pillow_settings
from tf_nst.io.formats import HEAD_BYTES, JPEG, format_of
from tf_nst.io.hidden import fill_hidden
from tf_nst.io.images import Image, read_image
from tf_nst.io.planes import plane_of
from tf_nst.io.resizing import resize_alpha
from tf_nst.serving.stripping import stripped_jpeg

# An answer's picture is decoded up to this size.
MOST_ANSWER_PIXELS = 200_000_000


class Sent(NamedTuple):
    """The bytes that are sent for a picture, and the picture itself, with alpha and notes."""

    data: bytes
    image: Image


def picture_to_send(path: str, flag: str) -> Sent:
    """What a graph needs of a picture file: the scans of a plain JPEG, else a PNG of its pixels.

    A plain one is upright and in sRGB. Neither has metadata, a profile, alpha or 16 bits.

    Raises:
      UserError: no readable image.
    """
    image = read_image(path, flag)
    is_srgb = image.profile is None or profiles.is_srgb(image.profile)
    data = _plain_jpeg(path) if image.mask is None and is_srgb else None
    return Sent(data or _as_png(image), image)


def mask_to_send(path: str, flag: str) -> tuple[bytes, list[str]]:
    """A grey PNG of a mask, of its alpha where it has some, and notes.

    Raises:
      UserError: no readable image.
    """
    image, buffer = read_image(path, flag), io.BytesIO()
    plane, note = plane_of(image)
    Pillow.fromarray(np.asarray(np.rint(plane * 255), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue(), [*image.notes, *([f"{flag}: {note}"] if note else [])]


def picture_received(data: bytes, content: Image) -> Image:
    """The picture of an answer, with the alpha of what was sent.

    Raises:
      RunError: no PNG that can be read, or one of more than MOST_ANSWER_PIXELS.
    """
    try:
        with pillow_settings(), Pillow.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.width * picture.height > MOST_ANSWER_PIXELS:
                raise ValueError("too many pixels")
            pixels = np.asarray(picture.convert("RGB"))
            return Image(pixels, resize_alpha(content, *pixels.shape[:2]))
    except Exception as error:  # Pillow raises nearly everything on damaged files
        raise RunError(
            "the server's image_bytes are not a PNG that can be read; "
            f"expected one of at most {MOST_ANSWER_PIXELS / 1e6:g} megapixels"
        ) from error


def _as_png(image: Image) -> bytes:
    buffer = io.BytesIO()
    replace(fill_hidden(image), alpha=None).to_pillow().save(buffer, "PNG")
    return buffer.getvalue()


def _plain_jpeg(path: str) -> bytes | None:
    """The scans of a JPEG that lies as it is seen; None of anything else."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        data = file.read()
    known = format_of(data[:HEAD_BYTES])
    if known is not JPEG:
        return None
    facts = known.read(io.BytesIO(data))
    facts.file.seek(0)
    with pillow_settings(), Pillow.open(facts.file, formats=known.plugins) as picture:
        upright = completed(facts, picture).orientation == 1
    return stripped_jpeg(data) if upright else None
