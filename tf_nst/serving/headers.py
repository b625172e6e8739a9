"""Format, declared size and animation of an encoded picture, from its first bytes, in a graph.

Only what stands before the pixels is read, so that a small file that declares a huge picture is
refused before anything is decoded.
"""

from typing import NamedTuple

import tensorflow as tf

from tf_nst.serving.checks import require

KINDS = ("JPEG", "PNG", "WebP", "BMP")
UNKNOWN = -1

# Zeros after the end, so that a field of a cut header can be read; no header field is longer.
_MARGIN = 32
# Segments or chunks before the pixels that are walked over; cameras and editors write some dozens.
_MOST_PARTS = 4096
# Start-of-frame markers (ITU-T T.81, table B.1): C0 to CF but for tables C4, C8 and CC.
_FRAMES = [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF]
# Markers after which no frame header comes: the image's end, a scan.
_AFTER_HEADERS = [0xD9, 0xDA]
_WEBP_ANIMATION = 2


class Header(NamedTuple):
    """What the first bytes declare.

    Attributes:
      kind: [] int32, a place in KINDS, or UNKNOWN.
      height, width: [] int64 pixels; 0 where the header is damaged.
      animated: [] bool.
    """

    kind: tf.Tensor
    height: tf.Tensor
    width: tf.Tensor
    animated: tf.Tensor


def read_header(data: tf.Tensor) -> Header:
    """The header of the encoded picture `data` [] string."""
    octets = tf.pad(tf.io.decode_raw(data, tf.uint8), [[0, _MARGIN]])
    kind = _kind(octets)
    readers = (_jpeg, _png, _webp, _bmp, lambda _: _declared(0, 0))
    size = tf.switch_case(
        tf.where(kind == UNKNOWN, len(KINDS), kind),
        [lambda reader=reader: reader(octets) for reader in readers],
    )
    return Header(kind, *size)


def checked(data: tf.Tensor, name: str, most_pixels: int) -> tuple[tf.Tensor, tf.Tensor]:
    """The bytes [] string of a still picture of a known format, and its place in KINDS.

    Args:
      name: what messages call the picture.
      most_pixels: height times width may declare.

    Raises:
      InvalidArgumentError: when it runs: something else, an animation, a damaged header, a picture
        of more pixels.
    """
    kind, height, width, animated = read_header(data)
    data = require(
        data, kind != UNKNOWN, f"{name}: expected {', '.join(KINDS)}, received something else"
    )
    data = require(data, ~animated, f"{name}: expected a still picture, received an animation")
    data = require(
        data,
        (height > 0) & (width > 0),
        f"{name}: expected a whole picture, received one whose header is damaged or cut short",
    )
    # Each side first: the product of two 32-bit sides fits into 64 bits, but not by much.
    fits = (height <= most_pixels) & (width <= most_pixels) & (height * width <= most_pixels)
    return (
        require(
            data,
            fits,
            f"{name}: expected at most {most_pixels} pixels, received ",
            width,
            " x ",
            height,
        ),
        kind,
    )


def _kind(octets: tf.Tensor) -> tf.Tensor:
    marks = [
        _matches(octets, 0, b"\xff\xd8\xff"),
        _matches(octets, 0, b"\x89PNG\r\n\x1a\n"),
        _matches(octets, 0, b"RIFF") & _matches(octets, 8, b"WEBP"),
        _matches(octets, 0, b"BM"),
    ]
    matches = tf.where(tf.stack(marks))
    return tf.cast(tf.concat([matches[:, 0], [UNKNOWN]], axis=0)[0], tf.int32)


def _jpeg(octets: tf.Tensor):
    """Over the segments to the frame header (ITU-T T.81, section B.2.2): FF, marker, length."""

    def code(place):
        return octets[place + 1]

    def unfinished(place, count):
        here = (octets[place] == 0xFF) & ~_among(code(place), _FRAMES + _AFTER_HEADERS)
        return here & (count < _MOST_PARTS)

    def step(place, count):
        length = 2 + tf.cast(_number(octets, place + 2, 2), tf.int32)
        length = tf.where(code(place) == 0xFF, 1, length)
        return _within(octets, place + length), count + 1

    place, _ = tf.while_loop(unfinished, step, (tf.constant(2), tf.constant(0)))
    is_frame = (octets[place] == 0xFF) & _among(code(place), _FRAMES)
    height, width = _number(octets, place + 5, 2), _number(octets, place + 7, 2)
    return _declared(tf.where(is_frame, height, 0), tf.where(is_frame, width, 0))


def _png(octets: tf.Tensor):
    """Over the chunks to the pixels: an acTL chunk before them makes an animation (APNG)."""

    def matches(place, *names):
        return tf.reduce_any([_matches(octets, place + 4, name) for name in names])

    def unfinished(place, count):
        inside = (place < tf.size(octets) - _MARGIN) & (count < _MOST_PARTS)
        return inside & ~matches(place, b"IDAT", b"acTL")

    def step(place, count):
        length = tf.minimum(_number(octets, place, 4), tf.size(octets, tf.int64))
        return _within(octets, place + 12 + tf.cast(length, tf.int32)), count + 1

    place, _ = tf.while_loop(unfinished, step, (tf.constant(8), tf.constant(0)))
    whole = _matches(octets, 12, b"IHDR") & matches(place, b"IDAT", b"acTL")
    height, width = _number(octets, 20, 4), _number(octets, 16, 4)
    animated = matches(place, b"acTL")
    return _declared(tf.where(whole, height, 0), tf.where(whole, width, 0), animated)


def _webp(octets: tf.Tensor):
    """The first chunk (WebP container specification): extended, lossless, or lossy."""

    def number(place, length):
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


def _bmp(octets: tf.Tensor):
    """The information header; a height below 0 means rows from the top down."""
    height = _number(octets, 22, 4, little=True)
    height = tf.where(height >= 2**31, 2**32 - height, height)
    return _declared(height, _number(octets, 18, 4, little=True))


def _declared(height, width, animated=False):
    return tf.cast(height, tf.int64), tf.cast(width, tf.int64), tf.cast(animated, tf.bool)


def _matches(octets: tf.Tensor, place, text: bytes) -> tf.Tensor:
    return tf.reduce_all(octets[place : place + len(text)] == tf.constant(list(text), tf.uint8))


def _number(octets: tf.Tensor, place, length: int, little: bool = False) -> tf.Tensor:
    """[] int64: an unsigned number of so many bytes, the highest or the lowest first."""
    powers = [256**index for index in range(length)]
    weights = tf.constant(powers if little else powers[::-1], tf.int64)
    return tf.reduce_sum(tf.cast(octets[place : place + length], tf.int64) * weights)


def _among(octet: tf.Tensor, codes: list[int]) -> tf.Tensor:
    return tf.reduce_any(octet == tf.constant(codes, tf.uint8))


def _within(octets: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """A position that can be read: one past the end becomes that of the zeros there."""
    return tf.minimum(place, tf.size(octets) - _MARGIN)
