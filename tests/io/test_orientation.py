"""Pictures are turned upright, at 8 and at 16 bits."""

import numpy as np
import pytest
import tifffile
from picture_files import COLOURS, DEEP, DEEP_ALPHA, chunk, dstack, save, write_png16
from PIL import Image as Pillow

from tf_nst.io.images import read_image

ORIENTED = {  # what the stored rows [[red, green, blue], [white, black, dark]] look like upright
    1: [[0, 1, 2], [3, 4, 5]],
    2: [[2, 1, 0], [5, 4, 3]],
    3: [[5, 4, 3], [2, 1, 0]],
    4: [[3, 4, 5], [0, 1, 2]],
    5: [[0, 3], [1, 4], [2, 5]],
    6: [[3, 0], [4, 1], [5, 2]],
    7: [[5, 2], [4, 1], [3, 0]],
    8: [[2, 5], [1, 4], [0, 3]],
}


def orientation_exif(orientation):
    exif = Pillow.Exif()
    exif[274] = orientation
    return exif


@pytest.mark.parametrize("orientation", ORIENTED)
@pytest.mark.parametrize("extension", ["png", "tif"])
def test_orientation_turns_pixels_and_alpha(tmp_path, orientation, extension):
    alpha = np.arange(6, dtype=np.uint8).reshape(2, 3) + 1
    picture = Pillow.fromarray(dstack(COLOURS, alpha))
    path = save(tmp_path / f"a.{extension}", picture, exif=orientation_exif(orientation))
    image = read_image(path)
    upright = np.array(ORIENTED[orientation])
    np.testing.assert_array_equal(image.alpha, upright + 1)
    np.testing.assert_array_equal(image.pixels, COLOURS.reshape(6, 3)[upright])
    assert image.pixels.flags.c_contiguous


def test_orientation_of_16_bits(tmp_path):
    exif = chunk(b"eXIf", orientation_exif(6).tobytes().removeprefix(b"Exif\0\0"))
    image = read_image(write_png16(tmp_path / "a.png", dstack(DEEP, DEEP_ALPHA), exif))
    upright = np.array(ORIENTED[6])
    np.testing.assert_array_equal(image.pixels, DEEP.reshape(6, 3)[upright])
    np.testing.assert_array_equal(image.alpha, DEEP_ALPHA.ravel()[upright])
    tifffile.imwrite(
        tmp_path / "a.tif", DEEP, photometric="rgb", extratags=[(274, "H", 1, 6, True)]
    )
    np.testing.assert_array_equal(
        read_image(tmp_path / "a.tif").pixels, DEEP.reshape(6, 3)[upright]
    )
