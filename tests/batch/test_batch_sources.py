"""Which pictures folders and patterns stand for, and where paintings may be written."""

import pytest
from batches import write_picture

from tf_nst.batch.sources import (
    check_out,
    check_stems,
    list_pictures,
    stem_of,
    without_paintings,
)
from tf_nst.errors import UserError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_its_pictures_by_name(here):
    for name in ("b.png", "a.png", "inner/c.png"):
        write_picture(here / "photos" / name)
    (here / "photos" / "broken.JPG").write_bytes(b"")
    (here / "photos" / "notes.txt").write_text("no picture")
    (here / "photos" / ".hidden.png").write_bytes(b"")
    (here / "photos" / "scan").write_bytes((here / "photos" / "a.png").read_bytes())
    names = ["a.png", "b.png", "broken.JPG", "scan"]
    assert list_pictures("photos", "--photos") == [f"photos/{name}" for name in names]


@pytest.mark.posix
def test_links_that_lead_nowhere_count_as_pictures_that_fail(here):
    write_picture(here / "photos" / "b.png")
    for name in ("a.jpg", "notes.txt", ".hidden.png"):
        (here / "photos" / name).symlink_to("gone")
    assert list_pictures("photos", "--photos") == ["photos/a.jpg", "photos/b.png"]
    assert list_pictures("photos/*", "--photos") == ["photos/a.jpg", "photos/b.png"]


def test_a_pattern_and_a_picture_stand_for_files(here):
    write_picture(here / "photos" / "a.png")
    write_picture(here / "photos" / "inner" / "b.png")
    write_picture(here / "odd[1].png")
    assert list_pictures("photos/*.png", "--photos") == ["photos/a.png"]
    assert list_pictures("photos/**/*.png", "--photos") == ["photos/a.png", "photos/inner/b.png"]
    assert list_pictures("odd[1].png", "--photos") == ["odd[1].png"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("empty", "--photos: expected a folder of pictures, received empty, one that is empty"),
        ("texts", "--photos: expected a folder of pictures, received texts, one without pictures"),
        ("gone", "--photos: expected a folder, a pattern or a picture, received gone, which does"),
        ("texts/*.jpg", "--photos: expected a pattern that files match, received texts/*.jpg"),
    ],
)
def test_what_stands_for_no_picture_is_refused(here, text, line):
    (here / "empty").mkdir()
    (here / "texts").mkdir()
    (here / "texts" / "a.txt").write_text("no picture")
    with pytest.raises(UserError) as refused:
        list_pictures(text, "--photos")
    assert str(refused.value).startswith(line)


def test_names_stand_before_their_endings():
    assert [stem_of(path) for path in ("a/b.c.jpg", "b", "gs://x/y.png")] == ["b.c", "b", "y"]
    check_stems(["a.png", "b.png", "a.b.png"], "--photos", "{}.png")
    with pytest.raises(UserError, match=r"--photos: .* received p/a.jpg and p/a.png, .* to a.png"):
        check_stems(["p/a.jpg", "p/a.png"], "--photos", "{}.png")


@pytest.mark.parametrize(
    ("out", "text", "line"),
    [
        ("photos", "photos", "--out and --photos: expected a folder elsewhere, received photos"),
        ("photos/out", "photos", "--out and --photos: .* photos/out, which lies in photos"),
        ("photos/a.png", "photos", "--out: expected a folder, received photos/a.png, .* a file"),
        ("out", "**/*.png", r"--out and --photos: expected a pattern .* out/s/a.png in out"),
    ],
)
def test_paintings_are_not_written_among_photographs(here, out, text, line):
    write_picture(here / "photos" / "a.png")
    write_picture(here / "out" / "s" / "a.png")
    with pytest.raises(UserError, match=line):
        check_out(out, [("--photos", text)])


def test_a_folder_beside_the_photographs_is_written_to(here):
    write_picture(here / "photos" / "a.png")
    check_out("photographs", [("--photos", "photos"), ("--styles", "photos/*.png")])


def test_a_pattern_goes_on_past_the_paintings_of_its_batch(here):
    write_picture(here / "photos" / "a.png")
    write_picture(here / "out" / "s" / "a.png")
    (here / "out" / "journal.jsonl").touch()
    check_out("out", [("--photos", "**/*.png")])
    paths = list_pictures("**/*.png", "--photos")
    assert paths == ["out/s/a.png", "photos/a.png"]
    assert without_paintings(paths, "out") == ["photos/a.png"]
    assert without_paintings(paths, "elsewhere") == paths
