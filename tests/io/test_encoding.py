"""Every format that Image.save writes, at both depths, with alpha and with profiles."""

import builtins
import os

import numpy as np
import pytest
import tifffile
from icc_bytes import (
    SRGB_LIKE,
    SRGB_PARAMETERS,
    adobe,
    cmyk,
    curv,
    grey_profile,
    matrix_profile,
    p3,
    para,
    rgb_tables,
)
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io import profiles
from tf_nst.io.images import Image, read_image

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (6, 8, 3)).astype(np.uint8)
ALPHA = RNG.integers(0, 256, (6, 8)).astype(np.uint8)
DEEP = RNG.integers(8000, 65536, (6, 8, 3)).astype(np.uint16)
DEEP_ALPHA = RNG.integers(0, 65536, (6, 8)).astype(np.uint16)
EXTENSIONS = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff"]

IMAGES = {
    "8": Image(PIXELS),
    "8 with alpha": Image(PIXELS, ALPHA),
    "16": Image(DEEP),
    "16 with alpha": Image(DEEP, DEEP_ALPHA),
}


@pytest.mark.parametrize("extension", [".png", ".tif", ".tiff", ".PNG"])
@pytest.mark.parametrize("name", IMAGES)
def test_lossless_formats_come_back_exactly(tmp_path, name, extension):
    path = tmp_path / f"a{extension}"
    assert IMAGES[name].save(path) == ()
    image = read_image(path)
    np.testing.assert_array_equal(np.asarray(image), np.asarray(IMAGES[name]))
    assert image.pixels.dtype == IMAGES[name].pixels.dtype
    assert image.profile == profiles.srgb_profile()


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("name", IMAGES)
def test_every_output_has_an_srgb_profile_and_the_same_bytes_again(tmp_path, name, extension):
    first, second = tmp_path / f"a{extension}", tmp_path / f"b{extension}"
    IMAGES[name].save(first)
    IMAGES[name].save(second)
    assert first.read_bytes() == second.read_bytes()
    with Pillow.open(first) as picture:
        assert picture.info["icc_profile"] == profiles.srgb_profile()
        assert picture.format == {"p": "PNG", "j": "JPEG", "w": "WEBP", "t": "TIFF"}[extension[1]]
    assert sorted(os.listdir(tmp_path)) == sorted([first.name, second.name])


def test_png16_is_well_formed(tmp_path):
    Image(DEEP).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert data[24] == 16
    assert data[37:41] == b"iCCP"
    with Pillow.open(tmp_path / "a.png") as picture:
        picture.verify()


def test_tiff16_tags(tmp_path):
    Image(DEEP, DEEP_ALPHA).save(tmp_path / "a.tif")
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        page = file.pages[0]
        assert page.extrasamples == (2,)
        assert page.tags[34675].value == profiles.srgb_profile()
        assert 305 not in page.tags and 306 not in page.tags and 270 not in page.tags


@pytest.mark.parametrize("extension", [".jpg", ".webp"])
def test_16_bits_are_rounded_with_a_note(tmp_path, extension):
    flat = Image(np.full((16, 16, 3), 100 * 257 + 200, np.uint16))
    rounded = Image(np.full((16, 16, 3), 101, np.uint8))
    (note,) = flat.save(tmp_path / f"a{extension}")
    assert note.startswith(str(tmp_path / f"a{extension}: ")) and "8 bits" in note
    assert rounded.save(tmp_path / f"b{extension}") == ()
    assert (tmp_path / f"a{extension}").read_bytes() == (tmp_path / f"b{extension}").read_bytes()


def test_jpeg_lays_transparency_on_white(tmp_path):
    pixels = np.zeros((16, 16, 3), np.uint8)
    alpha = np.zeros((16, 16), np.uint8)
    alpha[:, 8:] = 255
    (note,) = Image(pixels, alpha).save(tmp_path / "a.jpg")
    assert "white" in note
    image = read_image(tmp_path / "a.jpg")
    assert image.pixels[:, :7].min() > 250 and image.pixels[:, 9:].max() < 5


def test_jpeg_keeps_full_colour_resolution(tmp_path):
    Image(PIXELS).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    start = data.index(b"\xff\xc0") + 9
    assert [data[start + 2 + 3 * i] for i in range(3)] == [0x11] * 3
    with Pillow.open(tmp_path / "a.jpg") as picture:
        assert picture.quantization[0][0] == 2  # quality 95


def test_webp_keeps_alpha(tmp_path):
    assert Image(np.full((6, 8, 3), 90, np.uint8), ALPHA).save(tmp_path / "a.webp") == ()
    np.testing.assert_array_equal(read_image(tmp_path / "a.webp").alpha, ALPHA)


def test_webp_is_lossy(tmp_path):
    Image(PIXELS).save(tmp_path / "a.webp")
    assert b"VP8 " in (tmp_path / "a.webp").read_bytes()


def test_without_tifffile_16_bits_become_8(tmp_path, monkeypatch):
    real = builtins.__import__

    def fake(name, *args, **kwargs):
        if name == "tifffile":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", fake)
    (note,) = Image(DEEP, DEEP_ALPHA).save(tmp_path / "a.tif")
    assert 'pip install "tf_nst[tiff]"' in note
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, np.rint(DEEP / 257))


@pytest.mark.parametrize("make", [p3, adobe])
def test_input_profile_gives_the_inputs_colours_back(tmp_path, make):
    in_profile = profiles.pixels_from_srgb(DEEP, make())
    path = tmp_path / "in.tif"
    tifffile.imwrite(path, in_profile, photometric="rgb", iccprofile=make())
    assert read_image(path).save(tmp_path / "out.png", "input") == ()
    with Pillow.open(tmp_path / "out.png") as picture:
        assert picture.info["icc_profile"] == make()
    stored = read_image(tmp_path / "out.png")
    assert np.abs(stored.pixels.astype(int) - DEEP).max() <= 4
    assert np.abs(in_profile.astype(int) - DEEP).max() > 500


def test_input_profile_at_8_bits_with_alpha(tmp_path):
    Image(PIXELS, ALPHA, p3()).save(tmp_path / "a.png", "input")
    with Pillow.open(tmp_path / "a.png") as picture:
        stored, embedded = np.asarray(picture), picture.info["icc_profile"]
    assert embedded == p3()
    np.testing.assert_array_equal(stored[..., :3], profiles.pixels_from_srgb(PIXELS, p3()))
    np.testing.assert_array_equal(stored[..., 3], ALPHA)


def test_input_profile_that_is_srgb_is_embedded_as_it_was(tmp_path):
    profile = matrix_profile(SRGB_LIKE, para(3, *SRGB_PARAMETERS))
    assert Image(DEEP, profile=profile).save(tmp_path / "a.png", "input") == ()
    image = read_image(tmp_path / "a.png")
    assert image.profile == profile
    np.testing.assert_array_equal(image.pixels, DEEP)


@pytest.mark.parametrize("data", [cmyk(), grey_profile(curv()), rgb_tables(), b"rubbish"])
def test_input_profile_that_cannot_be_written_stays_srgb(tmp_path, data):
    (note,) = Image(DEEP, profile=data).save(tmp_path / "a.png", "input")
    assert "stays sRGB" in note
    image = read_image(tmp_path / "a.png")
    assert image.profile == profiles.srgb_profile()
    np.testing.assert_array_equal(image.pixels, DEEP)


def test_no_input_profile_is_srgb(tmp_path):
    assert Image(PIXELS).save(tmp_path / "a.png", "input") == ()
    assert read_image(tmp_path / "a.png").profile == profiles.srgb_profile()


@pytest.mark.parametrize(("name", "profile"), [("a.xyz", "srgb"), ("a.png", "p3")])
def test_unknown_extension_or_profile_is_refused(tmp_path, name, profile):
    with pytest.raises(UserError, match="expected"):
        Image(PIXELS).save(tmp_path / name, profile)
    assert list(tmp_path.iterdir()) == []
