"""Masks as planes: white is 1, alpha is the mask, edges fade inwards."""

import numpy as np

from tf_nst.io.images import Image
from tf_nst.io.planes import feathered, plane_of, resized_plane


def grey(*codes: int) -> np.ndarray:
    return np.uint8(np.repeat(np.reshape(codes, (1, -1, 1)), 3, axis=2))


def test_white_is_1_and_black_0():
    plane, note = plane_of(Image(grey(0, 51, 255)))
    np.testing.assert_array_equal(plane, np.float32([[0, 0.2, 1]]))
    assert note is None


def test_alpha_is_the_mask_where_there_is_some():
    image = Image(grey(0, 0, 255), np.uint8([[255, 51, 0]]), name="sky.png")
    plane, note = plane_of(image)
    np.testing.assert_array_equal(plane, np.float32([[1, 0.2, 0]]))
    assert note == "sky.png has transparency: its alpha is the mask"
    opaque = Image(grey(0, 0, 255), np.uint8([[255, 255, 255]]))
    np.testing.assert_array_equal(plane_of(opaque)[0], [[0, 0, 1]])


def test_another_size_keeps_white_and_black():
    plane = np.zeros((6, 8), np.float32)
    plane[:, 4:] = 1
    larger = resized_plane(plane, 9, 17)
    assert larger.shape == (9, 17) and larger.dtype == np.float32
    assert set(np.unique(larger[:, :6])) == {0} and set(np.unique(larger[:, 11:])) == {1}
    assert resized_plane(plane, 6, 8) is plane


def test_an_edge_fades_over_so_many_pixels_and_borders_do_not():
    plane = np.float32([[0, 0, 1, 1, 1, 1, 1]])
    faded = feathered(plane, 2)
    np.testing.assert_allclose(
        faded, np.float32([[0, 0, 0, 1 / 3, 2 / 3, 1, 1]])[:, [0, 0, 3, 4, 5, 5, 5]]
    )
    np.testing.assert_array_equal(feathered(np.ones((3, 4), np.float32), 2), np.ones((3, 4)))
    assert feathered(plane, 0) is plane
    np.testing.assert_array_equal(feathered(plane, 1), faded)


def test_a_wide_edge_is_a_ramp():
    plane = np.zeros((40, 5), np.float32)
    plane[10:] = 1
    column = feathered(plane, 10)[:, 2]
    assert (column[:10] == 0).all() and (column[20:] == 1).all()
    np.testing.assert_allclose(np.diff(column[10:20]), 1 / 11, atol=1e-6)
