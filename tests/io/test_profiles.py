import numpy as np
import pytest
from icc_bytes import (
    SRGB_LIKE,
    SRGB_PARAMETERS,
    adobe,
    cmyk,
    curv,
    fixed,
    grey_profile,
    matrix_profile,
    p3,
    para,
    profile,
    rgb_tables,
)
from PIL import Image as Pillow

from tf_nst.io import icc, profiles

LINEAR_GREY = grey_profile(curv())


def lattice(low=0, high=255, steps=9):
    """[1,steps^3,3] uint8 colours on a grid."""
    values = np.linspace(low, high, steps).astype(np.uint8)
    return np.stack(np.meshgrid(values, values, values), axis=-1).reshape(1, -1, 3)


def as16(pixels8):
    return pixels8.astype(np.uint16) * np.uint16(257)


@pytest.mark.parametrize(
    ("curve", "at_quarter", "at_half"),
    [
        (curv(), 0.25, 0.5),
        (curv(512), 0.0625, 0.25),
        (curv(0, 65535), 0.25, 0.5),
        (curv(0, 13107, 65535), 0.1, 0.2),
        (para(0, 2), 0.0625, 0.25),
        (para(1, 2, 2, -0.5), 0.0, 0.25),
        (para(2, 2, 1, -0.25, 0.125), 0.125, 0.1875),
        (para(3, 2, 1, 0, 0.5, 0.4), 0.125, 0.25),
        (para(4, 2, 1, 0, 0.5, 0.4, 0.0625, 0.03125), 0.15625, 0.3125),
    ],
)
def test_each_kind_of_curve_at_two_points(curve, at_quarter, at_half):
    table = icc.parse(grey_profile(curve)).tables[0]
    values = np.interp([0.25, 0.5], icc.GRID, table)
    np.testing.assert_allclose(values, [at_quarter, at_half], atol=2e-5)


def test_linear_grey_half_becomes_srgb_188():
    pixels = np.full((1, 1, 3), 32768, np.uint16)
    converted = profiles.pixels_to_srgb(pixels, LINEAR_GREY)
    assert converted.dtype == np.uint16
    expected = 255 * (1.055 * 0.5 ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(converted / 257, expected, atol=0.01)


@pytest.mark.parametrize("make", [p3, adobe])
def test_black_white_and_grey_stay_neutral(make):
    pixels = np.array([[[0] * 3, [65535] * 3, [30000] * 3]], np.uint16)
    converted = profiles.pixels_to_srgb(pixels, make()).astype(int)
    assert converted[0, 0].tolist() == [0, 0, 0]
    assert converted[0, 1].min() >= 65530
    assert np.ptp(converted[0, 2]) <= 6


@pytest.mark.parametrize("make", [p3, adobe, profiles.srgb_profile])
def test_16_bits_agree_with_the_8_bit_engine_into_srgb(make):
    pixels = lattice()
    theirs = profiles.picture_to_srgb(Pillow.fromarray(pixels), make())
    ours = profiles.pixels_to_srgb(as16(pixels), make()) / 257
    assert np.abs(ours - np.asarray(theirs)).max() <= 1.0


@pytest.mark.parametrize("make", [p3, adobe])
def test_16_bits_agree_with_the_8_bit_engine_out_of_srgb(make):
    pixels = lattice(low=20)  # near 0 a gamma curve is so steep that the engine's own bits show
    theirs = profiles.pixels_from_srgb(pixels, make())
    ours = profiles.pixels_from_srgb(as16(pixels), make())
    assert (theirs.dtype, ours.dtype) == (np.uint8, np.uint16)
    assert np.abs(ours / 257 - theirs).max() <= 1.0
    assert np.abs(theirs.astype(int) - pixels).max() > 10


def test_8_bit_conversion_leaves_its_argument_alone():
    pixels = lattice()
    profiles.pixels_from_srgb(pixels, p3())
    np.testing.assert_array_equal(pixels, lattice())


def bright_colours():
    return np.random.default_rng(0).integers(32000, 65536, (40, 50, 3)).astype(np.uint16)


def muted_colours():
    """Any brightness from dark to light, the channels within a fifth of each other."""
    rng = np.random.default_rng(0)
    grey = rng.integers(2000, 65536, (40, 50, 1))
    return (grey * rng.uniform(0.8, 1.0, (40, 50, 3))).astype(np.uint16)


# In saturated dark colours half a code of the bright channel is several of the dark one.
@pytest.mark.parametrize("colours", [bright_colours, muted_colours])
@pytest.mark.parametrize("make", [p3, adobe])
def test_round_trip_at_16_bits_is_within_two_codes(make, colours):
    srgb = colours()
    there = profiles.pixels_from_srgb(srgb, make())
    back = profiles.pixels_to_srgb(there, make())
    assert np.abs(there.astype(int) - srgb).max() > 500
    off = back.astype(int) - srgb
    assert np.abs(off).max() <= 2
    assert abs(off.mean()) < 0.05


def test_srgb_to_srgb_is_exact_for_every_code():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1).repeat(3, axis=-1)
    np.testing.assert_array_equal(icc.convert(ramp, icc.srgb(), icc.srgb()), ramp)


def test_grey_over_lab_has_no_matrix_form():
    lab = profile(b"GRAY", {b"kTRC": curv()}, pcs=b"Lab ")
    assert icc.parse(lab) is None


def test_16_bit_ramp_keeps_its_steps():
    ramp = np.repeat(np.arange(20000, 21000, dtype=np.uint16)[None, :, None], 3, axis=-1)
    converted = profiles.pixels_to_srgb(ramp, adobe())[0, :, 1]
    assert len(np.unique(converted)) > 900


def test_bands_do_not_show(monkeypatch):
    pixels = as16(lattice()).reshape(27, 27, 3)
    whole = profiles.pixels_to_srgb(pixels, p3())
    monkeypatch.setattr("tf_nst.ops.bands.BAND_PIXELS", 27 * 4)
    np.testing.assert_array_equal(profiles.pixels_to_srgb(pixels, p3()), whole)


def test_tables_only_fall_back_to_8_bits_of_a_known_grey():
    white_and_black = np.array([[[65535] * 3, [0] * 3]], np.uint16)
    converted = profiles.pixels_to_srgb(white_and_black, rgb_tables())
    assert converted.dtype == np.uint8
    np.testing.assert_allclose(converted[0], [[255] * 3, [0] * 3], atol=2)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (profiles.srgb_profile(), True),
        (matrix_profile(SRGB_LIKE, para(3, *SRGB_PARAMETERS)), True),
        (matrix_profile(SRGB_LIKE, curv(563)), False),
        (p3(), False),
        (LINEAR_GREY, False),
        (grey_profile(para(3, *SRGB_PARAMETERS)), False),
        (rgb_tables(), False),
    ],
)
def test_is_srgb(data, expected):
    assert profiles.is_srgb(data) is expected


@pytest.mark.parametrize(
    ("data", "space"), [(p3(), "RGB"), (LINEAR_GREY, "GRAY"), (cmyk(), "CMYK")]
)
def test_check_profile_names_the_space(data, space):
    assert profiles.check_profile(data) == space


FLAT = matrix_profile(((0.5, 0.5, 0.5),) * 3, curv())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a profile",
        p3()[:100],
        p3()[:300],
        p3()[:36] + b"nope" + p3()[40:],
        FLAT,
        grey_profile(b"text\0\0\0\0"),
        grey_profile(para(5, 1)),
        grey_profile(para(1, 2, 0, 1)),
        grey_profile(para(0, -1)),
        profile(b"Lab ", {}, pcs=b"Lab "),
        profile(b"RGB ", {}),
    ],
)
def test_broken_profiles_are_refused(data):
    with pytest.raises(profiles.ProfileError):
        profiles.check_profile(data)


@pytest.mark.parametrize("data", [cmyk(), LINEAR_GREY, rgb_tables()])
def test_profiles_without_a_way_back_are_refused(data):
    with pytest.raises(profiles.ProfileError):
        profiles.pixels_from_srgb(lattice(), data)


def test_srgb_profile_is_the_same_on_another_day(monkeypatch):
    before = profiles.srgb_profile()
    created = profiles.ImageCms.createProfile("sRGB")
    dated = profiles.ImageCms.ImageCmsProfile(created).tobytes()
    assert before[:24] + before[36:] == dated[:24] + dated[36:]
    assert before[24:36].hex() == "07e600010001000000000000"


def test_srgb_matrix_is_that_of_the_embedded_profile():
    parsed = icc.parse(profiles.srgb_profile())
    np.testing.assert_array_equal(parsed.matrix, icc.SRGB_MATRIX)
    assert fixed(*icc.SRGB_MATRIX.sum(axis=1)) == fixed(0.96420, 1.0, 0.82489)


def test_describe():
    assert profiles.describe(profiles.srgb_profile()) == "sRGB built-in"
    assert profiles.describe(p3()) == "without a name"
