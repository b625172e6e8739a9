"""Shapes of photographs from the first bytes of their files."""

import pytest
from batches import write_picture
from PIL import Image

from tf_nst.batch.plan import Job
from tf_nst.batch.shapes import largest_of, shape_of, shapes_of


def job_of(path, **flags: str) -> Job:
    return Job(str(path), "s.png", f"s/{path.stem}.png", {"size": "32"} | flags)


@pytest.fixture
def wide(tmp_path):
    return write_picture(tmp_path / "wide.png", 48, 64)


def test_a_photograph_is_painted_at_its_size_of_the_flags(wide):
    assert shape_of(job_of(wide), str(wide)) == (24, 32)
    assert shape_of(job_of(wide, size="48"), open(wide, "rb")) == (36, 48)


def test_a_photograph_that_was_taken_upright_is_upright(wide, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(wide) as picture:
        picture.save(tmp_path / "turned.jpg", exif=exif)
    turned = tmp_path / "turned.jpg"
    assert shape_of(job_of(turned), str(turned)) == (32, 24)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_file_has_none(tmp_path, data):
    (tmp_path / "broken.png").write_bytes(data)
    assert shape_of(job_of(tmp_path / "broken.png"), str(tmp_path / "broken.png")) is None


def test_the_largest_is_what_processes_are_asked_for(wide, tmp_path):
    jobs = [job_of(tmp_path / "gone.png"), job_of(wide), job_of(tmp_path / "gone2.png")]
    shapes = shapes_of(jobs)
    assert shapes == {"s/gone.png": None, "s/wide.png": (24, 32), "s/gone2.png": None}
    assert largest_of(jobs, shapes) == {"flags": {"size": "32"}, "shape": (24, 32)}
    assert largest_of(jobs[:1], shapes) == {"flags": {"size": "32"}, "shape": (32, 32)}
