"""Files of very many small parts, and headers that do not end: refused before they take time."""

import io

import pytest
from picture_files import COLOURS, chunk
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.images import read_image
from tf_nst.io.metadata.facts import UnusableError
from tf_nst.io.netpbm import HEADER_BYTES
from tf_nst.io.segments import LEAST_BYTES, MOST_PARTS, check_parts


def saved(kind: str) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(COLOURS).save(buffer, kind)
    return buffer.getvalue()


def with_parts(kind: str, part: bytes, count: int) -> bytes:
    """A picture with parts that no pixel depends on, where the format has them."""
    data = saved(kind)
    place = {"PNG": 33, "JPEG": 2, "GIF": data.find(b"\x2c")}[kind]
    return data[:place] + count * part + data[place:]


def ppm(comment: int) -> bytes:
    """Of one row, with a comment of so many bytes."""
    return b"P6\n#" + bytes([99]) * comment + b"\n1 1\n255\nabc"


COMMENT = b"\x21\xfe" + 2 * MOST_PARTS * b"\1x" + b"\0"
MANY = {
    "PNG": with_parts("PNG", chunk(b"tEXt", b""), 2 * MOST_PARTS),
    "pixels of a PNG": with_parts("PNG", chunk(b"IDAT", b""), 2 * MOST_PARTS),
    "JPEG": with_parts("JPEG", b"\xff\xe5\0\2", 2 * MOST_PARTS),
    "GIF": with_parts("GIF", b"\x21\xfe\0", 2 * MOST_PARTS),
    "blocks of a GIF": with_parts("GIF", COMMENT, 1),
}


@pytest.mark.parametrize("data", MANY.values(), ids=MANY)
def test_a_file_of_very_many_small_parts_is_refused(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UserError, match=r"^--content: .*in more than 100000 parts of less than"):
        read_image(tmp_path / "a", "--content")


@pytest.mark.parametrize(
    ("kind", "part"),
    [("PNG", chunk(b"tEXt", b"")), ("JPEG", b"\xff\xe5\0\2"), ("GIF", b"\x21\xfe\0")],
)
def test_a_thousand_empty_parts_are_read(tmp_path, kind, part):
    (tmp_path / "a").write_bytes(with_parts(kind, part, 1000))
    assert read_image(tmp_path / "a", "--content").size == COLOURS.shape[:2]


def test_large_files_have_more_parts():
    check_parts(MOST_PARTS, 0)
    check_parts(300_000, 300_000 * 8192)
    with pytest.raises(UnusableError):
        check_parts(MOST_PARTS + 1, LEAST_BYTES - 1)


@pytest.mark.parametrize("data", [ppm(HEADER_BYTES), b"P4\n1 " + b" " * HEADER_BYTES])
def test_a_long_header_is_refused(tmp_path, data):
    (tmp_path / "a.ppm").write_bytes(data)
    with pytest.raises(UserError, match="has a header of more than 65536 bytes; expected"):
        read_image(tmp_path / "a.ppm", "--content")


@pytest.mark.parametrize("data", [ppm(5000), b"P4\n8 1\n" + bytes(HEADER_BYTES)])
def test_a_header_with_a_comment_is_read(tmp_path, data):
    (tmp_path / "a.ppm").write_bytes(data)
    assert read_image(tmp_path / "a.ppm", "--content").height == 1
