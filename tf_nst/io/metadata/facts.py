"""What a file says of its picture besides the pixels, and how colours are declared."""

from typing import BinaryIO, NamedTuple

# Of a colour profile; those of printers with large tables have about 10 MB.
MOST_PROFILE_BYTES = 1 << 24


class UnusableError(ValueError):
    """A picture that is whole and cannot be used; its text goes on from the file's name."""


class Facts(NamedTuple):
    """What a file says of its picture.

    Attributes:
      file: what the decoder reads: the file without what it does not need.
      profile: an ICC profile of its colours, the file's or one of what it declares; None: sRGB.
      orientation: EXIF's, 1..8; None: the decoder knows it.
      frames: pictures in the file.
      bits: of a channel, where the file has more than the decoder keeps; else 8.
      notes: for the user, one line each, without the file's name.
      exif: its EXIF where that is read here, of PNG and JPEG; else nothing.
    """

    file: BinaryIO
    profile: bytes | None = None
    orientation: int = 1
    frames: int = 1
    bits: int = 8
    notes: tuple[str, ...] = ()
    exif: bytes = b""
