"""What is refused or reported when a file is read."""

import builtins
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
import tifffile
from picture_files import (
    COLOURS,
    DEEP,
    RED,
    chunk,
    save,
    write_png16,
)
from PIL import Image as Pillow
from PIL import ImageFile

from tf_nst.errors import RunError, UserError
from tf_nst.io.decoding import pillow_settings
from tf_nst.io.images import read_image


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith("--style: ")
    assert "expected" in text
    return text


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("nowhere.png", None, "does not exist"),
        ("empty.jpg", b"", "is empty"),
        ("text.png", b"hello, I am text", "not an image"),
        ("light.hdr", b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "floating-point"),
        ("light.exr", b"\x76\x2f\x31\x01" + bytes(40), "floating-point"),
        ("odd.tif", b"II*\0" + bytes(20), "TIFF"),
        ("drawing.eps", EPS, "vector"),
    ],
)
def test_what_is_not_an_image_is_refused(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as error:
        read_image(tmp_path / name, "--style")
    text = one_line(error)
    assert said in text and name in text


def test_folder_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(tmp_path, "--style")
    assert "is a folder" in one_line(error)


def test_unreadable_is_refused(tmp_path, monkeypatch):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))

    def deny(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(builtins, "open", deny)
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "cannot be read (Permission denied)" in one_line(error)


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tif", "gif", "bmp"])
@pytest.mark.parametrize("tolerant", [False, True])
def test_truncated_is_refused(tmp_path, monkeypatch, extension, tolerant):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
    path = save(tmp_path / f"a.{extension}", Pillow.fromarray(noise))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "damaged" in one_line(error)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is tolerant


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_truncated_16_bits_are_refused(tmp_path, extension):
    noise = np.random.default_rng(0).integers(0, 65536, (40, 40, 3)).astype(np.uint16)
    path = tmp_path / f"a.{extension}"
    if extension == "png":
        write_png16(path, noise)
    else:
        tifffile.imwrite(path, noise, photometric="rgb")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UserError) as error:
        read_image(path, "--style")
    assert "damaged" in one_line(error)


@pytest.mark.parametrize("depth", [8, 16])
def test_png_without_its_end_mark_is_whole(tmp_path, depth):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))
    if depth == 16:
        write_png16(path, DEEP)
    path.write_bytes(path.read_bytes()[:-12])
    assert read_image(path, "--style").depth == depth


@pytest.mark.parametrize("dtype", [np.float32, np.uint32])
def test_32_bit_tiff_is_refused(tmp_path, dtype):
    for array, options in ((DEEP[..., 0], {}), (DEEP, {"photometric": "rgb"})):
        tifffile.imwrite(tmp_path / "a.tif", array.astype(dtype), **options)
        with pytest.raises(UserError) as error:
            read_image(tmp_path / "a.tif", "--style")
        assert "8 or 16 bits" in one_line(error)


def test_lab_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(save(tmp_path / "a.tif", Pillow.new("LAB", (2, 2))), "--style")
    assert "L*a*b*" in one_line(error)


def bomb(path, width, height):
    """A PNG that declares a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = chunk(b"IDAT", zlib.compress(b"\0"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + idat + chunk(b"IEND", b""))
    return path


def test_declared_size_is_checked_before_decoding(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(bomb(tmp_path / "a.png", 50000, 20000), "--style")
    text = one_line(error)
    assert "at most 500 megapixels" in text
    assert "received 50000×20000 (1000.0 megapixels)" in text


def test_limit_is_inclusive(tmp_path):
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))
    assert read_image(path, max_pixels=6).height == 2
    with pytest.raises(UserError, match="too large"):
        read_image(path, max_pixels=5)


def test_zero_size_is_refused(tmp_path):
    with pytest.raises(UserError) as error:
        read_image(bomb(tmp_path / "a.png", 0, 5), "--style")
    one_line(error)


def test_pillows_own_limit_neither_acts_nor_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 2)
    path = save(tmp_path / "a.png", Pillow.fromarray(COLOURS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(read_image(path).pixels, COLOURS)
        with pytest.raises(UserError):
            read_image(tmp_path / "nowhere.png")
        with pytest.raises(UserError):
            read_image(path, max_pixels=1)
    assert Pillow.MAX_IMAGE_PIXELS == 2


def global_settings():
    return Pillow.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)


def test_threads_that_read_at_once_restore_what_was_before_the_first(monkeypatch):
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 2)
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    before, steps = global_settings(), [threading.Event() for _ in range(3)]

    def first():
        with pillow_settings():
            steps[0].set()
            steps[1].wait(60)
        steps[2].set()

    thread = threading.Thread(target=first)
    thread.start()
    steps[0].wait(60)
    with pillow_settings():
        steps[1].set()
        assert steps[2].wait(60)
        assert global_settings()[:2] == (None, False)
    thread.join()
    assert global_settings() == before


def test_lack_of_memory_is_reported(tmp_path, monkeypatch):
    def fail(*args):
        raise MemoryError

    monkeypatch.setattr("tf_nst.io.decoding.read", fail)
    with pytest.raises(RunError, match="memory"):
        read_image(save(tmp_path / "a.png", Pillow.fromarray(COLOURS)))


def test_one_pixel_loads(tmp_path):
    image = read_image(save(tmp_path / "a.png", Pillow.new("RGB", (1, 1), RED)))
    assert image.pixels.tolist() == [[list(RED)]]
