"""Movement between frames, and where it is known."""

import numpy as np
from moving import pan, scene

from tf_nst.video.flow import flow_between, moved, visible


def still(height=6, width=8):
    """[height, width, 2]: nothing moves."""
    return np.zeros((height, width, 2), np.float32)


def test_the_flow_of_a_pan_is_its_step():
    first, second = pan(2, 48, 64, step=3)
    flow = flow_between(second, first)
    assert flow.shape == (48, 64, 2) and flow.dtype == np.float32
    np.testing.assert_allclose(np.median(flow, axis=(0, 1)), [3, 0], atol=0.1)


def test_a_frame_moved_along_the_flow_is_the_next_one_where_it_is_visible():
    first, second = (frame.astype(np.float32) / 255 for frame in pan(2, 48, 64, step=3))
    there = flow_between(*pan(2, 48, 64, step=3)[::-1])
    back = flow_between(*pan(2, 48, 64, step=3))
    seen = visible(there, back)
    error = np.abs(moved(first, there) - second).mean(axis=-1)
    assert error[seen > 0].mean() < 0.02
    assert seen.mean() > 0.8
    # What the camera came to see is not in the frame before.
    assert not seen[:, -2:].any()


def test_without_movement_all_is_visible():
    assert visible(still(), still()).min() == 1


def test_where_the_flows_disagree_nothing_is_visible():
    """Equation 5: |there + back|^2 = 4 is more than 0.01 * (4 + 0) + 0.5."""
    there, back = still(1, 12), still(1, 12)
    there[..., 0] = 2
    np.testing.assert_array_equal(visible(np.repeat(there, 3, 0), np.repeat(back, 3, 0)), 0)
    back[..., 0] = -2
    seen = visible(np.repeat(there, 3, 0), np.repeat(back, 3, 0))
    np.testing.assert_array_equal(seen[0], [1] * 10 + [0, 0])


def test_half_a_pixel_of_disagreement_is_allowed():
    """0.6^2 = 0.36 is below 0.5; 0.8^2 = 0.64 is above."""
    back = still(3, 12)
    back[..., 0] = 0.6
    assert visible(still(3, 12), back).min() == 1
    back[..., 0] = 0.8
    assert visible(still(3, 12), back).max() == 0


def test_borders_of_what_moves_are_left_out():
    """Equation 6: central differences of a step of 0.2 are 0.1, whose square is above 0.002."""
    there = still(3, 12)
    there[:, 6:, 0] = 0.2
    seen = visible(there, -there)
    np.testing.assert_array_equal(seen[1], [1] * 5 + [0, 0] + [1] * 4 + [0])


def test_the_flow_between_equal_frames_is_nothing():
    frame = scene(32, 32)
    assert np.abs(flow_between(frame, frame)).max() < 0.05
