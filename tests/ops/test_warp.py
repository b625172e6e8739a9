"""Pictures moved along a flow."""

import numpy as np
import pytest
from reference import counting

from tf_nst.ops.warp import inside, warp

ROW = np.array([[[0.0], [10.0], [20.0], [40.0]]])


def flow(height, width, right=0.0, down=0.0):
    """[height, width, 2]: the same for all pixels."""
    return np.broadcast_to([right, down], (height, width, 2)).astype(np.float64)


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (0.0, [0, 10, 20, 40]),
        (1.0, [10, 20, 40, 40]),
        (-1.0, [0, 0, 10, 20]),
        (0.25, [2.5, 12.5, 25, 40]),
        (9.0, [40, 40, 40, 40]),
    ],
)
def test_a_row_by_hand(right, expected):
    assert warp(ROW, flow(1, 4, right)).ravel().tolist() == expected


@pytest.mark.parametrize(
    ("right", "down", "expected"),
    [
        (0.0, 0.0, [[1, 1], [1, 1]]),
        (1.0, 0.0, [[1, 0], [1, 0]]),
        (-0.1, 0.0, [[0, 1], [0, 1]]),
        (0.0, 0.5, [[1, 1], [0, 0]]),
        (2.0, 0.0, [[0, 0], [0, 0]]),
    ],
)
def test_points_past_the_border_are_outside(right, down, expected):
    assert inside(flow(2, 2, right, down)).astype(int).tolist() == expected


def reference(image, moves):
    """The same in loops, float64."""
    height, width = image.shape[:2]
    result = np.zeros_like(image)
    for row in range(height):
        for column in range(width):
            x = min(max(column + moves[row, column, 0], 0), width - 1)
            y = min(max(row + moves[row, column, 1], 0), height - 1)
            left, top = int(np.floor(x)), int(np.floor(y))
            for r, c in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
                share = max(0, 1 - abs(x - c)) * max(0, 1 - abs(y - r))
                if share:
                    result[row, column] += share * image[r, c]
    return result


def test_any_flow_is_that_of_the_reference():
    image = counting(7, 9)
    moves = np.random.default_rng(1).uniform(-4, 4, (7, 9, 2))
    expected = reference(image, moves)
    np.testing.assert_allclose(warp(image, moves), expected, atol=1e-12)
    single = warp(image.astype(np.float32), moves.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, atol=2e-6)


def test_a_warped_picture_stays_within_its_range():
    moves = np.random.default_rng(2).uniform(-9, 9, (6, 6, 2))
    result = warp(counting(6, 6), moves)
    assert counting(6, 6).min() <= result.min() and result.max() <= counting(6, 6).max()
