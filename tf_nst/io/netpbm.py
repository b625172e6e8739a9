"""PPM (netpbm's P6) of more than 8 bits, of which Pillow drops the low ones."""

from typing import BinaryIO

import numpy as np

from tf_nst.io.depth import Codes
from tf_nst.io.metadata.facts import Facts, UnusableError

# With comments; the decoder takes a second for each megabyte or two of them.
HEADER_BYTES = 1 << 16


def read_netpbm(file: BinaryIO) -> Facts:
    """What the decoder is given, the file itself.

    Raises:
      UnusableError: a header of more than HEADER_BYTES.
    """
    file.seek(0)
    data = file.read(HEADER_BYTES)
    fields, _ = _header(data)
    if len(data) == HEADER_BYTES and len(fields) < (3 if data[:2] in (b"P1", b"P4") else 4):
        raise UnusableError(
            f"has a header of more than {HEADER_BYTES} bytes; expected one with shorter comments"
        )
    return Facts(file, orientation=0)


def read_deep_ppm(file: BinaryIO) -> Codes | None:
    """[H,W,3] uint16 of a binary PPM whose greatest code is 256 or more; None of any other file.

    Raises:
      ValueError: damage.
    """
    file.seek(0)
    fields, start = _header(file.read(HEADER_BYTES))
    if len(fields) < 4 or fields[0] != b"P6" or int(fields[3]) < 256:
        return None
    width, height, greatest = map(int, fields[1:])
    if greatest > 65535:
        raise ValueError("its greatest code is above 65535")
    file.seek(start)
    data = file.read(6 * width * height)
    if len(data) < 6 * width * height:
        raise ValueError("the file ends early")
    codes = np.frombuffer(data, ">u2").reshape(height, width, 3).astype(np.uint16)
    if greatest == 65535:
        return codes
    scaled = (np.arange(65536) * 65535 + greatest // 2) // greatest
    return np.minimum(scaled, 65535).astype(np.uint16)[codes]


def is_deep_text(file: BinaryIO) -> bool:
    """Whether it is a PPM whose codes are written as text, the greatest 256 or more."""
    file.seek(0)
    fields, _ = _header(file.read(HEADER_BYTES))
    return len(fields) == 4 and fields[0] == b"P3" and int(fields[3]) > 255


def _header(data: bytes) -> tuple[list[bytes], int]:
    """Up to four fields, and where the pixels begin; comments run from # to the line's end."""
    fields: list[bytes] = []
    field, place = b"", 0
    while place < len(data) and len(fields) < 4:
        octet = data[place : place + 1]
        place += 1
        if octet == b"#":
            place = data.find(b"\n", place) % (len(data) + 1)
        elif not octet.isspace():
            field += octet
        elif field:
            fields, field = [*fields, field], b""
    return fields, place
