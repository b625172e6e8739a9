"""A folder of frames that takes the place of an empty one: through a link, or refused before."""

import os
from dataclasses import replace
from fractions import Fraction

import pytest
from clip_files import INFO, evenly, frames, write

from tf_nst.errors import UserError
from tf_nst.video.writing import check_clip_output

pytestmark = pytest.mark.posix
NAMES = ["000001.png", "000002.png"]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("is_there", [True, False], ids=["an empty one", "none"])
def test_a_link_stays_and_the_folder_where_it_leads_is_written(tmp_path, slash, is_there):
    (tmp_path / "disk").mkdir()
    if is_there:
        (tmp_path / "disk" / "target").mkdir()
    os.symlink("disk/target", tmp_path / "painted")
    assert write(f"{tmp_path}/painted{slash}", frames(evenly(2))) == []
    assert (tmp_path / "painted").is_symlink()
    assert sorted(os.listdir(tmp_path / "painted")) == NAMES
    assert os.listdir(tmp_path / "disk") == ["target"]
    assert sorted(os.listdir(tmp_path)) == ["disk", "painted"]


def test_a_link_that_leads_nowhere_is_refused_before(tmp_path):
    os.symlink(tmp_path / "none" / "target", tmp_path / "painted")
    with pytest.raises(UserError, match=f"-o: the folder {tmp_path}/none cannot be written to"):
        check_clip_output(tmp_path / "painted", INFO, "-o")


@pytest.mark.parametrize("name", [".", "link"])
def test_the_working_directory_is_refused_before(tmp_path, monkeypatch, name):
    (tmp_path / "here").mkdir()
    os.symlink(tmp_path / "here", tmp_path / "link")
    monkeypatch.chdir(tmp_path / "here")
    path = name if name == "." else tmp_path / name
    with pytest.raises(UserError, match=f"-o: {path} cannot be replaced"):
        check_clip_output(path, INFO, "-o")


def test_a_mount_point_is_refused_before(tmp_path, monkeypatch):
    (tmp_path / "disk").mkdir()
    os.symlink("disk", tmp_path / "painted")
    monkeypatch.setattr(os.path, "ismount", lambda path: path == str(tmp_path / "disk"))
    for name in ("disk", "painted"):
        with pytest.raises(UserError, match=f"-o: {tmp_path}/{name} cannot be replaced"):
            check_clip_output(tmp_path / name, INFO, "-o")


@pytest.mark.parametrize("name", ["a.webp", "a"])
def test_where_pixels_are_squares_again_a_line_says_so(tmp_path, name):
    info, path = replace(INFO, pixel_aspect=Fraction(16, 15)), tmp_path / name
    line = f"{path}: its pixels are shown as squares, which were 16:15"
    assert check_clip_output(path, info) == [line]
