"""What the client sends of a picture file."""

import io

import numpy as np
import pytest
from answering import counted, encoded
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.images import Image, read_image
from tf_nst.io.metadata.declared import by_code_points
from tf_nst.serving import headers, stripping
from tf_nst.serving.sending import mask_to_send, picture_to_send
from tf_nst.serving.stripping import stripped_jpeg


def sent_picture(path) -> Pillow.Image:
    return Pillow.open(io.BytesIO(picture_to_send(str(path), "--content").data))


def photograph() -> dict:
    """Options of a file that says where and by whom it was taken."""
    exif = Pillow.Exif()
    exif[271], exif.get_ifd(0x8825)[1] = "SECRET maker", "N"
    return {"exif": exif, "comment": b"SECRET"}


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"restart_marker_blocks": 1}])
def test_of_a_jpeg_its_scans_are_sent_and_no_metadata(tmp_path, mode, more):
    """The same pixels, not encoded again."""
    picture, path = Pillow.fromarray(counted(40, 50)).convert(mode), tmp_path / "photo"
    picture.save(path, "JPEG", **photograph(), **more)
    path.write_bytes(path.read_bytes() + b"SECRET film" + path.read_bytes())
    data = picture_to_send(str(path), "--content").data
    assert b"SECRET" in path.read_bytes() and b"SECRET" not in data and b"Exif" not in data
    assert not {"exif", "comment", "icc_profile"} & set(Pillow.open(io.BytesIO(data)).info)
    np.testing.assert_array_equal(Pillow.open(io.BytesIO(data)), Pillow.open(path))
    start = data.index(b"\xff\xda")
    assert data[start:] in path.read_bytes()


@pytest.mark.parametrize("kind", ["PNG", "WebP", "BMP", "TIFF", "GIF"])
def test_another_format_is_sent_as_a_png_without_metadata(tmp_path, kind):
    more = photograph() if kind in ("PNG", "WebP", "TIFF") else {}
    (tmp_path / "photo").write_bytes(encoded(counted(20, 30), kind, **more))
    data = picture_to_send(str(tmp_path / "photo"), "--content").data
    sent = Pillow.open(io.BytesIO(data))
    assert (sent.format, sent.mode, b"SECRET" in data) == ("PNG", "RGB", False)
    np.testing.assert_array_equal(sent, read_image(tmp_path / "photo").pixels)


PLAIN = encoded(counted(40, 50), "JPEG")
SCAN = PLAIN.index(b"\xff\xda")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8",
        PLAIN[:-2],
        PLAIN[:SCAN],
        PLAIN[:100],
        PLAIN[:SCAN] + PLAIN[SCAN:-2] * 33 + PLAIN[-2:],
        PLAIN.replace(b"\xff\xc0", b"\xff\xc9"),
        b"\xff\xd8\xff\xd9",
    ],
)
def test_a_jpeg_that_is_not_plain_is_not_stripped(data):
    assert stripped_jpeg(data) is None


def test_the_client_and_the_export_agree_on_scans():
    assert stripping.MOST_SCANS == headers.MOST_SCANS


def test_cmyk_is_sent_as_rgb(tmp_path):
    Pillow.fromarray(counted(20, 30)).convert("CMYK").save(tmp_path / "photo", "JPEG")
    assert (sent_picture(tmp_path / "photo").format, sent_picture(tmp_path / "photo").mode) == (
        "PNG",
        "RGB",
    )


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
    (tmp_path / "photo").write_bytes(PLAIN)
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", most)
    data = picture_to_send(str(tmp_path / "photo"), "--content").data
    assert data[:3] == PLAIN[:3]


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


def test_of_a_mask_its_light_is_sent_or_its_alpha(tmp_path):
    path = str(tmp_path / "mask.png")
    light, alpha = np.uint8([[0, 51], [255, 128]]), np.uint8([[255, 0], [7, 255]])
    Image(np.repeat(light[..., None], 3, axis=2)).save(path)
    data, notes = mask_to_send(path, "--mask")
    np.testing.assert_array_equal(Pillow.open(io.BytesIO(data)), light)
    assert notes == []
    Image(np.zeros((2, 2, 3), np.uint8), alpha).save(path)
    data, notes = mask_to_send(path, "--mask")
    np.testing.assert_array_equal(Pillow.open(io.BytesIO(data)), alpha)
    assert notes == [f"--mask: {path} has transparency: its alpha is the mask"]
