"""Nothing of the photograph's metadata travels, unless it is asked for; then in every format."""

import io
import os
import threading

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from tf_nst.config import StylizeConfig
from tf_nst.io.encoding import MOST_OF_EXIF
from tf_nst.io.images import Image, read_image
from tf_nst.io.inputs import read_inputs
from tf_nst.io.kept_exif import kept_exif

FORMATS = ["jpg", "png", "webp", "tif"]
DESCRIPTION, MAKE, ORIENTATION, TIME, EXPOSURE, PLACE = 270, 271, 274, 306, 34665, 34853
TAKEN, WIDTH, NOTES = 36867, 40962, 37500
PIXELS = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(8, 6, 3)
LARGER = np.resize(PIXELS, (32, 32, 3))


@pytest.fixture
def photograph(tmp_path):
    """Writes a photograph that says where it was taken: format -> path."""

    def write(kind: str, pixels=PIXELS):
        exif = Pillow.Exif()
        exif[MAKE], exif[TIME], exif[ORIENTATION] = "Camera", "2020:01:02 03:04:05", 6
        exif[EXPOSURE] = {TAKEN: "2020:01:02 03:04:05", WIDTH: 8, NOTES: b"serial number"}
        exif[PLACE] = {1: "N", 2: (48.0, 51.0, 24.0)}
        path = tmp_path / f"photo.{kind}"
        Pillow.fromarray(pixels).save(path, exif=exif.tobytes())
        return path

    return write


def exif_of(path) -> dict:
    """The tags of a file, less those of TIFF's own structure."""
    with Pillow.open(path) as picture:
        exif = picture.getexif()
        folders = {tag: exif.get_ifd(tag) for tag in (EXPOSURE, PLACE) if exif.get_ifd(tag)}
        return {tag: exif[tag] for tag in (MAKE, TIME, ORIENTATION) if tag in exif} | folders


def exif_kept_of(path) -> bytes:
    """What a painting of this photograph may keep."""
    return read_image(path, with_exif=True).exif


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("depth", [8, 16])
def test_by_default_nothing_of_it_is_written(photograph, tmp_path, kind, depth):
    source = read_image(photograph("jpg"))
    picture = Image.from_float(source.to_float(), depth, None, source.profile)
    picture.save(tmp_path / f"out.{kind}", "input")
    assert exif_of(tmp_path / f"out.{kind}") == {}
    data = (tmp_path / f"out.{kind}").read_bytes()
    assert b"Camera" not in data and b"2020:01:02" not in data and b"photo" not in data


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("source", FORMATS)
def test_on_request_it_is_kept_but_for_what_the_painting_has_of_its_own(
    photograph, tmp_path, kind, source
):
    path = tmp_path / f"out.{kind}"
    write, notes = Image(PIXELS).encode(path, exif=exif_kept_of(photograph(source)))
    with open(path, "wb") as file:
        write(file)
    assert notes == ()
    assert exif_of(path) == {
        MAKE: "Camera",
        TIME: "2020:01:02 03:04:05",
        EXPOSURE: {TAKEN: "2020:01:02 03:04:05"},
        PLACE: {1: "N", 2: (48.0, 51.0, 24.0)},
    }
    np.testing.assert_equal(read_image(path).size, PIXELS.shape[:2])


def test_on_request_it_is_kept_with_16_bits_or_a_line_says_that_it_is_not(photograph, tmp_path):
    pytest.importorskip("tifffile")
    picture, exif = Image(PIXELS.astype(np.uint16) * 257), exif_kept_of(photograph("jpg"))
    write, notes = picture.encode(tmp_path / "out.png", exif=exif)
    with open(tmp_path / "out.png", "wb") as file:
        write(file)
    assert notes == () and exif_of(tmp_path / "out.png")[MAKE] == "Camera"
    assert read_image(tmp_path / "out.png").depth == 16
    _, notes = picture.encode("out.tif", exif=exif)
    assert notes == ("out.tif: a TIFF of 16 bits is written without metadata",)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xe1\x00\x08Exif\0\0"])
def test_a_file_without_readable_metadata_has_none(tmp_path, data):
    exif, (note,) = kept_exif(io.BytesIO(data))
    assert exif == b"" and note == "its metadata cannot be read, none is kept"
    Pillow.fromarray(PIXELS).save(tmp_path / "plain.png")
    plain = read_image(tmp_path / "plain.png", with_exif=True)
    assert plain.exif == b"" and plain.notes == ()


def test_a_line_says_that_metadata_cannot_be_read(tmp_path):
    path = tmp_path / "damaged.png"
    Pillow.fromarray(LARGER).save(path, exif=b"Exif\0\0no TIFF at all")
    content = read_inputs(StylizeConfig(size=32), path, Image(LARGER), keep_metadata=True).content
    assert content.exif == b""
    assert content.notes == (f"{path}: its metadata cannot be read, none is kept",)
    assert read_image(path).notes == ()


@pytest.mark.parametrize("kind", FORMATS)
def test_long_metadata_are_kept_but_in_jpeg_where_a_line_says_so(tmp_path, kind):
    exif = Pillow.Exif()
    exif[DESCRIPTION] = "d" * 70_000
    Pillow.fromarray(PIXELS).save(tmp_path / "photo.webp", exif=exif.tobytes())
    path = tmp_path / f"out.{kind}"
    write, notes = Image(PIXELS).encode(path, exif=exif_kept_of(tmp_path / "photo.webp"))
    with open(path, "wb") as file:
        write(file)
    with Pillow.open(path) as picture:
        kept = picture.getexif().get(DESCRIPTION)
    if kind == "jpg":
        line = "JPEG holds 65,533 bytes of metadata: the photograph's 70,034 are left out"
        assert kept is None and notes == (f"{path}: {line}",)
    else:
        assert kept == exif[DESCRIPTION] and notes == ()


@pytest.mark.parametrize(("count", "lines"), [(MOST_OF_EXIF, 0), (MOST_OF_EXIF + 1, 1)])
def test_as_much_as_a_jpeg_holds_is_written(photograph, count, lines):
    data, file = exif_kept_of(photograph("jpg")).ljust(count, b"\0"), io.BytesIO()
    write, notes = Image(PIXELS).encode("out.jpg", exif=data)
    write(file)
    assert len(notes) == lines and (data in file.getvalue()) == (lines == 0)


def test_it_is_read_on_request_alone(photograph):
    assert read_image(photograph("jpg")).exif == b""


@pytest.mark.posix
@pytest.mark.parametrize("kind", FORMATS)
def test_it_is_kept_of_a_pipe(photograph, tmp_path, kind):
    """Which brings its bytes but once, for the pixels and for the metadata."""
    path, pipe = photograph(kind, LARGER), tmp_path / "pipe"
    expected = exif_kept_of(path)
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(path.read_bytes(),))
    writer.start()
    try:
        inputs = read_inputs(StylizeConfig(size=32), pipe, Image(LARGER), keep_metadata=True)
    finally:
        writer.join()
    assert inputs.content.exif == expected != b""


def test_it_is_kept_of_a_png_with_long_texts(photograph, tmp_path):
    """Pillow refuses compressed ones of more than a megabyte."""
    texts = PngInfo()
    texts.add_text("comment", " " * 2**21, zip=True)
    path = tmp_path / "texts.png"
    with Pillow.open(photograph("png")) as picture:
        picture.save(path, pnginfo=texts, exif=picture.getexif())
    assert exif_kept_of(path) == exif_kept_of(photograph("png")) != b""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("most", [10, 40])
def test_it_is_kept_of_large_pictures(photograph, monkeypatch, most):
    """Past its own limit Pillow warns, past twice as much it refuses."""
    expected = exif_kept_of(photograph("jpg"))
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", most)
    assert exif_kept_of(photograph("jpg")) == expected != b""


def test_a_tiff_file_of_more_than_4_gigabytes_is_a_big_one(tmp_path, monkeypatch):
    monkeypatch.setattr("tf_nst.io.encoding.MOST_OF_TIFF", PIXELS.nbytes - 1)
    Image(PIXELS).save(tmp_path / "out.tif")
    assert (tmp_path / "out.tif").read_bytes()[:4] == b"II\x2b\x00"
    np.testing.assert_array_equal(np.asarray(read_image(tmp_path / "out.tif")), PIXELS)
