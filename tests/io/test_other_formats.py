"""Formats that are not read are named, with the way out; previews are not the picture."""

import io
import struct
import sys

import numpy as np
import pytest
import tifffile

from tf_nst.errors import UserError
from tf_nst.io.images import read_image


def brands(*names) -> bytes:
    return struct.pack(">I4s", 8 + 4 * len(names), b"ftyp") + b"".join(names) + bytes(100)


def raw_tiff(**options) -> bytes:
    file = io.BytesIO()
    preview = np.full((8, 8, 3), 99, np.uint8)
    tifffile.imwrite(file, preview, photometric="rgb", subfiletype=1, **options)
    return file.getvalue()


REFUSED = {
    "a.heic": (brands(b"heic", bytes(4), b"mif1", b"heic"), 'pip install "tf_nst[heif]"'),
    "b.heic": (brands(b"mif1", bytes(4), b"heic"), "HEIC"),
    "a.cr3": (brands(b"crx ", bytes(4)), "raw photograph"),
    "a.mp4": (brands(b"isom", bytes(4), b"avc1"), "video"),
    "a.cr2": (b"II*\0\x10\0\0\0CR\2\0" + raw_tiff()[12:], "raw photograph"),
    "a.dng": (raw_tiff(extratags=[(50706, "B", 4, b"\1\4\0\0", True)]), "raw photograph"),
    "a.raf": (b"FUJIFILMCCD-RAW 0201" + bytes(50), "raw photograph"),
    "a.orf": (b"IIRO\x08\0\0\0" + bytes(50), "raw photograph"),
    "a.rw2": (b"IIU\0\x18\0\0\0" + bytes(50), "raw photograph"),
    "a.psd": (b"8BPS\0\1" + bytes(50), "PSD"),
    "a.xcf": (b"gimp xcf v011" + bytes(50), "XCF"),
    "a.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "b.svg": (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "SVG"),
    "a.pdf": (b"%PDF-1.7\n" + bytes(50), "PDF"),
    "a.ps": (b"%!PS-Adobe-3.0\n" + bytes(50), "PostScript"),
    "a.jxl": (b"\xff\x0a" + bytes(50), "JPEG XL"),
    "a.pfm": (b"PF\n1 1\n-1.0\n" + bytes(12), "floating-point"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_format_is_named_and_the_way_out(tmp_path, name, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    data, said = REFUSED[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError) as error:
        read_image(tmp_path / name, "--style")
    text = str(error.value)
    assert text.startswith(f"--style: {tmp_path / name} ") and "\n" not in text
    assert said in text and "expected" in text


def test_a_colour_filter_array_below_a_preview_is_a_raw_photograph(tmp_path):
    """As in NEF and ARW: the preview first, the sensor's numbers in a directory below it."""
    with tifffile.TiffWriter(tmp_path / "a.nef") as writer:
        preview = np.full((8, 8, 3), 99, np.uint8)
        writer.write(preview, photometric="rgb", subfiletype=1, subifds=1)
        writer.write(np.zeros((32, 32), np.uint16), photometric="cfa", subfiletype=0)
    with pytest.raises(UserError, match="raw photograph"):
        read_image(tmp_path / "a.nef")


@pytest.mark.parametrize("below", [False, True])
def test_the_preview_of_a_tiff_is_not_the_picture(tmp_path, below):
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        preview, picture = np.full((8, 8, 3), 99, np.uint8), np.full((32, 48, 3), 7, np.uint8)
        options = {"subifds": 1} if below else {}
        writer.write(preview, photometric="rgb", subfiletype=1, **options)
        writer.write(picture, photometric="rgb", subfiletype=0)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").pixels, picture)
