"""Colours that are declared elsewhere than in an ICC profile, in every format that can."""

import io
import struct
import zlib

import numpy as np
import pytest
from icc_bytes import adobe, p3
from picture_files import chunk, write_png16
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io import profiles
from tf_nst.io.images import read_image
from tf_nst.io.metadata.declared import ADOBE_RGB, PRIMARIES, by_code_points
from tf_nst.io.metadata.make_profile import gamma, make_profile

PIXELS = np.full((16, 16, 3), (200, 100, 50), np.uint8)
P3_NUMBERS = PRIMARIES[12][1]


def saved(kind, **options) -> bytes:
    buffer = io.BytesIO()
    Pillow.fromarray(PIXELS).save(buffer, kind, **options)
    return buffer.getvalue()


def png(*chunks) -> bytes:
    data = saved("PNG")
    return data[:33] + b"".join(chunk(*each) for each in chunks) + data[33:]


def in_hundred_thousandths(numbers) -> bytes:
    white_first = (*numbers[6:], *numbers[:6])
    return struct.pack(">8I", *(round(number * 100000) for number in white_first))


def exif_of(space: int, index: bytes = b"") -> bytes:
    exif = Pillow.Exif()
    exif.get_ifd(0x8769)[0xA001] = space
    if index:
        exif.get_ifd(0x8769)[0xA005] = {1: index}
    return exif.tobytes()


def bmp(version_4: bytes) -> bytes:
    """With a header of version 4 in place of Pillow's; its pixels begin at 14 + 108."""
    data = saved("BMP")
    header = struct.pack("<I", 108) + data[18:54] + bytes(16) + version_4
    return data[:10] + struct.pack("<I", 122) + header.ljust(0) + data[54:]


def calibrated() -> bytes:
    """End points of Display P3 (X, Y, Z in 2.30) and an exponent of 2.2 (16.16)."""
    ends, white = [], P3_NUMBERS[6:]
    x, y = np.array(P3_NUMBERS[0:6:2]), np.array(P3_NUMBERS[1:6:2])
    columns = np.stack([x / y, np.ones(3), (1 - x - y) / y])
    target = np.array([white[0] / white[1], 1, (1 - white[0] - white[1]) / white[1]])
    for column in (columns * np.linalg.solve(columns, target)).T:
        ends += [round(value * 2**30) for value in column]
    return struct.pack("<I9i3I", 0, *ends, *[round(2.2 * 65536)] * 3)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def jpeg2000(colour: bytes) -> bytes:
    """With the colr box of Pillow's file replaced."""
    data = saved("JPEG2000", irreversible=False)
    start = data.index(b"colr") - 4
    length = struct.unpack_from(">I", data, start)[0]
    new = box(b"colr", colour)
    header = data.index(b"jp2h") - 4
    whole = struct.unpack_from(">I", data, header)[0] + len(new) - length
    data = data[:start] + new + data[start + length :]
    return data[:header] + struct.pack(">I", whole) + data[header + 4 :]


def avif(primaries: int, transfer: int) -> bytes:
    data = saved("AVIF", quality=100, subsampling="4:4:4")
    place = data.index(b"nclx") + 4
    return data[:place] + struct.pack(">HH", primaries, transfer) + data[place + 4 :]


def tiff(*values) -> bytes:
    return saved("TIFF", tiffinfo={319: values})


IN_P3 = {
    "PNG cICP": png((b"cICP", b"\x0c\x0d\0\1")),
    "PNG cICP before iCCP": png(
        (b"cICP", b"\x0c\x0d\0\1"), (b"iCCP", b"x\0\0" + zlib.compress(adobe()))
    ),
    "PNG cHRM": png((b"cHRM", in_hundred_thousandths(P3_NUMBERS))),
    "AVIF nclx": avif(12, 13),
    "JPEG 2000 profile": jpeg2000(b"\2\0\0" + p3()),
    "TIFF primaries": tiff(*P3_NUMBERS[:6]),
    "BMP end points": bmp(calibrated()),
}
IN_ADOBE = {
    "JPEG EXIF R03": saved("JPEG", quality=100, subsampling=0, exif=exif_of(0xFFFF, b"R03")),
    "JPEG EXIF 2": saved("JPEG", quality=100, subsampling=0, exif=exif_of(2)),
    "PNG EXIF R03": saved("PNG", exif=exif_of(0xFFFF, b"R03")),
    "WebP EXIF R03": saved("WEBP", lossless=True, exif=exif_of(0xFFFF, b"R03")),
    "PNG gAMA and cHRM": png(
        (b"gAMA", struct.pack(">I", 45470)), (b"cHRM", in_hundred_thousandths(ADOBE_RGB))
    ),
}


@pytest.mark.parametrize("name", [*IN_P3, *IN_ADOBE])
def test_declared_colours_are_converted(tmp_path, name):
    (tmp_path / "a").write_bytes((IN_P3 | IN_ADOBE)[name])
    image = read_image(tmp_path / "a")
    profile = p3() if name in IN_P3 else adobe()
    if name.startswith("BMP"):
        profile = make_profile("by an exponent", P3_NUMBERS, gamma(2.2))
    expected = np.asarray(profiles.picture_to_srgb(Pillow.fromarray(PIXELS), profile))
    np.testing.assert_allclose(image.pixels.mean((0, 1)), expected[0, 0], atol=3)
    assert abs(int(expected[0, 0, 0]) - 200) > 10, "the conversion shows"
    assert "colours converted to sRGB" in image.notes[0] and image.profile is not None


IN_SRGB = {
    "PNG sRGB before others": png((b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100000))),
    "PNG gAMA of 1 / 2.2": png((b"gAMA", struct.pack(">I", 45455))),
    "PNG cICP": png((b"cICP", b"\1\x0d\0\1")),
    "PNG cICP, unspecified": png((b"cICP", b"\2\2\0\1")),
    "JPEG EXIF": saved("JPEG", quality=100, subsampling=0, exif=exif_of(1)),
    "AVIF nclx": avif(1, 13),
    "TIFF primaries": tiff(*PRIMARIES[1][1][:6]),
}


@pytest.mark.parametrize("name", IN_SRGB)
def test_declared_srgb_changes_nothing(tmp_path, name):
    (tmp_path / "a").write_bytes(IN_SRGB[name])
    image = read_image(tmp_path / "a")
    np.testing.assert_allclose(image.pixels, PIXELS, atol=3)
    assert (image.notes, image.profile) == ((), None)


UNKNOWN = {
    "JPEG EXIF uncalibrated": (saved("JPEG", exif=exif_of(0xFFFF)), "EXIF says"),
    "PNG cICP 22": (png((b"cICP", b"\x16\x0d\0\1")), "not known here"),
    "PNG cHRM of nothing": (png((b"cHRM", bytes(32))), "cannot be used"),
    "PNG iCCP damaged": (png((b"iCCP", b"x\0\0abcd")), "is damaged"),
    "JPEG 2000 e-sRGB": (jpeg2000(b"\1\0\0" + struct.pack(">I", 20)), "not known here"),
    "BMP linked": (bmp(struct.pack("<I", 0x4C494E4B) + bytes(48)), "is another file"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_converted_is_noted(tmp_path, name):
    data, line = UNKNOWN[name]
    (tmp_path / "a").write_bytes(data)
    notes = read_image(tmp_path / "a").notes
    assert any(line in note and "sRGB" in note for note in notes), notes


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (png((b"cICP", b"\x09\x10\0\1")), r"HDR colours \(PQ\)"),
        (png((b"cICP", b"\x09\x12\0\1")), r"HDR colours \(HLG\)"),
        (png((b"cICP", b"\1\x0d\0\0")), "video range"),
        (avif(9, 16), r"HDR colours \(PQ\)"),
        (jpeg2000(b"\1\0\0" + struct.pack(">I", 14)), r"L\*a\*b\*"),
    ],
)
def test_hdr_and_what_is_no_rgb_are_refused(tmp_path, data, line):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(UserError, match=rf"^--content: .*{line}.*; expected"):
        read_image(tmp_path / "a")


def test_a_linear_png_of_16_bits(tmp_path):
    """Half the light is sRGB's code 188."""
    linear = chunk(b"gAMA", struct.pack(">I", 100000))
    path = write_png16(tmp_path / "a.png", np.full((1, 1, 3), 32768, np.uint16), linear)
    np.testing.assert_allclose(read_image(path).pixels / 257, 187.5, atol=0.3)


@pytest.mark.parametrize("transfer", [1, 4, 5, 8])
def test_white_stays_white_and_grey_grey(transfer):
    profile, _ = by_code_points(9, transfer)
    greys = np.repeat(np.array([[[0], [30000], [65535]]], np.uint16), 3, axis=-1)
    converted = profiles.pixels_to_srgb(greys, profile).astype(int)
    assert converted[0, 0].max() == 0 and converted[0, 2].min() >= 65530
    assert np.ptp(converted[0, 1]) <= 20
