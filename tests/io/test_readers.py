"""Reading 16 bits without loss, and 8 bits with a note where that is all there is."""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from icc_bytes import p3
from picture_files import DEEP, DEEP_ALPHA, chunk, dstack, without, write_png16
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io import profiles
from tf_nst.io.images import read_image
from tf_nst.io.metadata.boxes import read_avif


@pytest.mark.parametrize("channels", [[0], [0, 3], [0, 1, 2], [0, 1, 2, 3]])
def test_png16_exactly(tmp_path, channels):
    array = dstack(DEEP, DEEP_ALPHA)[..., channels]
    image = read_image(write_png16(tmp_path / "a.png", array))
    expected = DEEP if 2 in channels else np.repeat(DEEP[..., :1], 3, axis=-1)
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.alpha is not None) == (3 in channels)
    if image.alpha is not None:
        np.testing.assert_array_equal(image.alpha, DEEP_ALPHA)


@pytest.mark.parametrize(("channels", "key"), [(1, (0,)), (3, (0, 3001, 6002))])
def test_png16_with_a_transparent_colour(tmp_path, channels, key):
    key_chunk = chunk(b"tRNS", struct.pack(f">{len(key)}H", *key))
    image = read_image(write_png16(tmp_path / "a.png", DEEP[..., :channels], key_chunk))
    assert image.alpha.tolist() == [[0, 65535, 65535], [65535] * 3]
    np.testing.assert_array_equal(image.pixels[..., 0], DEEP[..., 0])


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_grey_png_with_a_transparent_code(tmp_path, bits):
    """Two pixels, of which the second has the code that is not seen."""
    key = (1 << bits) - 1 if bits == 1 else (1 << bits) - 2
    header = struct.pack(">IIBBBBB", 2, 1, bits, 0, 0, 0, 0)
    row = bytes([0, key << (8 - 2 * bits)]) if bits < 8 else bytes([0, 0, key])
    data = [(b"IHDR", header), (b"tRNS", struct.pack(">H", key)), (b"IDAT", zlib.compress(row))]
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*it) for it in [*data, (b"IEND", b"")]))
    image = read_image(path)
    assert image.alpha.tolist() == [[255, 0]]
    assert image.pixels[0, 1, 0] == key * 255 // ((1 << bits) - 1)


def test_ppm16_as_text_has_a_note(tmp_path):
    (tmp_path / "a.ppm").write_text("P3\n2 1\n65535\n257 258 300 65535 0 1\n")
    (tmp_path / "b.ppm").write_text("P3\n2 1\n255\n1 2 3 4 5 6\n")
    (note,) = read_image(tmp_path / "a.ppm").notes
    assert note.endswith("a.ppm: PPM of 16 bits as text: read as 8 bits")
    assert read_image(tmp_path / "b.ppm").notes == ()


TIFFS = {
    "interleaved": (DEEP, {"photometric": "rgb"}),
    "big endian": (DEEP, {"photometric": "rgb", "byteorder": ">"}),
    "planar": (np.moveaxis(DEEP, -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
    "deflate": (DEEP, {"photometric": "rgb", "compression": "zlib"}),
    "grey": (DEEP[..., 0], {"photometric": "minisblack"}),
    "grey, big endian": (DEEP[..., 0], {"photometric": "minisblack", "byteorder": ">"}),
    "grey, white is zero": (~DEEP[..., 0], {"photometric": "miniswhite"}),
}


@pytest.mark.parametrize("name", TIFFS)
def test_tiff16_exactly(tmp_path, name):
    array, options = TIFFS[name]
    tifffile.imwrite(tmp_path / "a.tif", array, **options)
    image = read_image(tmp_path / "a.tif")
    expected = np.repeat(DEEP[..., :1], 3, axis=-1) if "grey" in name else DEEP
    np.testing.assert_array_equal(image.pixels, expected)
    assert (image.alpha, image.notes) == (None, ())


def test_tiff16_alpha(tmp_path):
    array = np.array([[(1000, 2000, 3000, 32768), (500, 0, 7, 0)]], np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, array, photometric="rgb", extrasamples=["unassalpha"])
    np.testing.assert_array_equal(np.asarray(read_image(path)), array)
    tifffile.imwrite(path, array, photometric="rgb", extrasamples=["assocalpha"])
    image = read_image(path)
    np.testing.assert_array_equal(image.alpha, array[..., 3])
    assert image.pixels[0, 0].tolist() == [2000, 4000, 6000]
    tifffile.imwrite(path, array, photometric="rgb", extrasamples=["unspecified"])
    assert read_image(path).alpha is None


def test_tiff16_profile(tmp_path):
    pixels = np.full((1, 1, 3), (50000, 20000, 10000), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", iccprofile=p3())
    image = read_image(tmp_path / "a.tif")
    assert image.profile == p3()
    np.testing.assert_array_equal(image.pixels, profiles.pixels_to_srgb(pixels, p3()))


def test_16_bit_cmyk_tiff_is_read_at_8_with_a_note(tmp_path):
    ink = np.zeros((2, 3, 4), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", ink, photometric="separated")
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, 255)
    assert "16-bit CMYK: read as 8 bits" in image.notes[0]


def test_16_bit_pgm(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 2 1 65535\n" + bytes([1, 2, 255, 255]))
    assert read_image(tmp_path / "a.pgm").pixels[0, :, 1].tolist() == [258, 65535]


def test_16_bit_ppm_exactly(tmp_path):
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6 # a comment\n3 2\n65535\n" + DEEP.astype(">u2").tobytes())
    np.testing.assert_array_equal(read_image(path).pixels, DEEP)
    path.write_bytes(b"P6 1 1 1023\n" + np.array([0, 1023, 512], ">u2").tobytes())
    assert read_image(path).pixels.tolist() == [[[0, 65535, 32800]]]
    path.write_bytes(b"P6 2 2 65535\n" + bytes(23))
    with pytest.raises(UserError, match="damaged or cut short"):
        read_image(path)


def with_10_bits(data: bytes) -> bytes:
    """With the flag of 10 bits in its av1C box."""
    place = data.index(b"av1C") + 6
    return data[:place] + bytes([data[place] | 0x40]) + data[place + 1 :]


def test_bits_that_are_lost_are_reported(tmp_path):
    grey = Pillow.fromarray(DEEP[..., 0])
    grey.save(tmp_path / "grey.jp2")
    assert read_image(tmp_path / "grey.jp2").depth == 16
    colours = Pillow.fromarray(np.full((16, 16, 3), 99, np.uint8))
    colours.save(tmp_path / "a.jp2", irreversible=False)
    data = bytearray((tmp_path / "a.jp2").read_bytes())
    data[data.index(b"ihdr") + 14] = 11  # that of the codestream stays 8
    (tmp_path / "a.jp2").write_bytes(data)
    assert read_image(tmp_path / "a.jp2").notes[0].endswith("JPEG 2000 of 12 bits: read as 8 bits")
    colours.save(tmp_path / "a.avif")
    deep = with_10_bits((tmp_path / "a.avif").read_bytes())
    assert read_avif(io.BytesIO(deep)).bits == 10
    sgi = b"\x01\xda\0\x02\0\x03\0\x03\0\x02\0\x03" + bytes(4) + b"\0\0\xff\xff"
    (tmp_path / "a.sgi").write_bytes(sgi.ljust(512, b"\0") + bytes(36))
    assert read_image(tmp_path / "a.sgi").notes[0].endswith("SGI of 16 bits: read as 8 bits")


def test_without_tifffile_16_bits_become_8_and_the_extra_is_named(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="rgb")
    without(monkeypatch, "tifffile")
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_allclose(image.pixels, DEEP / 257, atol=1)
    assert 'pip install "tf_nst[tiff]"' in image.notes[0]


def test_without_tifffile_planar_16_bits_are_refused(tmp_path, monkeypatch):
    array, options = TIFFS["planar"]
    tifffile.imwrite(tmp_path / "a.tif", array, **options)
    without(monkeypatch, "tifffile")
    with pytest.raises(UserError, match=r'pip install "tf_nst\[tiff\]"'):
        read_image(tmp_path / "a.tif")


def test_compression_that_tifffile_cannot_read_is_reported(tmp_path, monkeypatch):
    def refuse(self):
        raise ValueError("LZW requires the 'imagecodecs' package")

    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="rgb")
    monkeypatch.setattr(tifffile.TiffPage, "asarray", refuse)
    image = read_image(tmp_path / "a.tif")
    assert image.depth == 8
    assert "imagecodecs" in image.notes[0]
