"""What a client sends of a picture file, since a graph looks at no profile and turns nothing."""

import io
import os
from dataclasses import replace
from typing import NamedTuple

from PIL import Image as Pillow

from tf_nst.io import profiles
from tf_nst.io.decoding import completed, pillow_settings
from tf_nst.io.formats import BMP, HEAD_BYTES, JPEG, PNG, WEBP, format_of
from tf_nst.io.hidden import fill_hidden
from tf_nst.io.images import Image, read_image

DECODED_BY_GRAPHS = (JPEG, PNG, WEBP, BMP)


class Sent(NamedTuple):
    """The bytes that are sent for a picture, and the picture itself, with alpha and notes."""

    data: bytes
    image: Image


def picture_to_send(path: str, flag: str) -> Sent:
    """What a graph needs of a picture file: its own bytes if it is plain, else a PNG.

    A plain one is upright, opaque, in sRGB, and of a format that a graph decodes.

    Raises:
      UserError: no readable image.
    """
    image = read_image(path, flag)
    is_srgb = image.profile is None or profiles.is_srgb(image.profile)
    if image.mask is None and is_srgb and os.path.isfile(path):
        with open(path, "rb") as file:
            data = file.read()
        if _is_decoded_by_graphs(data):
            return Sent(data, image)
    buffer = io.BytesIO()
    replace(fill_hidden(image), alpha=None).to_pillow().save(buffer, "PNG")
    return Sent(buffer.getvalue(), image)


def _is_decoded_by_graphs(data: bytes) -> bool:
    """Whether a graph makes of it what it shows: a still picture that lies as it is seen."""
    known, file = format_of(data[:HEAD_BYTES]), io.BytesIO(data)
    if known not in DECODED_BY_GRAPHS:
        return False
    facts = known.read(file)
    facts.file.seek(0)
    with pillow_settings(), Pillow.open(facts.file, formats=known.plugins) as picture:
        facts = completed(facts, picture)
    return facts.frames == facts.orientation == 1
