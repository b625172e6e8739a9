"""What a photograph says of its making: EXIF, for a painting that is to keep it."""

import os

from PIL import Image as Pillow

# Description, camera, software, time, author, copyright; the rest of TIFF's tags is of the file.
_KEPT = (270, 271, 272, 305, 306, 315, 33432)
_EXIF, _GPS = 34665, 34853
# Of the exposure's tags: colour space, sizes, other folders of tags, and the maker's own notes.
_OF_THE_FILE = (40961, 40962, 40963, 40965, 37500)


# The most that a JPEG file holds.
_MOST_BYTES = 65_000


def kept_exif(path: str) -> bytes:
    """Description, camera, time, exposure, author and place of a photograph as EXIF; or nothing.

    Orientation, sizes, thumbnail and the maker's notes are left out: the painting has its own.
    """
    if not os.path.isfile(path):  # a pipe was emptied when the pixels were read
        return b""
    try:
        with Pillow.open(path) as picture:
            data = _kept(picture.getexif())
    except Exception:  # Pillow raises nearly everything; the pixels may be whole all the same
        return b""
    return data if len(data) <= _MOST_BYTES else b""


def _kept(given: Pillow.Exif) -> bytes:
    exposure = given.get_ifd(_EXIF).items()
    folders = {
        _EXIF: {tag: value for tag, value in exposure if tag not in _OF_THE_FILE},
        _GPS: dict(given.get_ifd(_GPS)),
    }
    exif = Pillow.Exif()
    for tag in _KEPT:
        if tag in given:
            exif[tag] = given[tag]
    for tag, folder in folders.items():
        if folder:
            exif[tag] = folder
    return exif.tobytes() if len(exif) else b""
