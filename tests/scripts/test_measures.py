"""Measures by pixels: what hands can check, and what each is to notice."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import measures


def grey(plane) -> np.ndarray:
    """[h, w] -> [h, w, 3]."""
    return np.repeat(np.asarray(plane, np.float64)[..., None], 3, axis=-1)


def smooth(height=160, width=192) -> np.ndarray:
    """A picture [h, w, 3] without detail: slow waves, of another phase in each colour."""
    rows, columns = np.mgrid[:height, :width]
    waves = [np.sin(rows / 30 + phase) + np.cos(columns / 40 + phase) for phase in range(3)]
    return 0.5 + 0.1 * np.stack(waves, axis=-1)


def noisy(deviation, seed=0) -> np.ndarray:
    """`smooth` with normal noise in the luma."""
    noise = np.random.default_rng(seed).normal(0, deviation, smooth().shape[:2])
    return np.clip(smooth() + noise[..., None], 0, 1)


def test_luma_is_rec_709_s():
    np.testing.assert_allclose(measures.luma(np.eye(3)[None])[0], [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((1, 1, 1), (100, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
    ],
)
def test_lab_of_known_colors(color, expected):
    np.testing.assert_allclose(measures.lab(np.array([[color]]))[0, 0], expected, atol=0.05)


def test_gaussian_distance_of_a_shift_is_its_length():
    cloud = np.random.default_rng(0).normal(size=(50, 3))
    assert measures.gaussian_distance(cloud, cloud + np.array([3, 0, 4])) == pytest.approx(5)


def test_gaussian_distance_of_a_stretch_is_the_difference_of_deviations():
    cloud = np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 0], [0, 0, 0]]) * np.sqrt(2)
    assert measures.gaussian_distance(cloud, 4 * cloud) == pytest.approx(3)


def test_a_picture_has_its_own_colors_whatever_its_size():
    tiled = np.tile(smooth(), (2, 1, 1))
    assert measures.color_distance(tiled, smooth()) == pytest.approx(0, abs=1e-4)
    darker = grey(np.zeros((8, 8))), grey(np.ones((8, 8)))
    assert measures.color_distance(*darker) == pytest.approx(100, abs=0.01)


def test_edges_are_the_photograph_s_own_at_any_contrast():
    photograph = noisy(0.1)
    assert measures.edge_correlation(photograph, photograph) == pytest.approx(1)
    assert measures.edge_correlation(1 - photograph / 2, photograph) == pytest.approx(1)
    assert abs(measures.edge_correlation(noisy(0.1, seed=1), photograph)) < 0.2
    assert measures.edge_correlation(grey(np.ones((8, 8))), photograph[:8, :8]) == 0


def test_high_band_keeps_a_checkerboard_and_nothing_of_a_slow_wave():
    board = np.indices((64, 64)).sum(0) % 2 - 0.5
    np.testing.assert_allclose(measures.high_band(board), board, atol=0.01)
    slow = np.cos(np.arange(64) * 2 * np.pi / 16)[:, None] * np.ones(64)
    assert np.abs(measures.high_band(slow)[20:-20]).max() < 0.01


def test_flat_areas_are_a_quarter_and_where_nothing_happens():
    picture = grey(np.zeros((64, 128)))
    picture[:, 64:] = grey(np.arange(64) // 4 % 2 * np.ones((64, 64)))
    picture[:, :64] = grey(0.01 * (np.arange(64) // 4 % 2) * np.ones((64, 64)))
    areas = measures.flat_areas(picture)
    assert areas.mean() == pytest.approx(0.25, abs=0.02)
    assert not areas[:, 64:].any()


def test_grain_is_one_for_the_style_itself_and_grows_with_the_square_of_noise():
    style = noisy(0.02)
    assert measures.grain(style, style, style) == 1
    grains = [measures.grain(noisy(each, 1), smooth(), style) for each in (0.01, 0.02, 0.04)]
    np.testing.assert_allclose(grains, [0.25, 1, 4], rtol=0.15)
    assert measures.grain(smooth(), smooth(), smooth()) == 1


def test_one_speck_among_a_hundred_inner_pixels():
    picture = grey(np.full((12, 12), 0.5))
    assert measures.specks(picture) == 0
    picture[5, 5] = 1
    assert measures.specks(picture) == 100
    picture[5, 6] = 1
    assert measures.specks(picture) == 0


@pytest.mark.parametrize("period", [2, 4, 8, 16])
@pytest.mark.parametrize("transposed", [False, True])
def test_weave_is_a_pattern_of_the_pooling_grid(period, transposed):
    stripes = 0.03 * (np.arange(192) % period < period // 2) * np.ones((160, 1))
    woven = noisy(0.02) + grey(stripes)
    woven = np.swapaxes(woven, 0, 1) if transposed else woven
    assert measures.weave(noisy(0.02)) < 2
    assert measures.weave(woven) > 10


def test_a_pattern_of_another_period_is_no_weave():
    waves = 0.03 * np.sin(np.arange(192) * 2 * np.pi / 5.3) * np.ones((160, 1))
    assert measures.weave(noisy(0.02) + grey(waves)) < 2


def test_weave_of_one_color_is_none():
    assert measures.weave(grey(np.full((64, 64), 0.5))) < 2


def test_the_frame_and_the_ring_inside_it():
    frame, ring = measures.frame_and_ring((200, 140))
    assert frame.sum() == 200 * 140 - 168 * 108
    assert ring.sum() == 168 * 108 - 72 * 12
    assert not (frame & ring).any()


def test_a_black_frame_around_grey_is_as_far_as_its_lightness():
    photograph, framed = grey(np.full((80, 90), 0.5)), grey(np.full((80, 90), 0.5))
    framed[measures.frame_and_ring((80, 90))[0]] = 0
    assert measures.frame_color(framed, photograph) == pytest.approx(53.39, abs=0.01)


def test_a_frame_counts_relative_to_the_photograph_s():
    assert measures.frame_color(smooth(), smooth()) == 1
    darker = smooth()
    darker[measures.frame_and_ring(darker.shape[:2])[0]] -= 0.2
    assert measures.frame_color(darker, smooth()) > 1.5


def test_a_frame_of_more_detail_is_noticed():
    framed = noisy(0.02)
    frame, _ = measures.frame_and_ring(framed.shape[:2])
    assert measures.frame_detail(framed) == pytest.approx(1, abs=0.1)
    framed[frame] = noisy(0.04)[frame]
    assert measures.frame_detail(framed) == pytest.approx(4, rel=0.15)
