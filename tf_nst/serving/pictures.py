"""Pictures inside a graph: from bytes to tensors at the right size, and back to PNG."""

from functools import partial

import tensorflow as tf

from tf_nst.io.planes import LIGHT
from tf_nst.ops.shapes import sides
from tf_nst.serving.checks import Text, or_default, require, require_all
from tf_nst.serving.chunks import needed_chunks
from tf_nst.serving.headers import KINDS, checked

# Pixels that are resized at a time, to spare memory: 12 bytes each while they are floats.
BAND = 1 << 21


@tf.function(input_signature=checked.input_signature, autograph=False)
def decode(data: tf.Tensor, name: Text, most_pixels: int) -> tf.Tensor:
    """The picture in the bytes `data` [] string, as [1, H, W, 3] uint8; traced once, as `checked`.

    Alpha is left out, 16 bits become 8, orientation tags and colour profiles are ignored.

    Args:
      name: what messages call the picture, which may be [] string.
      most_pixels: limit of the height times the width that it declares.

    Raises:
      InvalidArgumentError: when it runs: bytes that `checked` refuses, or damaged ones.
    """
    header = checked(data, name, most_pixels)
    pixels = tf.switch_case(header.kind, [partial(_decoded, kind, data) for kind in KINDS])
    height, width, _ = tf.unstack(tf.shape(pixels, tf.int64))
    same = (height == header.height) & (width == header.width)
    return require_all(
        tf.ensure_shape(pixels, [None, None, 3]),
        (height > 0, name, ": expected a whole picture, received a damaged one"),
        (same, name, ": expected the size that the header declares"),
    )[None]


def _decoded(kind: str, data: tf.Tensor) -> tf.Tensor:
    """[H, W, 3] uint8, [0, 0, 3] of a damaged picture.

    What may fail is one operation, since a dataset is prepared anew at every call.
    """
    data = needed_chunks(data) if kind == "PNG" else data
    decoder, nothing = _DECODERS[kind], tf.zeros([0, 0, 3], tf.uint8)
    return or_default(lambda it: tf.ensure_shape(decoder(it), [None, None, 3]), data, nothing)


def _jpeg(data: tf.Tensor) -> tf.Tensor:
    # The decoder's default is faster and off by up to 4 of 255.
    return tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")


def _png(data: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_png(data, channels=3)


def _webp(data: tf.Tensor) -> tf.Tensor:
    # As many channels as there are: the decoder cannot leave alpha out.
    return tf.io.decode_image(data, expand_animations=False)[..., :3]


def _bmp(data: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_image(data, channels=3, expand_animations=False)


_DECODERS = {"JPEG": _jpeg, "PNG": _png, "WebP": _webp, "BMP": _bmp}


def fitted(image: tf.Tensor, long_side: tf.Tensor, name: Text, least: int) -> tf.Tensor:
    """[1, h, w, 3] uint8 -> [1, H, W, 3] float32 in 0..1, the longer side `long_side`, to 8 bits.

    As the command resizes files: antialiased, same aspect ratio, rounded to 255 levels.

    Args:
      long_side: [] int32.
      name: what messages call the picture, which may be [] string.
      least: pixels of the shorter side.

    Raises:
      InvalidArgumentError: when it runs: a shorter side below `least`, before or after.
    """
    size = tf.cast(tf.stack(sides(large_enough(image, name, least))), tf.int64)
    new = at_least(tf.cast(_sides_of(size, long_side), tf.int32), name, least)
    return _resized(image, new[0], new[1]) / 255.0


def fitted_mask(image: tf.Tensor, height: tf.Tensor, width: tf.Tensor, name: Text) -> tf.Tensor:
    """[1, h, w, 3] uint8 -> [1, height, width, 1] float32 in 0..1, in 255 steps: its light.

    Args:
      height, width: of the picture that it is of, [] int32.
      name: what messages call the mask, which may be [] string.

    Raises:
      InvalidArgumentError: when it runs: a mask of another aspect ratio, or one that is black.
    """
    mask = _of_aspect(image, tf.stack([height, width]), name)
    light = tf.tensordot(_resized(mask, height, width) / 255.0, tf.constant(LIGHT), 1)
    light = tf.round(light[..., None] * 255.0) / 255.0
    line = ": expected white where the style counts, received a black picture"
    return require(light, tf.reduce_any(light > 0), name, line)


def _of_aspect(image: tf.Tensor, size: tf.Tensor, name: Text) -> tf.Tensor:
    """The image itself, refused where `same_aspect` (tf_nst/io/resizing.py) would."""
    given = tf.cast(tf.stack(sides(image)), tf.int64)
    difference = tf.abs(_sides_of(given, tf.reduce_max(size)) - tf.cast(size, tf.int64))
    slack = 1.0 + 0.01 * tf.cast(tf.reduce_min(size), tf.float32)
    same = tf.cast(tf.reduce_max(difference), tf.float32) <= slack
    line = ": expected the aspect ratio of its picture, ", size[1], " x ", size[0]
    return require(image, same, name, *line, ", received ", given[1], " x ", given[0])


def _sides_of(size: tf.Tensor, long_side: tf.Tensor) -> tf.Tensor:
    """Height and width [2] int64 of a picture of `size` [2] int64 whose longer side is another."""
    longest, long_side = tf.reduce_max(size), tf.cast(long_side, tf.int64)
    return tf.maximum((2 * size * long_side + longest) // (2 * longest), 1)


def _resized(image: tf.Tensor, new_height: tf.Tensor, new_width: tf.Tensor) -> tf.Tensor:
    """Along the rows, then along the columns, each to 8 bits: so does Pillow, in the command."""
    height, width = sides(image)
    rows = tf.maximum(BAND // width, 1)
    count = (height + rows - 1) // rows

    def step(index: tf.Tensor, bands: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
        band = image[:, index * rows : (index + 1) * rows]
        return index + 1, bands.write(index, _resampled(band, sides(band)[0], new_width)[0])

    bands = tf.TensorArray(tf.float32, count, infer_shape=False, element_shape=[None, None, 3])
    start = (tf.constant(0), bands)
    _, bands = tf.while_loop(lambda index, _: index < count, step, start, parallel_iterations=1)
    return _resampled(bands.concat()[None], new_height, new_width)


def _resampled(image: tf.Tensor, height: tf.Tensor, width: tf.Tensor) -> tf.Tensor:
    """Bicubic and antialiased, to 255 levels: float32 of whole numbers."""
    image = tf.image.resize(image, tf.stack([height, width]), "bicubic", antialias=True)
    return tf.round(tf.clip_by_value(image, 0.0, 255.0))


def large_enough(image: tf.Tensor, name: Text, least: int) -> tf.Tensor:
    """The image [1, H, W, 3] itself. Raises InvalidArgumentError where a side is below `least`."""
    size = at_least(tf.stack(sides(image)), name, least)
    with tf.control_dependencies([size]):
        return tf.identity(image)


def at_least(size: tf.Tensor, name: Text, least: int) -> tf.Tensor:
    """Height and width [2] themselves. Raises InvalidArgumentError where one is below `least`."""
    line = f": expected at least {least} x {least} pixels, received "
    return require(size, tf.reduce_min(size) >= least, name, line, size[1], " x ", size[0])


def encode(image: tf.Tensor) -> tf.Tensor:
    """[1, H, W, 3] in 0..1 -> the bytes of a PNG, [] string."""
    return tf.io.encode_png(tf.cast(tf.round(image[0] * 255.0), tf.uint8))
