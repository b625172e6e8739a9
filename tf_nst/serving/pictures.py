"""Pictures inside a graph: from bytes to tensors at the right size, and back to PNG."""

import tensorflow as tf

from tf_nst.ops.resample import sides
from tf_nst.serving.checks import require
from tf_nst.serving.headers import KINDS, checked


def decode(data: tf.Tensor, name: str, most_pixels: int) -> tf.Tensor:
    """The picture in the bytes `data` [] string, as [1, H, W, 3] float32 in 0..1.

    Alpha is left out, 16 bits become 8, orientation tags and colour profiles are ignored.

    Args:
      name: what messages call the picture.
      most_pixels: limit of the height times the width that it declares.

    Raises:
      InvalidArgumentError: when it runs: bytes that `checked` refuses, or damaged ones.
    """
    data, kind = checked(data, name, most_pixels)
    pixels = tf.switch_case(kind, [lambda decoder=_DECODERS[name]: decoder(data) for name in KINDS])
    return tf.cast(tf.ensure_shape(pixels, [None, None, 3]), tf.float32)[None] / 255.0


def _jpeg(data: tf.Tensor) -> tf.Tensor:
    # The decoder's default is faster and off by up to 4 of 255.
    return tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE")


def _webp(data: tf.Tensor) -> tf.Tensor:
    # As many channels as there are: the decoder cannot leave alpha out.
    return tf.io.decode_image(data, expand_animations=False)[..., :3]


def _png_or_bmp(data: tf.Tensor) -> tf.Tensor:
    return tf.io.decode_image(data, channels=3, expand_animations=False)


_DECODERS = {"JPEG": _jpeg, "PNG": _png_or_bmp, "WebP": _webp, "BMP": _png_or_bmp}


def fitted(image: tf.Tensor, long_side: tf.Tensor, name: str, least: int) -> tf.Tensor:
    """[1, h, w, 3] in 0..1 -> [1, H, W, 3] whose longer side is `long_side`, to 8 bits.

    As the command resizes files: antialiased, same aspect ratio, rounded to 255 levels.

    Args:
      long_side: [] int32.
      name: what messages call the picture.
      least: pixels of the shorter side.

    Raises:
      InvalidArgumentError: when it runs: a shorter side below `least`, before or after.
    """
    height, width = sides(large_enough(image, name, least))
    size = tf.cast(tf.stack([height, width]), tf.int64)
    longest, long_side = tf.reduce_max(size), tf.cast(long_side, tf.int64)
    new = tf.cast(tf.maximum((2 * size * long_side + longest) // (2 * longest), 1), tf.int32)
    return large_enough(_resized(image, height, new[0], new[1]), name, least)


def _resized(image: tf.Tensor, height, new_height, new_width) -> tf.Tensor:
    """Along the rows, then along the columns, each to 8 bits: so does Pillow, in the command."""
    for size in ((height, new_width), (new_height, new_width)):
        image = tf.image.resize(image, tf.stack(size), "bicubic", antialias=True)
        image = tf.round(tf.clip_by_value(image, 0.0, 1.0) * 255.0) / 255.0
    return image


def large_enough(image: tf.Tensor, name: str, least: int) -> tf.Tensor:
    """The image [1, H, W, 3] itself. Raises InvalidArgumentError where a side is below `least`."""
    height, width = sides(image)
    return require(
        image,
        tf.minimum(height, width) >= least,
        f"{name}: expected at least {least} x {least} pixels, received ",
        width,
        " x ",
        height,
    )


def encode(image: tf.Tensor) -> tf.Tensor:
    """[1, H, W, 3] in 0..1 -> the bytes of a PNG, [] string."""
    return tf.io.encode_png(tf.cast(tf.round(image[0] * 255.0), tf.uint8))
