"""HEIC, by pillow-heif: upright, in sRGB, at 8 bits."""

import numpy as np
import pytest
from icc_bytes import p3
from PIL import Image as Pillow

from tf_nst.errors import UserError
from tf_nst.io.images import read_image

heif = pytest.importorskip("pillow_heif")
# Rows of 16 pixels of one colour each, so that what is lossy hardly shows.
PIXELS = np.repeat(np.repeat(np.arange(24, dtype=np.uint8).reshape(4, 2, 3) * 10, 16, 0), 16, 1)


def saved(path, **options):
    heif.register_heif_opener()
    Pillow.fromarray(PIXELS).save(path, format="HEIF", quality=95, chroma=444, **options)
    return path


def test_a_heic_is_read_as_a_jpeg_is(tmp_path):
    image = read_image(saved(tmp_path / "a.heic"))
    assert (image.depth, image.alpha, image.notes) == (8, None, ())
    assert np.abs(image.pixels.astype(int) - PIXELS).mean() < 3


def test_a_heic_is_turned_upright_once(tmp_path):
    exif = Pillow.Exif()
    exif[274] = 6
    image = read_image(saved(tmp_path / "a.heic", exif=exif.tobytes()))
    turned = np.rot90(PIXELS, -1)
    assert image.size == turned.shape[:2]
    assert np.abs(image.pixels.astype(int) - turned).mean() < 3


def test_a_profile_is_heeded(tmp_path):
    image = read_image(saved(tmp_path / "a.heic", icc_profile=p3()))
    assert image.profile == p3()
    (note,) = image.notes
    assert "colours converted to sRGB" in note


def test_ten_bits_are_read_as_eight_with_a_note(tmp_path):
    data = (PIXELS.astype(np.uint16) * 257).tobytes()
    heif.from_bytes(mode="RGB;16", size=PIXELS.shape[1::-1], data=data).save(tmp_path / "a.heic")
    image = read_image(tmp_path / "a.heic")
    assert image.depth == 8
    assert image.notes == (f"{tmp_path / 'a.heic'}: HEIC of 10 bits: read as 8 bits",)


def test_a_damaged_heic_is_one_line(tmp_path):
    data = saved(tmp_path / "a.heic").read_bytes()
    (tmp_path / "a.heic").write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match=r"damaged|not an image"):
        read_image(tmp_path / "a.heic")
