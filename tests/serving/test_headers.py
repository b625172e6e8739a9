"""Headers, read in a graph, say what Pillow says, and animations, damage and bombs are detected."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from answering import animated, counted, encoded
from PIL import Image as Pillow

from tf_nst.serving.headers import KINDS, UNKNOWN, checked, read_header

read = tf.function(read_header, input_signature=[tf.TensorSpec([], tf.string)], autograph=False)
LONG_EXIF = Pillow.Exif()
LONG_EXIF[270] = "a camera's note. " * 999
SIZES = ((20, 30), (333, 77), (1, 400))

STILL = {
    "JPEG": ({}, {"progressive": True}, {"exif": LONG_EXIF}, {"icc_profile": b"x" * 200_000}),
    "PNG": ({}, {"icc_profile": b"acTL" * 9}, {"exif": LONG_EXIF}),
    "WebP": ({}, {"lossless": True}, {"exif": LONG_EXIF}),
    "BMP": ({},),
}
CASES = [(kind, options) for kind, several in STILL.items() for options in several]


@pytest.mark.parametrize(("kind", "options"), CASES)
def test_kind_and_size_of_a_still_picture(kind, options):
    for height, width in SIZES:
        header = read(encoded(counted(height, width), kind, **options))
        assert list(map(int, header[:4])) == [KINDS.index(kind), height, width, False]


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1"])
@pytest.mark.parametrize("kind", ["PNG", "BMP", "WebP"])
def test_other_modes(mode, kind):
    picture = Pillow.fromarray(counted(20, 30)).convert(mode)
    if kind == "WebP":
        picture = picture.convert("RGBA")
    assert list(map(int, read(_saved(picture, kind))[1:4])) == [20, 30, False]


def _saved(picture, kind: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind)
    return buffer.getvalue()


def test_a_bitmap_whose_rows_go_downwards():
    data = bytearray(encoded(counted(20, 30), "BMP"))
    data[22:26] = struct.pack("<i", -20)
    assert list(map(int, read(bytes(data))[1:3])) == [20, 30]


def test_fill_bytes_before_a_marker_are_skipped():
    data = encoded(counted(20, 30), "JPEG")
    filled = data[:2] + b"\xff" * 5 + data[2:]
    assert list(map(int, read(filled)[1:3])) == [20, 30]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_seen(kind):
    assert read(animated(kind)).animated


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd7\xff", b"a diary", b"II*\0", animated("GIF")]
)
def test_other_bytes_are_unknown(data):
    assert read(data).kind == UNKNOWN


@pytest.mark.parametrize("kind", KINDS)
def test_no_cut_makes_a_size_or_an_error(kind):
    """Every prefix: 0 x 0 until the header is whole, the true size from then on."""
    data = encoded(counted(20, 30), kind)
    sizes = [tuple(map(int, read(data[:end])[1:3])) for end in range(0, len(data), 7)]
    assert set(sizes) <= {(0, 0), (20, 30), (0, 30), (20, 0), *_partial(kind)}
    assert sizes[0] == (0, 0)
    assert sizes[-1] == (20, 30)


def _partial(kind: str):
    """A lossless number whose bytes are half there is smaller, never larger."""
    return {(1, 1), (1, 30)} if kind == "WebP" else set()


@pytest.mark.parametrize("kind", KINDS)
def test_random_damage_makes_no_error(kind):
    generator = np.random.default_rng(5)
    data = np.frombuffer(encoded(counted(20, 30), kind), np.uint8)
    for _ in range(40):
        damaged = data.copy()
        damaged[generator.integers(2, len(data), 4)] = generator.integers(0, 256, 4)
        read(damaged.tobytes())


def test_a_cut_jpeg_has_its_size_or_none():
    data = encoded(counted(20, 30), "JPEG")
    for end in range(3, len(data), 7):
        size = list(map(int, read(data[:end])[1:3]))
        assert size == [20, 30] or (size == [0, 0] and end < data.index(b"\xff\xda") + 20)


def test_endless_parts_come_to_an_end():
    empty_chunks = struct.pack(">I4sI", 0, b"teXt", zlib.crc32(b"teXt")) * 9000
    assert read(encoded(counted(20, 30))[:33] + empty_chunks).height == 0


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a diary", "photo: expected JPEG, PNG, WebP, BMP, received something else"),
        (animated("GIF"), "photo: expected JPEG, PNG, WebP, BMP, received something else"),
        (animated("PNG"), "photo: expected a still picture, received an animation"),
        (animated("WEBP"), "photo: expected a still picture, received an animation"),
        (encoded(counted(20, 30))[:30], "photo: expected a whole picture"),
        (b"\xff\xd8\xff\xd9", "photo: expected a whole picture, received one whose header is"),
        (encoded(counted(26, 40)), "photo: expected at most 1000 pixels, received 40 x 26"),
    ],
)
def test_refusals_are_one_plain_line(data, line):
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        checked(tf.constant(data), "photo", 1000)


def test_what_is_fine_is_handed_on():
    data = encoded(counted(25, 40), "BMP")
    header = checked(tf.constant(data), "photo", 1000)
    assert (KINDS[header.kind], int(header.height), int(header.width)) == ("BMP", 25, 40)
