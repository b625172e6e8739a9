"""The image from which the optimisation starts."""

import numpy as np
import pytest

from tf_nst.config import STARTS
from tf_nst.engine.initial import initial_image, noise_image
from tf_nst.ops import bands

NOISES = ("noise", "style_statistics")
# 64 x 80 pixels: means of noise are known to 0.25 / sqrt(5120) = 0.0035.
SLACK = 0.02


@pytest.fixture(scope="module")
def pictures() -> tuple[np.ndarray, np.ndarray]:
    """A content, and a style whose red and green go together against its blue."""
    generator = np.random.default_rng(5)
    content = generator.random([1, 64, 80, 3], dtype=np.float32)
    common, separate = generator.standard_normal([2, 1, 50, 40, 1])
    colors = np.array([0.5, 0.4, 0.6]) + common * [0.06, 0.05, -0.04] + separate * [0.0, 0.03, 0.02]
    return content, np.clip(colors, 0, 1).astype(np.float32)


@pytest.mark.parametrize("start", STARTS)
def test_every_start_is_a_picture_of_the_contents_size(start, pictures):
    image = initial_image(start, *pictures, seed=1)
    assert image.shape == pictures[0].shape and image.dtype == np.float32
    assert image.min() >= 0 and image.max() <= 1


def test_content_is_the_content(pictures):
    np.testing.assert_array_equal(initial_image("content", *pictures, seed=1), pictures[0])


def test_matched_to_itself_the_content_is_the_content():
    """Of colours that hardly vary over all, too: one red pixel in 90,000 grey ones."""
    content = np.full((1, 300, 300, 3), 0.5, np.float32)
    content[0, 7, 9] = 1, 0, 0
    np.testing.assert_array_equal(initial_image("matched", content, content, seed=1), content)


@pytest.mark.parametrize("start", STARTS)
def test_a_start_is_made_in_bands_from_codes_or_numbers(monkeypatch, pictures, start):
    """Covariances are divided by one position less for each band: a small share of a level."""
    codes = tuple(np.uint8(255 * picture) for picture in pictures)
    numbers = tuple(np.float32(picture) / np.float32(255) for picture in codes)
    whole = initial_image(start, *numbers, seed=1)
    np.testing.assert_array_equal(initial_image(start, *codes, seed=1), whole)
    monkeypatch.setattr(bands, "BAND_PIXELS", 7 * 80)
    np.testing.assert_allclose(initial_image(start, *codes, seed=1), whole, atol=1e-3)


@pytest.mark.parametrize("start", NOISES)
def test_noise_is_that_of_its_seed(start, pictures):
    first, again, other = (initial_image(start, *pictures, seed=seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.01


@pytest.mark.parametrize("start", NOISES)
def test_noise_does_not_show_the_content(start, pictures):
    content, style = pictures
    image = initial_image(start, content, style, seed=1)
    np.testing.assert_array_equal(initial_image(start, 1 - content, style, seed=1), image)
    assert abs(np.corrcoef(image.ravel(), content.ravel())[0, 1]) < 0.05


def test_noise_is_grey_with_independent_channels(pictures):
    """Clipped at two deviations, which takes 0.25 down to 0.23."""
    pixels = initial_image("noise", *pictures, seed=1).reshape(-1, 3)
    np.testing.assert_allclose(pixels.mean(axis=0), 0.5, atol=SLACK)
    np.testing.assert_allclose(pixels.std(axis=0), 0.23, atol=SLACK)
    assert np.abs(np.corrcoef(pixels.T) - np.eye(3)).max() < 0.05


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_a_blend_has_its_share_of_noise_and_the_rest_of_the_content(share, pictures):
    image = initial_image(f"blend:{share}", *pictures, seed=1)
    noise = initial_image("noise", *pictures, seed=1)
    np.testing.assert_allclose(image, share * noise + (1 - share) * pictures[0], atol=1e-6)


def test_a_blend_is_made_at_the_size_that_is_painted_first(pictures):
    """Of an even content it has the deviation of the noise, less by the share."""
    content = np.full([1, 64, 80, 3], 0.5, np.float32)
    image = initial_image("blend:0.5", content, pictures[1], seed=1, noise_size=(32, 40))
    assert image.shape == (1, 32, 40, 3) and image.dtype == np.float32
    np.testing.assert_allclose(image.std(), CUT_DEVIATION / 2, atol=0.005)


# Normal noise of deviation 0.25, cut at two deviations.
CUT_DEVIATION = 0.2399


@pytest.mark.parametrize("side", [128, 512])
def test_noise_of_every_size_has_the_same_deviation(pictures, side):
    """Its standard error is 0.25 / sqrt(2 * 3 * 128^2) = 0.0008 at the smaller size."""
    image = noise_image("noise", side, side, pictures[1], seed=1)
    assert image.shape == (1, side, side, 3) and image.dtype == np.float32
    np.testing.assert_allclose(image.std(), CUT_DEVIATION, atol=0.003)


@pytest.mark.parametrize("side", [128, 512])
def test_style_statistics_of_every_size_have_the_styles_covariance(pictures, side):
    image = noise_image("style_statistics", side, side, pictures[1], seed=1)
    expected = np.cov(pictures[1].reshape(-1, 3).T)
    actual = np.cov(image.reshape(-1, 3).T)
    np.testing.assert_allclose(actual, expected, atol=0.05 * expected.max())


@pytest.mark.parametrize("start", NOISES)
def test_a_noisy_start_is_the_noise_of_its_size(pictures, start):
    expected = noise_image(start, 64, 80, pictures[1], seed=1)
    np.testing.assert_array_equal(initial_image(start, *pictures, seed=1), expected)


def test_matched_colours_keep_the_contents_forms(pictures):
    """Every colour goes through the same linear map, wherever it is; the seed has no say."""
    content, style = pictures
    image = initial_image("matched", content, style, seed=1)
    np.testing.assert_array_equal(initial_image("matched", content, style, seed=2), image)
    columns = np.c_[content.reshape(-1, 3), np.ones(content.size // 3)].astype(np.float64)
    matrix, *_ = np.linalg.lstsq(columns, image.reshape(-1, 3), rcond=None)
    inside = ((image > 0) & (image < 1)).all(axis=-1).ravel()
    assert inside.mean() > 0.9
    np.testing.assert_allclose((columns @ matrix)[inside], image.reshape(-1, 3)[inside], atol=0.02)


def test_a_flat_content_stays_flat_when_matched(pictures):
    flat = np.full([1, 8, 8, 3], 0.2, np.float32)
    image = initial_image("matched", flat, pictures[1], seed=1)
    np.testing.assert_allclose(image, np.broadcast_to(image[:, :1, :1], image.shape), atol=1e-6)
    np.testing.assert_allclose(image[0, 0, 0], pictures[1].mean(axis=(0, 1, 2)), atol=1e-3)


@pytest.mark.parametrize("start", ["style_statistics", "matched"])
def test_style_statistics_have_the_styles_mean_and_covariance(pictures, start):
    pixels = initial_image(start, *pictures, seed=1).reshape(-1, 3)
    colors = pictures[1].reshape(-1, 3)
    np.testing.assert_allclose(pixels.mean(axis=0), colors.mean(axis=0), atol=SLACK / 2)
    covariance = np.cov(colors.T)
    np.testing.assert_allclose(np.cov(pixels.T), covariance, atol=0.1 * covariance.max())


@pytest.mark.parametrize("grey", [0.0, 0.4, 1.0])
def test_a_style_of_one_colour_gives_that_colour(grey, pictures):
    style = np.full([1, 9, 9, 3], grey, np.float32)
    image = initial_image("style_statistics", pictures[0], style, seed=1)
    np.testing.assert_allclose(image, grey, atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_a_grey_style_gives_grey_noise(seed, pictures):
    """Its covariance has two eigenvalues of 0, which rounding puts below 0 for most of these."""
    tones = np.random.default_rng(seed).random([1, 9, 9, 1], dtype=np.float32)
    style = 0.35 + 0.3 * tones * np.ones(3, np.float32)
    image = initial_image("style_statistics", pictures[0], style, seed=1)
    assert image.std() > 0.01
    np.testing.assert_allclose(image - image.mean(axis=-1, keepdims=True), 0.0, atol=1e-6)
