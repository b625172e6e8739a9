"""What the client sends of a picture file."""

import io

import numpy as np
import pytest
from answering import counted, encoded
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.images import Image, read_image
from tf_nst.io.metadata.declared import by_code_points
from tf_nst.serving.sending import picture_to_send


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "BMP"])
def test_an_upright_picture_is_sent_unchanged(tmp_path, kind):
    data = encoded(counted(20, 30), kind)
    (tmp_path / "photo").write_bytes(data)
    assert picture_to_send(str(tmp_path / "photo"), "--content").data == data


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_picture_is_sent_upright(tmp_path, orientation):
    exif = Pillow.Exif()
    exif[274] = orientation
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(counted(20, 30), "PNG", exif=exif))
    sent = Pillow.open(io.BytesIO(picture_to_send(str(path), "--content").data))
    assert sent.getexif().get(274, 1) == 1
    assert sent.size == ((20, 30) if orientation > 4 else (30, 20))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("most", [10, 500])
def test_pillows_own_limits_do_not_matter(tmp_path, monkeypatch, most):
    """Past it Pillow warns, past twice as much it refuses."""
    data = encoded(counted(20, 30), "PNG")
    (tmp_path / "photo").write_bytes(data)
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", most)
    assert picture_to_send(str(tmp_path / "photo"), "--content").data == data


@pytest.mark.parametrize("kind", ["TIFF", "GIF"])
def test_a_format_that_the_graph_does_not_take_is_sent_as_png(tmp_path, kind):
    (tmp_path / "photo").write_bytes(encoded(counted(20, 30), kind))
    sent = picture_to_send(str(tmp_path / "photo"), "--content").data
    assert Pillow.open(io.BytesIO(sent)).format == "PNG"


def test_what_is_no_picture_is_refused_before_it_is_sent(tmp_path):
    (tmp_path / "photo").write_bytes(b"Dear diary")
    with pytest.raises(UserError, match=r"--content: .*photo is not an image"):
        picture_to_send(str(tmp_path / "photo"), "--content")


def test_other_colours_are_sent_in_srgb(tmp_path):
    """Display P3."""
    profile, _ = by_code_points(12, 13)
    (tmp_path / "photo").write_bytes(encoded(counted(20, 30), "PNG", icc_profile=profile))
    sent = picture_to_send(str(tmp_path / "photo"), "--content")
    pixels = np.asarray(Pillow.open(io.BytesIO(sent.data)))
    np.testing.assert_array_equal(pixels, read_image(tmp_path / "photo").pixels)
    assert (pixels != counted(20, 30)).any()


def test_what_is_hidden_is_not_sent(tmp_path):
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[:9] = 0
    sent = []
    for hidden in (0, 255):
        pixels = counted(20, 30).copy()
        pixels[:9] = hidden
        Image(pixels, alpha).save(tmp_path / "photo.png")
        sent.append(picture_to_send(str(tmp_path / "photo.png"), "--content"))
    assert sent[0].data == sent[1].data
    assert Pillow.open(io.BytesIO(sent[0].data)).mode == "RGB"
    np.testing.assert_array_equal(sent[0].image.alpha, alpha)
