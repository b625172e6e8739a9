"""Reading files: formats, modes, orientation, frames, and colour profiles."""

import warnings

import numpy as np
import pytest
from icc_bytes import adobe, cmyk, curv, grey_profile, p3, rgb_tables
from picture_files import BLUE, COLOURS, GREEN, RED, WHITE, dstack, icc_chunk, save, write_png16
from PIL import Image as Pillow

from tf_nst.io import profiles
from tf_nst.io.images import read_image


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
def test_several_frames_are_reported(tmp_path, extension, line):
    frames = [Pillow.new("RGB", (4, 4), colour) for colour in (RED, GREEN, BLUE)]
    options = {"lossless": True} if extension == "webp" else {}
    path = tmp_path / f"a.{extension}"
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    image = read_image(path)
    assert image.notes == (f"{path}: {line}",)
    assert image.pixels[0, 0].tolist() == list(RED)


# --- colour -----------------------------------------------------------------------------------


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
