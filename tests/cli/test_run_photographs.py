"""What the photograph brings: alpha, depth, colour profile, notes."""

import numpy as np
import pytest
from command_line import (
    assert_fine,
    counted,
    pixels,
    settings,
)
from PIL import Image as Pillow
from PIL import ImageCms

from tf_nst.io.images import Image, read_image
from tf_nst.io.profiles import srgb_profile

pytestmark = pytest.mark.usefixtures("one_engine")


def test_the_alpha_of_the_photograph_is_the_pictures(folder, paint_here):
    rgba = counted(48, 64, 4)
    rgba[..., 3] = np.where(np.arange(64) < 32, 255, 90)
    Pillow.fromarray(rgba).save(folder / "photo.png")
    assert paint_here("--size=64", "--output=out.png").code == 0
    painted = pixels(folder / "out.png")
    np.testing.assert_array_equal(painted[..., 3], rgba[..., 3])
    assert (painted[..., :3] != rgba[..., :3]).any()


def test_a_jpeg_of_a_photograph_with_alpha_has_a_note(folder, paint_here):
    Pillow.fromarray(counted(48, 64, 4)).save(folder / "photo.png")
    ran = paint_here("--output=out.jpg")
    assert_fine(ran)
    assert "note: out.jpg: JPEG has no transparency: the picture is put on white" in ran.out


def test_a_photograph_of_16_bits_gives_a_png_of_16_bits(folder, paint_here):
    Image(counted(48, 64, dtype=np.uint16)).save(folder / "photo.png")
    assert paint_here("--output=out.png").code == 0
    painted = pixels(folder / "out.png")
    assert painted.dtype == np.uint16
    assert (painted % 257 != 0).any()


def test_the_profile_of_the_photograph_is_kept_on_request(folder, paint_here):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    marked = profile[:24] + bytes(12) + profile[36:]
    Pillow.fromarray(counted(48, 64)).save(folder / "photo.png", icc_profile=marked)
    paint_here("--output_profile=input", "--output=kept.png")
    assert read_image(folder / "kept.png").profile == marked
    assert srgb_profile() != marked
    assert settings(folder / "kept.cfg")["output_profile"] == "input"


def test_notes_on_the_inputs_are_printed(folder, paint_here):
    frames = [Pillow.fromarray(counted(40, 40)), Pillow.fromarray(counted(40, 40)[::-1])]
    frames[0].save(folder / "painting.gif", save_all=True, append_images=frames[1:])
    ran = paint_here("--style=painting.gif", "--output=out.png")
    assert "note: painting.gif: animated: the first of 2 frames is used" in ran.out
