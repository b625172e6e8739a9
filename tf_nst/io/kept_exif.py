"""What a photograph says of its making: EXIF, for a painting that is to keep it."""

from typing import BinaryIO

from PIL import Image as Pillow

from tf_nst.io.formats import HEAD_BYTES, format_of
from tf_nst.io.metadata.exif import COLOUR_SPACE, EXIF_DIRECTORY, INTEROPERABILITY_DIRECTORY

# Description, camera, software, time, author, copyright; the rest of TIFF's tags is of the file.
_KEPT = (270, 271, 272, 305, 306, 315, 33432)
_GPS = 34853
# Of the exposure's tags: colour space, sizes, other folders of tags, and the maker's own notes.
_OF_THE_FILE = (COLOUR_SPACE, 40962, 40963, INTEROPERABILITY_DIRECTORY, 37500)


def kept_exif(file: BinaryIO) -> tuple[bytes, tuple[str, ...]]:
    """Description, camera, time, exposure, author and place of a photograph as EXIF; or nothing.

    Orientation, sizes, thumbnail and the maker's notes are left out: the painting has its own.

    Returns:
      The EXIF, and a line where there is one that cannot be read.
    """
    file.seek(0)
    try:
        return _kept(_given(file)), ()
    except Exception:  # Pillow raises nearly everything; the pixels may be whole all the same
        return b"", ("its metadata cannot be read, none is kept",)


def _given(file: BinaryIO) -> Pillow.Exif:
    """The whole EXIF of a file. Pillow reads no PNG with long texts, of which it is no part."""
    data = format_of(file.read(HEAD_BYTES)).read(file).exif
    file.seek(0)
    if not data:
        return Pillow.open(file).getexif()
    exif = Pillow.Exif()
    exif.load(data)
    return exif


def _kept(given: Pillow.Exif) -> bytes:
    exposure = given.get_ifd(EXIF_DIRECTORY).items()
    folders = {
        EXIF_DIRECTORY: {tag: value for tag, value in exposure if tag not in _OF_THE_FILE},
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
