"""Clips of known motion: their truth, by hand and by warping; measures of films, by hand."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from benchmarks import clips, scenes, video_measures

SIZE = 48


def textured(height: int, width: int, seed: int = 0) -> np.ndarray:
    """[2h,2w,3] of noise, a texture of height x width."""
    shape = (clips.TEXTURE * height, clips.TEXTURE * width, 3)
    return np.random.default_rng(seed).uniform(0, 255, shape)


def square(x, y):
    """Whether points are of a square of 8."""
    return (x >= -0.5) & (x < 7.5) & (y >= -0.5) & (y < 7.5)


@pytest.fixture(scope="module")
def moved() -> list[clips.TrueFrame]:
    """A ground that moves 1 to the left, and a square that moves 2 to the right, in each frame."""
    ground = clips.Layer(textured(20, 40), clips.everywhere, lambda i: clips.shifted(-i, 0))
    near = clips.Layer(textured(8, 8, 1), square, lambda i: clips.shifted(4 + 2 * i, 5))
    return list(clips.render([ground, near], 3, 20, 30))


def test_the_flow_leads_back_to_where_a_layer_was(moved):
    first, second, _ = moved
    assert not first.visible.any() and not first.flow.any()
    # The square is at columns 6 to 13 and rows 5 to 12.
    assert second.flow[8, 6:14].tolist() == [[-2, 0]] * 8
    assert second.flow[8, :6].tolist() == [[1, 0]] * 6


def test_what_was_covered_or_outside_is_not_visible(moved):
    visible = moved[1].visible
    # The ground at columns 4 and 5 was under the square at 4 to 11, less its own step of 1.
    assert np.flatnonzero(~visible[8]).tolist() == [3, 4, 5, 29]
    assert np.flatnonzero(~visible[0]).tolist() == [29]


def test_whole_steps_are_warped_back_exactly(moved):
    for before, frame in pairwise(moved):
        back = video_measures.warped(before.pixels, frame.flow)
        assert np.array_equal(back[frame.visible], frame.pixels[frame.visible])


def test_of_a_turn_the_flow_is_the_turn_back():
    angle = np.radians(10)
    ground = clips.Layer(
        textured(9, 9), clips.everywhere, lambda i: clips.turned(i * angle, 4.0, 4.0)
    )
    flow = list(clips.render([ground], 2, 9, 9))[1].flow
    assert np.allclose(flow[4, 4], 0)
    # Three to the right of the middle lies what was three along the angle upwards before.
    assert np.allclose(flow[4, 7], [3 * np.cos(angle) - 3, -3 * np.sin(angle)], atol=1e-6)


@pytest.mark.parametrize("name", scenes.CLIPS)
def test_warping_by_the_truth_reproduces_what_is_visible(name):
    frames = list(scenes.CLIPS[name](5, 2 * SIZE))
    for before, frame in pairwise(frames):
        visible = frame.visible
        assert 0.8 < visible.mean() < 1
        still = np.abs(frame.pixels - before.pixels.astype(float))[visible].mean()
        error = np.abs(frame.pixels - video_measures.warped(before.pixels, frame.flow))
        assert error[visible].mean() < 0.4 * still
        assert error[visible].mean() < 0.5 * error[~visible].mean()


@pytest.mark.parametrize("name", scenes.CLIPS)
def test_a_clip_is_the_same_each_time_and_however_long_it_is(name):
    short, long = (list(scenes.CLIPS[name](count, SIZE)) for count in (2, 3))
    for one, other in zip(short, long, strict=False):
        assert one.pixels.shape == (36, 48, 3)
        for part, other_part in zip(one, other, strict=True):
            assert np.array_equal(part, other_part)


def test_grain_is_noise_of_that_deviation():
    (plain,), (grainy,) = (list(scenes.walk(1, 2 * SIZE, grain)) for grain in (0.0, 3.0))
    middle = (plain.pixels > 20) & (plain.pixels < 235)
    noise = (grainy.pixels.astype(float) - plain.pixels)[middle]
    assert noise.std() == pytest.approx(3.0, rel=0.05)


def flat(level: float) -> np.ndarray:
    """[4,6,3] uint8."""
    return np.full((4, 6, 3), level, np.uint8)


STILL = (np.zeros((4, 6, 2), np.float32), np.ones((4, 6), bool))


def test_flicker_by_hand():
    assert video_measures.flicker([flat(100)] * 3, [STILL] * 3) == 0
    assert video_measures.flicker([flat(100), flat(104), flat(102)], [STILL] * 3) == 3


def test_what_is_not_visible_does_not_count():
    half = flat(100)
    half[:2] = 200
    mask = np.zeros((4, 6), bool)
    mask[2:] = True
    motions = [STILL, (STILL[0], mask)]
    assert video_measures.flicker([flat(100), half], motions) == 0
    assert video_measures.flicker([flat(100), half], [STILL] * 2) == 50
    with pytest.raises(ValueError, match="the same things"):
        video_measures.flicker([flat(100), half], [STILL, (STILL[0], mask & False)])


def test_what_moves_along_the_flow_does_not_flicker(moved):
    frames = [frame.pixels for frame in moved]
    assert video_measures.flicker(frames, [(frame.flow, frame.visible) for frame in moved]) == 0
    still = [(np.zeros_like(frame.flow), frame.visible) for frame in moved]
    assert video_measures.flicker(frames, still) > 20


def test_luminance_by_hand():
    assert video_measures.luminance(flat(255)) == pytest.approx(1)
    assert video_measures.luminance(flat(188)) == pytest.approx(0.5029, abs=1e-4)
    assert video_measures.luminance(np.array([[[255, 0, 0]]], np.uint8)) == pytest.approx(0.2126)


def test_drift_by_hand(monkeypatch):
    monkeypatch.setattr(video_measures, "luminance", float)
    assert video_measures.drift([0.5, 0.55, 0.6]) == pytest.approx(100 * 0.1 / 0.55)
    assert video_measures.drift([0.6, 0.55, 0.5]) == pytest.approx(100 * 0.1 / 0.55)
    # Up and down again is no drift.
    assert video_measures.drift([0.5, 0.6, 0.5]) == pytest.approx(0, abs=1e-9)
    assert video_measures.drift([0.3]) == 0


def test_the_estimated_motion_of_a_clip_is_near_the_true_one():
    pytest.importorskip("cv2")
    frames = list(scenes.pan(3, 2 * SIZE))
    for truth, (flow, visible) in zip(
        frames[1:],
        video_measures.estimated_motions([frame.pixels for frame in frames])[1:],
        strict=True,
    ):
        both = truth.visible & visible
        assert both.mean() > 0.7
        assert np.abs(flow - truth.flow)[both].mean() < 0.5
