"""Lengths that a file declares: nothing is copied because a file says so, no picture is refused."""

import io
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from icc_bytes import p3
from picture_files import chunk
from PIL import Image as Pillow

from tf_nst.errors import NstError
from tf_nst.io.images import read_image

PIXELS = np.arange(32 * 32 * 3, dtype=np.uint32).reshape(32, 32, 3).astype(np.uint8)
MOST_BYTES = 64e6
LENGTH = 1_000_000


def saved(kind, **options) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Pillow.fromarray(PIXELS).save(buffer, kind, **options)
    return buffer.getvalue()


def png(*chunks) -> bytes:
    data = saved("PNG")
    return data[:33] + b"".join(chunk(*each) for each in chunks) + data[33:]


def overlapping_profile() -> bytes:
    """P3, and 3,000 more tags that all are the whole file."""
    whole = p3().ljust(LENGTH, b"\0")
    (count,) = struct.unpack_from(">I", whole, 128)
    tags = whole[132 : 132 + 12 * count]
    table = b"".join(
        struct.pack(">4sII", name, start + 36000, size)
        for name, start, size in struct.iter_unpack(">4sII", tags)
    )
    more = b"".join(struct.pack(">4sII", b"x%03x" % each, 0, LENGTH) for each in range(3000))
    head = whole[:128] + struct.pack(">I", count + 3000) + table + more
    return head + whole[132 + 12 * count :][:LENGTH]


def overlapping_exif() -> bytes:
    """3,000 tags that all are the whole of 60 kB, and an orientation after them."""
    count = 3000
    entries = [struct.pack("<HHII", 0x9000 + each, 7, 60000, 0) for each in range(count)]
    turned = struct.pack("<HHII", 0x0112, 3, 1, 6)
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", count)
    return (b"Exif\0\0" + head + turned + b"".join(entries[1:]) + bytes(4)).ljust(60000, b"\0")


def overlapping_tiff() -> bytes:
    """Private tags that all are the whole file."""
    data = saved("TIFF").ljust(LENGTH, b"\0")
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    entries = data[start + 2 : start + 2 + 12 * count]
    more = b"".join(struct.pack("<HHII", 40000 + each, 7, LENGTH, 0) for each in range(2000))
    listed = struct.pack("<H", count + 2000) + entries + more + bytes(4)
    return data[:4] + struct.pack("<I", len(data)) + data[8:] + listed


def gif_with_comments() -> bytes:
    data = saved("GIF")
    place = 13 + (3 << (data[10] % 8 + 1))
    return data[:place] + b"\x21\xfe\x01A\0" * 100_000 + data[place:]


def hidden_segments() -> bytes:
    """EXIF after bytes that look like a segment to who does not know that FF 00 is none."""
    data, body = saved("JPEG"), overlapping_exif()
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return data[:2] + b"\xff\0\x11\x22" + segment * 2 + data[2:]


LOSSLESS = {
    "PNG zTXt": png((b"zTXt", b"Title\0\0" + zlib.compress(bytes(200 * LENGTH)))),
    "PNG iTXt": png((b"iTXt", b"T\0\1\0\0\0" + zlib.compress(bytes(200 * LENGTH)))),
    "PNG many texts": png(*[(b"zTXt", b"T\0\0" + zlib.compress(bytes(LENGTH)))] * 100),
    "PNG private": png((b"prVt", bytes(2 * LENGTH))),
    "PNG profile": png((b"iCCP", b"x\0\0" + zlib.compress(bytes(40 * LENGTH)))),
    "TIFF": overlapping_tiff(),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_the_picture_is_read_as_if_it_were_not_there(tmp_path, name):
    (tmp_path / "a").write_bytes(LOSSLESS[name])
    image = measured(tmp_path / "a")
    np.testing.assert_array_equal(image.pixels, PIXELS)


OTHERS = {
    "PNG overlapping profile": png((b"iCCP", b"x\0\0" + zlib.compress(overlapping_profile()))),
    "PNG eXIf": png((b"eXIf", overlapping_exif()[6:])),
    "JPEG EXIF": saved("JPEG", exif=overlapping_exif()),
    "JPEG EXIF after other bytes": hidden_segments(),
    "WebP EXIF": saved("WEBP", exif=overlapping_exif()),
    "AVIF EXIF": saved("AVIF", exif=overlapping_exif()),
    "GIF comments": gif_with_comments(),
}


@pytest.mark.parametrize("name", OTHERS)
def test_metadata_take_no_more_than_they_are(tmp_path, name):
    (tmp_path / "a").write_bytes(OTHERS[name])
    assert measured(tmp_path / "a").size == (32, 32)


def measured(path):
    """The picture, or None of one that is refused, read in MOST_BYTES."""
    tracemalloc.start()
    try:
        return read_image(path)
    except NstError as error:
        pytest.fail(str(error))
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MOST_BYTES


def test_a_list_of_more_strips_than_rows_is_refused(tmp_path):
    data = bytearray(saved("TIFF"))
    (start,) = struct.unpack_from("<I", data, 4)
    for place in range(start + 2, len(data) - 11, 12):
        if struct.unpack_from("<H", data, place)[0] == 273:
            struct.pack_into("<I", data, place + 4, 1 << 28)
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(NstError, match="more strips or tiles"):
        read_image(tmp_path / "a")
