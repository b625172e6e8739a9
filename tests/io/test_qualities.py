"""--quality and AVIF: what comes back, and what a format has not."""

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import features

from tf_nst.errors import UserError
from tf_nst.io import profiles
from tf_nst.io.encoding import FORMATS, check_bits, check_quality
from tf_nst.io.images import Image, read_image

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (24, 32, 3)).astype(np.uint8)
ALPHA = RNG.integers(0, 256, (24, 32)).astype(np.uint8)
LOSSY = sorted(suffix for suffix, known in FORMATS.items() if known.lossy)


@pytest.mark.parametrize("suffix", LOSSY)
def test_a_lower_quality_is_a_smaller_file_and_95_is_the_default(tmp_path, suffix):
    sizes = []
    for quality in (10, 60, 95, None):
        path = tmp_path / f"{quality}{suffix}"
        assert Image(PIXELS).save(path, quality=quality) == ()
        sizes.append(path.stat().st_size)
    assert sizes[0] < sizes[1] < sizes[2] == sizes[3]
    assert (tmp_path / f"95{suffix}").read_bytes() == (tmp_path / f"None{suffix}").read_bytes()


def test_a_lossless_webp_comes_back_exactly_hidden_colours_too(tmp_path):
    Image(PIXELS, ALPHA).save(tmp_path / "a.webp", quality="lossless")
    np.testing.assert_array_equal(read_image(tmp_path / "a.webp").pixels, PIXELS)
    np.testing.assert_array_equal(read_image(tmp_path / "a.webp").alpha, ALPHA)


def test_an_avif_has_colours_alpha_and_profile(tmp_path):
    smooth = np.linspace(0, 255, 24 * 32 * 3).reshape(24, 32, 3).astype(np.uint8)
    assert Image(smooth, ALPHA).save(tmp_path / "a.avif") == ()
    image = read_image(tmp_path / "a.avif")
    assert np.abs(image.pixels.astype(int) - smooth).max() < 12
    assert np.abs(image.alpha.astype(int) - ALPHA).mean() < 6
    assert image.profile == profiles.srgb_profile() and image.notes == ()


def test_an_avif_keeps_the_resolution_of_colours(tmp_path):
    Image(PIXELS).save(tmp_path / "a.avif")
    read = read_image(tmp_path / "a.avif").pixels.astype(int)
    assert np.abs(read - PIXELS).mean() < 8


def test_16_bits_of_an_avif_are_rounded_with_a_note(tmp_path):
    (note,) = Image(PIXELS.astype(np.uint16) * 257).save(tmp_path / "a.avif")
    assert "AVIF holds 8 bits" in note
    with Pillow.open(tmp_path / "a.avif") as picture:
        assert picture.format == "AVIF"


def test_without_avif_in_pillow_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    with pytest.raises(UserError, match=r"^--output: .* expected Pillow 11\.3"):
        Image(PIXELS).save(tmp_path / "a.avif")


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_quality_that_a_format_has_not_is_refused(suffix):
    known = FORMATS[suffix]
    for quality, has in ((50, known.lossy), ("lossless", known.lossless)):
        if has:
            check_quality(f"a{suffix}", quality)
        else:
            with pytest.raises(UserError, match=r"^--quality and --output: .*expected"):
                check_quality(f"a{suffix}", quality)


@pytest.mark.parametrize("quality", [0, 101, 2.5, "best", True, ""])
def test_no_quality_is_refused(tmp_path, quality):
    with pytest.raises(UserError, match=r"^--quality: expected a whole number from 1 to 100"):
        Image(PIXELS).save(tmp_path / "a.jpg", quality=quality)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_16_bits_are_of_png_and_tiff(suffix):
    check_bits(f"a{suffix}", "8")
    if FORMATS[suffix].deep:
        check_bits(f"a{suffix}", "16")
    else:
        with pytest.raises(UserError, match=r"^--bits and --output: .* holds 8 bits"):
            check_bits(f"a{suffix}", "16")


def test_a_tiff_of_16_bits_needs_tifffile(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"^--bits: .*tf_nst\[tiff\]"):
        check_bits("a.tif", "16")
