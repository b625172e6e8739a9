"""Every variant of a format is decoded as the command reads it, or refused in one clear line."""

import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from answering import counted, encoded
from PIL import Image as Pillow

from tf_nst.io.depth import to_depth
from tf_nst.io.images import read_image
from tf_nst.serving.chunks import needed_chunks
from tf_nst.serving.headers import MOST_SCANS
from tf_nst.serving.pictures import decode

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from fuzzing.variants import bmp, bmp_variants, chunk, png, png_variants

PICTURE = Pillow.fromarray(np.kron(counted(5, 6), np.ones((5, 5, 1), np.uint8))[:23, :27])
decode_graph = tf.function(
    lambda data: decode(data, "photo", 10_000)[0],
    input_signature=[tf.TensorSpec([], tf.string)],
    autograph=False,
)


def saved(kind: str, mode: str, **options) -> bytes:
    """PICTURE in a mode as a file."""
    buffer = io.BytesIO()
    clear = Pillow.linear_gradient("L").resize(PICTURE.size)
    picture = PICTURE.copy()
    picture.putalpha(clear)
    (picture if mode in ("RGBA", "LA") else PICTURE).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


JPEG_OPTIONS = ({}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 1})
JPEG_OPTIONS += tuple({"subsampling": which, "quality": 30 + which} for which in (0, 1, 2))
WEBP_OPTIONS = ({}, {"quality": 20}, {"lossless": True}, {"lossless": True, "exact": True})
SAVED = {
    **{("JPEG", mode, i): o for mode in ("RGB", "L") for i, o in enumerate(JPEG_OPTIONS)},
    **{("WEBP", mode, i): o for mode in ("RGB", "RGBA") for i, o in enumerate(WEBP_OPTIONS)},
    **{("PNG", mode, 0): {} for mode in ("1", "L", "P", "RGB", "LA", "RGBA")},
    **{("BMP", mode, 0): {} for mode in ("RGB", "RGBA")},
    ("JPEG", "RGB", "as it is"): {"keep_rgb": True},
}
FILES = {" ".join(map(str, name)): saved(*name[:2], **options) for name, options in SAVED.items()}
DECODED, REFUSED_BITMAPS = bmp_variants()


@pytest.mark.parametrize("data", (FILES | png_variants() | DECODED).items(), ids=lambda i: i[0])
def test_a_variant_is_decoded_as_the_command_reads_it(tmp_path, data):
    """To the byte, but for 16 bits, of which a graph takes the upper ones and the command rounds:
    at most one level apart."""
    (tmp_path / "photo").write_bytes(data[1])
    expected = to_depth(read_image(tmp_path / "photo").pixels, 8).astype(int)
    pixels = decode_graph(data[1]).numpy()
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= ("16 bits" in data[0])


WITHOUT_SCANS, _, SCAN = saved("JPEG", "RGB").rpartition(b"\xff\xda")
REFUSED = {name: (data, "BMP of 24 or 32 bits") for name, data in REFUSED_BITMAPS.items()}
REFUSED |= {f"BMP {m}": (saved("BMP", m), "BMP of 24 or 32") for m in ("1", "L", "P")}
REFUSED["GIF"] = (saved("GIF", "P"), "photo: expected JPEG, PNG, WebP, BMP, received something")
REFUSED["CMYK"] = (saved("JPEG", "CMYK"), "photo: expected a JPEG in grey or RGB, received")
REFUSED["scans"] = (
    WITHOUT_SCANS + (b"\xff\xda" + SCAN[:-2]) * (MOST_SCANS + 1) + SCAN[-2:],
    "photo: expected a JPEG of at most 32 scans, received another; send it as PNG",
)


@pytest.mark.parametrize("name", REFUSED)
def test_a_variant_that_would_be_decoded_wrong_is_refused(name):
    data, line = REFUSED[name]
    with pytest.raises(tf.errors.InvalidArgumentError, match=line):
        decode_graph(data)


# --- what would take time or memory, or another picture than was declared ---------------------

TEXTS = {name: chunk(name, b"Title\0\0" + zlib.compress(bytes(1 << 16))) for name in (b"zTXt",)}
TEXTS[b"iTXt"] = chunk(b"iTXt", b"Title\0\1\0\0\0" + zlib.compress(bytes(1 << 16)))
TEXTS[b"eXIf"] = chunk(b"eXIf", bytes(100))


needed = tf.function(needed_chunks, input_signature=[tf.TensorSpec([], tf.string)], autograph=False)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_of_a_png_do_not_reach_its_decoder(name):
    """Neither those before the pixels nor those after them, nor what follows its end."""
    before = png(extra=TEXTS[name] * 3)
    after = before[:-12] + TEXTS[name] + before[-12:] + b"what follows"
    for data in (png(), before, after):
        assert needed(data).numpy() == png()


def test_a_cut_png_stays_cut():
    """Its last chunk goes with it where its name is whole, and what is left is no picture."""
    data = png()
    for end in range(8, len(data), 5):
        left = needed(data[:end]).numpy()
        assert data[:end].startswith(left) and len(left) > end - 8


def test_a_decoder_that_makes_another_size_is_refused(monkeypatch):
    monkeypatch.setattr(tf.io, "decode_png", lambda *_, **__: tf.zeros([99, 99, 3], tf.uint8))
    with pytest.raises(tf.errors.InvalidArgumentError, match="photo: expected the size that the"):
        decode.python_function(tf.constant(png()), "photo", 10_000)


LARGE = encoded(counted(300, 300), "JPEG")
FRAME = b"\xff\xc0\0\x11\x08\0\x10\0\x10\x03\1\x11\0\2\x11\1\3\x11\1"
LED_ASTRAY = {
    "a marker without a length": LARGE[:2] + b"\xff\x01" + b"\0\2" + LARGE[2:],
    "that marker, and a frame in its way": LARGE[:2] + b"\xff\x01" + FRAME[2:] + LARGE[2:],
    "a restart marker": LARGE[:2] + b"\xff\xd0" + LARGE[2:],
    "fill bytes": LARGE[:2] + b"\xff" * 99 + LARGE[2:],
    "5000 comments": LARGE[:2] + b"\xff\xfe\0\2" * 5000 + LARGE[2:],
    "a frame in a comment": LARGE[:2] + b"\xff\xfe\0\x15" + FRAME + LARGE[2:],
    "two frames, a small one first": LARGE[:2] + FRAME + LARGE[2:],
    "two frames, a small one last": LARGE.replace(b"\xff\xda", FRAME + b"\xff\xda"),
    "a frame of no height": LARGE.replace(struct.pack(">HH", 300, 300), b"\0\0\1\x2c"),
}


@pytest.mark.parametrize("name", LED_ASTRAY)
def test_no_jpeg_leads_past_the_limit(name):
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"photo: expected (at most 10000 pix|a whole pic)"
    ):
        decode_graph(LED_ASTRAY[name])


def test_of_two_pictures_in_a_jpeg_the_first_is_measured_and_decoded():
    small = encoded(counted(16, 16), "JPEG")
    np.testing.assert_array_equal(decode_graph(small + LARGE), decode_graph(small))


def test_a_bitmap_of_65535_columns_more_than_it_holds_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="received a damaged one"):
        decode_graph(bmp(24).replace(struct.pack("<i", 19), struct.pack("<i", 700)))
