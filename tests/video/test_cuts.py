"""Shots, by hand: distances of histograms, and when the flow is asked."""

from itertools import pairwise

import numpy as np
import pytest

from tf_nst.video.cuts import histogram_distance, is_cut


def flat(red: int, green: int = 0, blue: int = 0, size: tuple[int, int] = (4, 6)) -> np.ndarray:
    """A frame of one colour."""
    return np.full((*size, 3), (red, green, blue), np.uint8)


def fails(share: float):
    """A flow that fails for this share of the pixels, whatever the frames are."""
    return lambda after, before: share


def unasked(after, before):
    """A flow that nobody is to ask."""
    raise AssertionError("the flow was asked")


def test_distances_by_hand():
    black, white = flat(0), flat(255, 255, 255)
    assert histogram_distance(black, white) == 1
    assert histogram_distance(black, black) == 0
    # One channel of three, by 51 of 255.
    assert histogram_distance(flat(51), black) == pytest.approx(0.2 / 3)
    # Half of the pixels, all three channels, all the way.
    assert histogram_distance(np.vstack([black, white]), white) == pytest.approx(0.5)


def test_where_a_colour_is_does_not_matter_nor_how_many_pixels_there_are():
    halves = np.vstack([flat(10), flat(200)])
    assert histogram_distance(halves, halves[::-1]) == 0
    assert histogram_distance(flat(10), flat(10, size=(9, 5))) == 0


def test_a_cut_needs_other_colours_and_a_flow_that_fails():
    assert is_cut(flat(0), flat(200, 200), fails(0.9))
    assert not is_cut(flat(0), flat(200, 200), fails(0.5))
    assert not is_cut(flat(100), flat(101), unasked)


def test_the_flow_is_asked_from_the_later_frame_to_the_earlier():
    pairs = []

    def failure(after, before):
        pairs.append((int(after[0, 0, 0]), int(before[0, 0, 0])))
        return 1.0

    assert is_cut(flat(0), flat(250), failure)
    assert pairs == [(250, 0)]


def cuts(clip, failure) -> list[int]:
    """The indices at which shots begin, but for the first."""
    return [i for i, pair in enumerate(pairwise(clip), 1) if is_cut(*pair, failure)]


def test_shots_of_a_clip_begin_at_its_cuts():
    clip = [flat(0), flat(2), flat(250), flat(248), flat(60), flat(60)]
    assert cuts(clip, fails(1.0)) == [2, 4]
    assert cuts(clip, fails(0.2)) == []


def test_a_slow_fade_is_no_cut():
    assert cuts([flat(level, level, level) for level in range(0, 250, 7)], unasked) == []
