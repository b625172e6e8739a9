import builtins
import io
import struct
import subprocess
import sys
import warnings
import zlib

import numpy as np
import pytest
import tifffile
from icc_bytes import adobe, cmyk, curv, grey_profile, p3, rgb_tables
from PIL import Image as Pillow
from PIL import ImageFile

from tf_nst.errors import RunError, UserError
from tf_nst.io import profiles
from tf_nst.io.depth import DTYPES, TOP
from tf_nst.io.images import Image, read_image
from tf_nst.io.resizing import fit_size, resize_image
from tf_nst.ops import bands

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
COLOURS = np.array([[RED, GREEN, BLUE], [WHITE, (0, 0, 0), (10, 20, 30)]], np.uint8)
DEEP = np.arange(2 * 3 * 3, dtype=np.uint16).reshape(2, 3, 3) * 3001
DEEP_ALPHA = np.array([[65535, 1, 30000], [0, 257, 65534]], np.uint16)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write_png16(path, array, *chunks):
    """[H,W,1..4] uint16 as PNG, the filter of each line 0, `chunks` after the header."""
    height, width, channels = array.shape
    header = struct.pack(">IIBBBBB", width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    data = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks]
    path.write_bytes(b"".join([*data, chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]))
    return path


def icc_chunk(profile):
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))


def save(path, picture, **options):
    picture.save(path, **options)
    return path


def dstack(pixels, alpha):
    return np.dstack([pixels, alpha])


def without(monkeypatch, module):
    real = builtins.__import__

    def fake(name, *args, **kwargs):
        if name == module:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fake)


# --- the dataclass ---------------------------------------------------------------------------


def test_sizes_and_depth():
    image = Image(DEEP)
    assert (image.height, image.width, image.depth) == (2, 3, 16)
    assert Image(COLOURS).depth == 8


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((2, 3), np.uint8), None),
        (np.zeros((2, 3, 4), np.uint8), None),
        (np.zeros((2, 3, 3), np.float32), None),
        (COLOURS, np.zeros((3, 2), np.uint8)),
        (COLOURS, np.zeros((2, 3), np.uint16)),
    ],
)
def test_wrong_arrays_are_refused(pixels, alpha):
    with pytest.raises(UserError, match=r"me: expected .* received"):
        Image(pixels, alpha, name="me")


def test_array_protocol():
    opaque, clear = Image(COLOURS), Image(DEEP, DEEP_ALPHA)
    assert np.asarray(opaque) is COLOURS
    assert np.array(opaque) is not COLOURS
    assert np.asarray(opaque, dtype=np.float64).dtype == np.float64
    np.testing.assert_array_equal(np.asarray(clear), dstack(DEEP, DEEP_ALPHA))
    assert np.asarray(clear, dtype=np.int64).dtype == np.int64
    with pytest.raises(ValueError, match="copy"):
        clear.__array__(copy=False)


@pytest.mark.parametrize(("depth", "top"), [(8, 255), (16, 65535)])
def test_from_float_rounds_and_clips(depth, top):
    values = np.array([-1.0, 0.0, 0.49 / top, 0.51 / top, 1.6 / top, 1.0, 2.0, 0.5, 1 - 0.4 / top])
    image = Image.from_float(values.reshape(3, 1, 3), depth)
    assert image.depth == depth
    assert image.pixels.ravel().tolist() == [0, 0, 0, 1, 2, top, top, (top + 1) // 2, top]
    assert values[0] == -1.0


def test_from_float_keeps_profile_and_brings_alpha_to_its_depth():
    alpha = np.array([[0, 1, 255]], np.uint8)
    image = Image.from_float(np.zeros((1, 3, 3), np.float32), 16, alpha, b"icc")
    assert image.alpha.tolist() == [[0, 257, 65535]]
    assert image.profile == b"icc"
    back = Image.from_float(np.zeros((1, 3, 3)), 8, np.array([[128, 129, 65407]], np.uint16))
    assert back.alpha.tolist() == [[0, 1, 255]]


@pytest.mark.parametrize(("depth", "top"), [(8, 255), (16, 65535)])
def test_every_code_survives_floats(depth, top):
    codes = np.arange(top + 1).astype(np.uint8 if depth == 8 else np.uint16)
    image = Image(np.repeat(codes[None, :, None], 3, axis=-1))
    floats = image.to_float()
    assert (floats.dtype, floats.min(), floats.max()) == (np.float32, 0.0, 1.0)
    np.testing.assert_array_equal(Image.from_float(floats, depth).pixels, image.pixels)


def test_preview_is_png_of_at_most_1024_pixels():
    wide = Image(np.full((2, 3000, 3), 7, np.uint8))
    preview = Pillow.open(io.BytesIO(wide._repr_png_()))
    assert (preview.format, preview.size[0]) == ("PNG", 1024)
    small = Pillow.open(io.BytesIO(Image(COLOURS, np.full((2, 3), 9, np.uint8))._repr_png_()))
    np.testing.assert_array_equal(np.asarray(small)[..., :3], COLOURS)


def test_show_hands_8_bits_to_pillow(monkeypatch):
    shown = []
    monkeypatch.setattr(Pillow.Image, "show", lambda picture: shown.append(picture))
    Image(DEEP).show()
    np.testing.assert_array_equal(np.asarray(shown[0]), np.rint(DEEP / 257))


def test_save_writes_and_returns_notes(tmp_path):
    notes = Image(DEEP).save(tmp_path / "a.jpg")
    assert "8 bits" in notes[0]
    assert read_image(tmp_path / "a.jpg").depth == 8


# --- reading at 8 bits -----------------------------------------------------------------------


@pytest.mark.parametrize("extension", ["png", "bmp", "tif", "ppm", "tga", "gif"])
def test_lossless_formats_exactly(tmp_path, extension):
    image = read_image(save(tmp_path / f"a.{extension}", Pillow.fromarray(COLOURS)))
    np.testing.assert_array_equal(image.pixels, COLOURS)
    assert (image.alpha, image.profile, image.notes) == (None, None, ())
    assert image.name == str(tmp_path / f"a.{extension}")


@pytest.mark.parametrize("extension", ["jpg", "webp"])
def test_lossy_formats_nearly(tmp_path, extension):
    flat = np.full((16, 16, 3), (200, 100, 50), np.uint8)
    image = read_image(save(tmp_path / f"a.{extension}", Pillow.fromarray(flat), quality=95))
    np.testing.assert_allclose(image.pixels, flat, atol=3)


def palette(transparency=None):
    picture = Pillow.new("P", (2, 1))
    picture.putpalette([*RED, *GREEN])
    picture.putdata([0, 1])
    return picture, {} if transparency is None else {"transparency": transparency}


def one_bit():
    picture = Pillow.new("1", (2, 1))
    picture.putpixel((1, 0), 1)
    return picture


MODES = {
    "palette": (*palette(), [RED, GREEN], None),
    "palette, one clear": (*palette(1), [RED, GREEN], [255, 0]),
    "palette, half clear": (*palette(b"\x80\xff"), [RED, GREEN], [128, 255]),
    "1 bit": (one_bit(), {}, [(0, 0, 0), WHITE], None),
    "grey": (Pillow.fromarray(np.array([[0, 77]], np.uint8)), {}, [(0,) * 3, (77,) * 3], None),
    "grey, tRNS": (
        Pillow.fromarray(np.array([[5, 77]], np.uint8)),
        {"transparency": 77},
        [(5,) * 3, (77,) * 3],
        [255, 0],
    ),
    "grey and alpha": (
        Pillow.merge("LA", [Pillow.new("L", (2, 1), 9), Pillow.new("L", (2, 1), 40)]),
        {},
        [(9,) * 3] * 2,
        [40, 40],
    ),
    "RGB, tRNS": (
        Pillow.fromarray(np.array([[RED, BLUE]], np.uint8)),
        {"transparency": RED},
        [RED, BLUE],
        [0, 255],
    ),
    "RGBA keeps hidden colours": (
        Pillow.fromarray(np.array([[(1, 2, 3, 0), (4, 5, 6, 7)]], np.uint8)),
        {},
        [(1, 2, 3), (4, 5, 6)],
        [0, 7],
    ),
}


@pytest.mark.parametrize("name", MODES)
def test_modes_of_png(tmp_path, name):
    picture, options, pixels, alpha = MODES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = read_image(save(tmp_path / "a.png", picture, **options))
    assert image.pixels[0].tolist() == [list(pixel) for pixel in pixels]
    assert image.pixels.flags.c_contiguous
    assert (None if image.alpha is None else image.alpha[0].tolist()) == alpha


def test_big_pictures_are_copied_in_bands(tmp_path, monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (23, 7, 3)).astype(np.uint8)
    path = save(tmp_path / "a.png", Pillow.fromarray(pixels))
    monkeypatch.setattr("tf_nst.ops.bands.BAND_PIXELS", 7 * 4)
    np.testing.assert_array_equal(read_image(path).pixels, pixels)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_become_codes_in_bands_as_by_the_plain_formula(depth, dtype):
    """Two bands of a million pixels and a row more; past 0..1 they are clipped."""
    rows = 2 * (bands.BAND_PIXELS // 1000) + 1
    array = np.random.default_rng(0).uniform(-0.1, 1.1, (rows, 1000, 3)).astype(dtype)
    plain = np.clip(np.rint(array * TOP[depth]), 0, TOP[depth]).astype(DTYPES[depth])
    np.testing.assert_array_equal(Image.from_float(array, depth).pixels, plain)


def test_eight_bits_are_shrunk_as_pillow_shrinks_all_channels_at_once():
    pixels = np.random.default_rng(0).integers(0, 256, (67, 91, 3), np.uint8)
    whole = Pillow.fromarray(pixels).resize((40, 29), Pillow.Resampling.BICUBIC)
    np.testing.assert_array_equal(resize_image(Image(pixels), 29, 40).pixels, np.asarray(whole))


ORIENTED = {  # what the stored rows [[red, green, blue], [white, black, dark]] look like upright
    1: [[0, 1, 2], [3, 4, 5]],
    2: [[2, 1, 0], [5, 4, 3]],
    3: [[5, 4, 3], [2, 1, 0]],
    4: [[3, 4, 5], [0, 1, 2]],
    5: [[0, 3], [1, 4], [2, 5]],
    6: [[3, 0], [4, 1], [5, 2]],
    7: [[5, 2], [4, 1], [3, 0]],
    8: [[2, 5], [1, 4], [0, 3]],
}


def orientation_exif(orientation):
    exif = Pillow.Exif()
    exif[274] = orientation
    return exif


@pytest.mark.parametrize("orientation", ORIENTED)
@pytest.mark.parametrize("extension", ["png", "tif"])
def test_orientation_turns_pixels_and_alpha(tmp_path, orientation, extension):
    alpha = np.arange(6, dtype=np.uint8).reshape(2, 3) + 1
    picture = Pillow.fromarray(dstack(COLOURS, alpha))
    path = save(tmp_path / f"a.{extension}", picture, exif=orientation_exif(orientation))
    image = read_image(path)
    upright = np.array(ORIENTED[orientation])
    np.testing.assert_array_equal(image.alpha, upright + 1)
    np.testing.assert_array_equal(image.pixels, COLOURS.reshape(6, 3)[upright])
    assert image.pixels.flags.c_contiguous


def test_orientation_of_16_bits(tmp_path):
    exif = chunk(b"eXIf", orientation_exif(6).tobytes().removeprefix(b"Exif\0\0"))
    image = read_image(write_png16(tmp_path / "a.png", dstack(DEEP, DEEP_ALPHA), exif))
    upright = np.array(ORIENTED[6])
    np.testing.assert_array_equal(image.pixels, DEEP.reshape(6, 3)[upright])
    np.testing.assert_array_equal(image.alpha, DEEP_ALPHA.ravel()[upright])
    tifffile.imwrite(
        tmp_path / "a.tif", DEEP, photometric="rgb", extratags=[(274, "H", 1, 6, True)]
    )
    np.testing.assert_array_equal(
        read_image(tmp_path / "a.tif").pixels, DEEP.reshape(6, 3)[upright]
    )


def test_broken_exif_is_no_reason_to_refuse(tmp_path):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS), exif=b"Exif\0\0MM\0*\0\0\0\x09zz")
    np.testing.assert_array_equal(read_image(path).pixels, COLOURS)


@pytest.mark.parametrize(
    ("extension", "line"),
    [
        ("gif", "animated: the first of 3 frames is used"),
        ("webp", "animated: the first of 3 frames is used"),
        ("png", "animated: the first of 3 frames is used"),
        ("tif", "several pages: the first of 3 is used"),
    ],
)
def test_several_frames_are_told(tmp_path, extension, line):
    frames = [Pillow.new("RGB", (4, 4), colour) for colour in (RED, GREEN, BLUE)]
    options = {"lossless": True} if extension == "webp" else {}
    path = tmp_path / f"a.{extension}"
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    image = read_image(path)
    assert image.notes == (f"{path}: {line}",)
    assert image.pixels[0, 0].tolist() == list(RED)


# --- colour ----------------------------------------------------------------------------------


def test_srgb_profile_is_kept_and_changes_nothing(tmp_path):
    profile = profiles.srgb_profile()
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS), icc_profile=profile)
    image = read_image(path)
    np.testing.assert_array_equal(image.pixels, COLOURS)
    assert (image.profile, image.notes) == (profile, ())


@pytest.mark.parametrize("make", [p3, adobe])
def test_8_and_16_bits_of_one_profile_agree(tmp_path, make):
    pixels = np.array([[(200, 100, 50), (30, 180, 90), (128, 128, 128)]], np.uint8)
    shallow = save(tmp_path / "8.png", Pillow.fromarray(pixels), icc_profile=make())
    deep = write_png16(tmp_path / "16.png", pixels.astype(np.uint16) * 257, icc_chunk(make()))
    eight, sixteen = read_image(shallow), read_image(deep)
    assert (eight.depth, sixteen.depth) == (8, 16)
    assert np.abs(eight.pixels[0, 1].astype(int) - pixels[0, 1]).max() > 10
    np.testing.assert_allclose(sixteen.pixels / 257, eight.pixels, atol=1)
    assert eight.profile == sixteen.profile == make()
    assert "converted to sRGB" in eight.notes[0]
    assert "converted to sRGB" in sixteen.notes[0]


def test_alpha_is_left_alone_by_the_profile(tmp_path):
    alpha = np.array([[0, 100, 255], [1, 2, 3]], np.uint8)
    picture = Pillow.fromarray(dstack(COLOURS, alpha))
    image = read_image(save(tmp_path / "a.png", picture, icc_profile=p3()))
    np.testing.assert_array_equal(image.alpha, alpha)


def test_grey_profile_at_both_depths(tmp_path):
    profile = grey_profile(curv())
    grey = Pillow.fromarray(np.array([[128]], np.uint8))
    shallow = read_image(save(tmp_path / "8.png", grey, icc_profile=profile))
    deep = np.array([[[32896]]], np.uint16)
    sixteen = read_image(write_png16(tmp_path / "16.png", deep, icc_chunk(profile)))
    np.testing.assert_allclose(shallow.pixels, 188, atol=1)
    np.testing.assert_allclose(sixteen.pixels / 257, 188, atol=0.6)


def test_cmyk_goes_through_its_profile(tmp_path):
    picture = Pillow.new("CMYK", (2, 1), (0, 0, 0, 0))
    picture.putpixel((1, 0), (255, 255, 255, 0))
    plain = read_image(save(tmp_path / "plain.tif", picture))
    assert plain.pixels[0].tolist() == [list(WHITE), [0, 0, 0]]
    assert "CMYK without a profile" in plain.notes[0]
    image = read_image(save(tmp_path / "a.tif", picture, icc_profile=cmyk()))
    # L* = 50 is sRGB 119; black point compensation moves it little as black ink is black.
    np.testing.assert_allclose(image.pixels[0], [[255] * 3, [119] * 3], atol=3)
    assert "converted" in image.notes[0]


def test_16_bits_through_tables_become_8_and_say_so(tmp_path):
    array = dstack(np.full((1, 1, 3), 65535, np.uint16), np.full((1, 1), 32896, np.uint16))
    image = read_image(write_png16(tmp_path / "a.png", array, icc_chunk(rgb_tables())))
    assert image.pixels.dtype == image.alpha.dtype == np.uint8
    np.testing.assert_allclose(image.pixels, 255, atol=2)
    assert image.alpha.tolist() == [[128]]
    assert "the 16 bits became 8" in image.notes[1]


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        (b"rubbish", "taken as sRGB"),
        (p3()[:300], "taken as sRGB"),
        (cmyk(), "is for CMYK"),
        (grey_profile(curv()), "is for GRAY"),
    ],
)
def test_unusable_profiles_are_ignored_with_a_note(tmp_path, profile, line):
    image = read_image(save(tmp_path / "a.png", Pillow.fromarray(COLOURS), icc_profile=profile))
    np.testing.assert_array_equal(image.pixels, COLOURS)
    assert image.profile is None
    assert line in image.notes[0] and "ignored" in image.notes[0]


# --- reading at 16 bits ----------------------------------------------------------------------


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


def test_compression_that_tifffile_cannot_read_is_told(tmp_path, monkeypatch):
    def refuse(self):
        raise ValueError("LZW requires the 'imagecodecs' package")

    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="rgb")
    monkeypatch.setattr(tifffile.TiffPage, "asarray", refuse)
    image = read_image(tmp_path / "a.tif")
    assert image.depth == 8
    assert "imagecodecs" in image.notes[0]


# --- refusals --------------------------------------------------------------------------------


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith("--style: ")
    assert "expected" in text
    return text


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nowhere.png", None, "does not exist"),
        ("empty.jpg", b"", "is empty"),
        ("text.png", b"hello, I am text", "not an image"),
        ("light.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "floating-point"),
        ("light.exr", b"\x76\x2f\x31\x01" + bytes(40), "floating-point"),
        ("odd.tif", b"II*\0" + bytes(20), "TIFF"),
        ("drawing.eps", EPS, "vector"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        read_image(tmp_path / name, "--style")
    text = one_line(error)
    assert said in text and name in text


def test_folder_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(tmp_path, "--style")
    assert "is a folder" in one_line(error)


def test_unreadable_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))

    def deny(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", deny)
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "cannot be read (Permission denied)" in one_line(error)


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tif", "gif", "bmp"])
@pytest.mark.parametrize("tolerant", [False, True])
def test_truncated_is_refused(tmp_path, monkeypatch, extension, tolerant):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    path = save(tmp_path / f"a.{extension}", Pillow.fromarray(noise))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "damaged" in one_line(error)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is tolerant


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_truncated_16_bits_are_refused(tmp_path, extension):
    noise = np.random.default_rng(0).integers(0, 65536, (40, 40, 3)).astype(np.uint16)
    path = tmp_path / f"a.{extension}"
    if extension == "png":
        write_png16(path, noise)
    else:
        tifffile.imwrite(path, noise, photometric="rgb")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "damaged" in one_line(error)


def test_png16_that_only_tensorflow_finds_damaged(tmp_path):
    path = write_png16(tmp_path / "a.png", DEEP)
    path.write_bytes(path.read_bytes()[:-12])  # without the end mark
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "(its PNG data are not whole)" in one_line(error)


@pytest.mark.parametrize("dtype", [np.float32, np.uint32])
def test_32_bit_tiff_is_refused(tmp_path, dtype):
    for array, options in ((DEEP[..., 0], {}), (DEEP, {"photometric": "rgb"})):
        tifffile.imwrite(tmp_path / "a.tif", array.astype(dtype), **options)
        with pytest.raises(UserError) as error:
            read_image(tmp_path / "a.tif", "--style")
        assert "8 or 16 bits" in one_line(error)


def test_lab_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(save(tmp_path / "a.tif", Pillow.new("LAB", (2, 2))), "--style")
    assert "L*a*b*" in one_line(error)


def bomb(path, width, height):
    """A PNG that declares a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = chunk(b"IDAT", zlib.compress(b"\0"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + idat + chunk(b"IEND", b""))
    return path


def test_declared_size_is_checked_before_decoding(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(bomb(tmp_path / "a.png", 50000, 20000), "--style")
    text = one_line(error)
    assert "at most 500 megapixels" in text
    assert "received 50000×20000 (1000.0 megapixels)" in text


def test_limit_is_inclusive(tmp_path):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))
    assert read_image(path, max_pixels=6).height == 2
    with pytest.raises(UserError, match="too large"):
        read_image(path, max_pixels=5)


def test_zero_size_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(bomb(tmp_path / "a.png", 0, 5), "--style")
    one_line(error)


def test_pillows_own_limit_neither_acts_nor_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 2)
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(read_image(path).pixels, COLOURS)
        with pytest.raises(UserError):
            read_image(tmp_path / "nowhere.png")
        with pytest.raises(UserError):
            read_image(path, max_pixels=1)
    assert Pillow.MAX_IMAGE_PIXELS == 2


def test_lack_of_memory_is_told(tmp_path, monkeypatch):
    def fail(*args):
        raise MemoryError

    monkeypatch.setattr("tf_nst.io.decoding.read", fail)
    with pytest.raises(RunError, match="memory"):
        read_image(save(tmp_path / "a.png", Pillow.fromarray(COLOURS)))


def test_one_pixel_loads(tmp_path):
    image = read_image(save(tmp_path / "a.png", Pillow.new("RGB", (1, 1), RED)))
    assert image.pixels.tolist() == [[list(RED)]]


def test_importing_does_not_start_tensorflow():
    code = "import sys, tf_nst.io.writing; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- resizing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "long_side", "expected"),
    [
        ((100, 200), 50, (25, 50)),
        ((200, 100), 400, (400, 200)),
        ((3, 4), 2, (2, 2)),
        ((1, 1000), 10, (1, 10)),
        ((7, 7), 5, (5, 5)),
        ((667, 1000), 512, (342, 512)),
    ],
)
def test_fit_size(size, long_side, expected):
    assert fit_size(*size, long_side) == expected


def test_same_size_is_the_same_object():
    image = Image(COLOURS)
    assert resize_image(image, 2, 3) is image


@pytest.mark.parametrize("with_alpha", [False, True])
@pytest.mark.parametrize(("dtype", "value"), [(np.uint8, 201), (np.uint16, 51234)])
def test_constant_stays_constant(with_alpha, dtype, value):
    pixels = np.full((8, 6, 3), value, dtype)
    alpha = np.full((8, 6), value, dtype) if with_alpha else None
    image = Image(pixels, alpha, b"icc", ("note",), "me")
    resized = resize_image(image, 5, 13)
    assert (resized.height, resized.width, resized.pixels.dtype) == (5, 13, dtype)
    np.testing.assert_allclose(resized.pixels, value, atol=1)
    assert (resized.profile, resized.notes, resized.name) == (b"icc", ("note",), "me")
    if with_alpha:
        assert resized.alpha.dtype == dtype
        np.testing.assert_allclose(resized.alpha, value, atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_shrinking_a_checkerboard_is_grey(dtype):
    top = np.iinfo(dtype).max
    board = (np.indices((64, 64)).sum(axis=0) % 2 * top).astype(dtype)
    resized = resize_image(Image(np.repeat(board[..., None], 3, axis=-1)), 8, 8)
    np.testing.assert_allclose(resized.pixels[1:-1, 1:-1] / top, 0.5, atol=0.01)


def test_16_bits_keep_their_depth_and_agree_with_8():
    noise = np.random.default_rng(0).integers(0, 256, (30, 20, 3)).astype(np.uint8)
    shallow = resize_image(Image(noise), 11, 17).pixels
    deep = resize_image(Image(noise.astype(np.uint16) * 257), 11, 17).pixels
    np.testing.assert_allclose(deep / 257, shallow, atol=1.5)
    assert (deep % 257 != 0).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_edges_do_not_wrap_round(dtype):
    top = np.iinfo(dtype).max
    step = np.zeros((4, 16, 3), dtype)
    step[:, 8:] = top
    resized = resize_image(Image(step), 9, 37).pixels
    assert (resized[:, :12] < top / 2).all() and (resized[:, 25:] > top / 2).all()


@pytest.mark.parametrize("size", [(3, 3), (8, 29)])
def test_one_colour_stays_one_colour_across_an_edge_of_alpha(size):
    alpha = np.zeros((8, 8), np.uint16)
    alpha[:, 4:] = 65535
    resized = resize_image(Image(np.full((8, 8, 3), 20000, np.uint16), alpha), *size)
    np.testing.assert_allclose(resized.pixels[resized.alpha > 300], 20000, atol=1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_hidden_colour_does_not_bleed(dtype):
    top = np.iinfo(dtype).max
    pixels = np.zeros((8, 8, 3), dtype)
    pixels[:, :4, 0], pixels[:, 4:, 1] = top, top
    alpha = np.zeros((8, 8), dtype)
    alpha[:, :4] = top
    resized = resize_image(Image(pixels, alpha), 3, 3)
    seen = resized.alpha > 0
    assert 0 < resized.alpha[1, 1] < top
    np.testing.assert_array_equal(resized.pixels[seen], np.array([[top, 0, 0]] * seen.sum()))
    np.testing.assert_array_equal(resized.pixels[~seen], 0)
