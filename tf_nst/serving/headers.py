"""Format, declared size and animation of an encoded picture, from its first bytes, in a graph.

Only what stands before the pixels is read, so that a small file that declares a huge picture is
refused before anything is decoded.
"""

from collections.abc import Iterable
from typing import NamedTuple

import tensorflow as tf

from tf_nst.serving.checks import Check, Text, or_default, require_all
from tf_nst.serving.stripping import MOST_SCANS

KINDS = ("JPEG", "PNG", "WebP", "BMP")
UNKNOWN = -1

# Zeros after the end, so that a field of a cut header can be read; no header field is longer.
MARGIN = 128
# Bytes of a PNG's signature.
BEFORE_CHUNKS = 8
# Chunks before the pixels that are walked over; cameras and editors write some dozens.
_MOST_PARTS = 4096
_WEBP_ANIMATION = 2
# Bytes of the information header that says how pixels are stored (BITMAPINFOHEADER).
_BMP_HEADER = 40
# Of red, green and blue, where the header of 40 bytes ends.
_MASKS = (0xFF0000, 0xFF00, 0xFF)

_OTHER = "received another; send it as PNG"
_CHANNELS = f"expected a JPEG in grey or RGB, {_OTHER}"
_BITMAPS = f"expected an uncompressed BMP of 24 or 32 bits, blue first, {_OTHER}"


# Those of a Header after its kind.
Fields = tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]


class Header(NamedTuple):
    """What the first bytes declare.

    Attributes:
      kind: [] int32, a place in KINDS, or UNKNOWN.
      height, width: [] int64 pixels; 0 where the header is damaged.
      animated: [] bool.
      refusal: [] string, what a variant is that a graph would not decode right; or empty.
    """

    kind: tf.Tensor
    height: tf.Tensor
    width: tf.Tensor
    animated: tf.Tensor
    refusal: tf.Tensor


def read_header(data: tf.Tensor) -> Header:
    """The header of the encoded picture `data` [] string."""
    octets = tf.pad(tf.io.decode_raw(data, tf.uint8), [[0, MARGIN]])
    kind = _kind(octets)
    readers = (lambda _: _jpeg(data, octets), _png, _webp, _bmp, lambda _: _declared(0, 0))
    declared = tf.switch_case(
        tf.where(kind == UNKNOWN, len(KINDS), kind),
        [lambda reader=reader: reader(octets) for reader in readers],
    )
    return Header(kind, *declared)


def checked(data: tf.Tensor, name: Text, most_pixels: int) -> Header:
    """The header of a still picture that a graph decodes right.

    Args:
      data: [] string.
      name: what messages call the picture, which may be [] string.
      most_pixels: height times width may declare.

    Raises:
      InvalidArgumentError: when it runs: something else, an animation, a damaged header, a variant
        that is not decoded, a picture of more pixels.
    """
    kind, height, width, animated, refusal = header = read_header(data)
    # Each side first: the product of two 32-bit sides fits into 64 bits, but not by much.
    fits = (height <= most_pixels) & (width <= most_pixels) & (height * width <= most_pixels)
    checks: tuple[Check, ...] = (
        (kind != UNKNOWN, f"expected {', '.join(KINDS)}, received something else"),
        (~animated, "expected a still picture, received an animation"),
        (refusal == "", refusal),
        (
            (height > 0) & (width > 0),
            "expected a whole picture, received one whose header is damaged or cut short",
        ),
        (fits, f"expected at most {most_pixels} pixels, received ", width, " x ", height),
    )
    named = [(condition, name, ": ", *message) for condition, *message in checks]
    return Header(*(require_all(value, *named) for value in header))


def _kind(octets: tf.Tensor) -> tf.Tensor:
    marks = [
        _matches(octets, 0, b"\xff\xd8\xff"),
        _matches(octets, 0, b"\x89PNG\r\n\x1a\n"),
        _matches(octets, 0, b"RIFF") & _matches(octets, 8, b"WEBP"),
        _matches(octets, 0, b"BM"),
    ]
    matches = tf.where(tf.stack(marks))
    return tf.cast(tf.concat([matches[:, 0], [UNKNOWN]], axis=0)[0], tf.int32)


def _jpeg(data: tf.Tensor, octets: tf.Tensor) -> Fields:
    """By the decoder's own reading of the header, so that the two cannot differ."""
    damaged = tf.zeros([3], tf.int64)
    shape = or_default(lambda it: tf.io.extract_jpeg_shape(it, tf.int64), data, damaged)
    height, width, channels = tf.unstack(tf.ensure_shape(shape, [3]))
    refusals = (
        ((height > 0) & (channels != 1) & (channels != 3), _CHANNELS),
        (_scans(octets) > MOST_SCANS, f"expected a JPEG of at most {MOST_SCANS} scans, {_OTHER}"),
    )
    return _declared(height, width, refusals=refusals)


def _scans(octets: tf.Tensor) -> tf.Tensor:
    """How many scan headers there are (ITU-T T.81, B.2.3): FF DA, their length, components."""
    count = tf.constant(0, tf.int64)
    for components in range(1, 5):
        start = bytes([0xFF, 0xDA, 0, 6 + 2 * components, components])
        places = tf.size(octets) - len(start)
        matches = [octets[index : index + places] == code for index, code in enumerate(start)]
        count += tf.math.count_nonzero(tf.reduce_all(tf.stack(matches), axis=0))
    return count


def _png(octets: tf.Tensor) -> Fields:
    """Over the chunks to the pixels: an acTL chunk before them makes an animation (APNG)."""

    def unfinished(place: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        inside = (place < tf.size(octets) - MARGIN) & (count < _MOST_PARTS)
        return inside & ~has_name(octets, place, b"IDAT", b"acTL")

    def step(place: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return within(octets, place + chunk_length(octets, place)), count + 1

    place, _ = tf.while_loop(unfinished, step, (tf.constant(BEFORE_CHUNKS), tf.constant(0)))
    animated = has_name(octets, place, b"acTL")
    whole = has_name(octets, BEFORE_CHUNKS, b"IHDR") & (animated | has_name(octets, place, b"IDAT"))
    height, width = _number(octets, 20, 4), _number(octets, 16, 4)
    return _declared(tf.where(whole, height, 0), tf.where(whole, width, 0), animated)


def has_name(octets: tf.Tensor, place: int | tf.Tensor, *names: bytes) -> tf.Tensor:
    """[] bool, whether the PNG chunk that begins at a place has one of the names."""
    return tf.reduce_any([_matches(octets, place + 4, name) for name in names])


def chunk_length(octets: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """[] int32: bytes of the PNG chunk that begins at a place; no more than there are `octets`."""
    length = tf.minimum(_number(octets, place, 4), tf.size(octets, tf.int64))
    return 12 + tf.cast(length, tf.int32)


def _webp(octets: tf.Tensor) -> Fields:
    """The first chunk (WebP container specification): extended, lossless, or lossy."""

    def number(place: int, length: int) -> tf.Tensor:
        return _number(octets, place, length, little=True)

    extended, lossless = _matches(octets, 12, b"VP8X"), _matches(octets, 12, b"VP8L")
    lossy = _matches(octets, 12, b"VP8 ") & _matches(octets, 23, b"\x9d\x01\x2a")
    bits = number(21, 4)
    sides = 2**14  # 14 bits hold a side
    shapes = [
        (extended, 1 + number(27, 3), 1 + number(24, 3)),
        (lossless, 1 + bits // sides % sides, 1 + bits % sides),
        (lossy, number(28, 2) % sides, number(26, 2) % sides),
    ]
    height = sum(tf.where(here, high, 0) for here, high, _ in shapes)
    width = sum(tf.where(here, wide, 0) for here, _, wide in shapes)
    flags = tf.bitwise.bitwise_and(octets[20], tf.constant(_WEBP_ANIMATION, tf.uint8))
    return _declared(height, width, extended & (flags > 0))


def _bmp(octets: tf.Tensor) -> Fields:
    """The information header; a height below 0 means rows from the top down."""

    def number(place: int, length: int = 4) -> tf.Tensor:
        return _number(octets, place, length, little=True)

    height = number(22)
    height = tf.where(height >= 2**31, 2**32 - height, height)
    bits, compression = number(28, 2), number(30)
    is_blue_first = tf.reduce_all([number(54 + 4 * i) == mask for i, mask in enumerate(_MASKS)])
    plain = (compression == 0) & ((bits == 24) | (bits == 32))
    fields = (compression == 3) & (bits == 32) & is_blue_first
    known = (number(14) >= _BMP_HEADER) & (plain | fields)
    whole = tf.size(octets) - MARGIN >= 14 + _BMP_HEADER
    return _declared(height, number(18), refusals=((whole & ~known, _BITMAPS),))


def _declared(
    height: int | tf.Tensor,
    width: int | tf.Tensor,
    animated: bool | tf.Tensor = False,
    refusals: Iterable[tuple[tf.Tensor, str]] = (),
) -> Fields:
    """The fields of a Header after its kind. `refusals`: (when [] bool, what it says)."""
    text = tf.constant("")
    for condition, line in refusals:
        text = tf.where(condition & (text == ""), line, text)
    sides = tf.cast(height, tf.int64), tf.cast(width, tf.int64)
    return *sides, tf.cast(animated, tf.bool), text


def _matches(octets: tf.Tensor, place: int | tf.Tensor, text: bytes) -> tf.Tensor:
    return tf.reduce_all(octets[place : place + len(text)] == tf.constant(list(text), tf.uint8))


def _number(
    octets: tf.Tensor, place: int | tf.Tensor, length: int, little: bool = False
) -> tf.Tensor:
    """[] int64: an unsigned number of so many bytes, the highest or the lowest first."""
    powers = [256**index for index in range(length)]
    weights = tf.constant(powers if little else powers[::-1], tf.int64)
    return tf.reduce_sum(tf.cast(octets[place : place + length], tf.int64) * weights)


def within(octets: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """A position that can be read: one past the end becomes that of the zeros there."""
    return tf.minimum(place, tf.size(octets) - MARGIN)
