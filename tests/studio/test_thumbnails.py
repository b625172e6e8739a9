"""Small pictures of the history: by a few sizes only, made once, and not too many."""

import io
import json
import os

import pytest

pytest.importorskip("starlette")
from PIL import Image
from requests_to import HOST, PORT, TOKEN, ask

from tf_nst.errors import UserError
from tf_nst.studio import thumbnails
from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard
from tf_nst.studio.studio import Studio
from tf_nst.studio.thumbnails import Thumbnails


@pytest.fixture
def picture(tmp_path):
    Image.new("RGB", (800, 400), "red").save(tmp_path / "court.png")
    return tmp_path / "court.png"


@pytest.fixture
def kept(tmp_path):
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


def size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def test_a_side_is_one_of_a_few(picture, kept):
    small = Thumbnails(kept)
    sides = (1, 160, 161, 320, 1000, 10**6)
    sizes = [(160, 80), (160, 80), (320, 160), (320, 160), (800, 400), (800, 400)]
    assert [size(small.read(picture, side)) for side in sides] == sizes
    assert len(list(kept.iterdir())) == 4


def test_it_is_made_once_until_the_picture_changes(picture, kept, monkeypatch):
    small = Thumbnails(kept)
    first = small.read(picture, 160)
    with monkeypatch.context() as patch:
        patch.setattr(thumbnails, "read_image", lambda *_: pytest.fail("decoded"))
        assert small.read(picture, 160) == first
    Image.new("RGB", (400, 800), "blue").save(picture)
    os.utime(picture, ns=(1, 1))
    assert size(small.read(picture, 160)) == (80, 160)


def test_only_the_latest_that_were_asked_for_are_kept(tmp_path, kept, monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_KEPT", 2)
    small, names = Thumbnails(kept), ("one", "two", "one", "three")
    for name in names:
        path = tmp_path / f"{name}.png"
        Image.new("RGB", (8, 8)).save(path)
        os.utime(path, ns=(1, 1))
        small.read(path, 160)
    assert {path.name.partition("-")[0] for path in kept.iterdir()} == {"one", "three"}


def test_a_picture_that_is_gone_is_one_line_and_leaves_nothing(tmp_path, kept):
    small = Thumbnails(kept)
    for _ in range(2):
        with pytest.raises(UserError, match=r"gone\.png"):
            small.read(tmp_path / "gone.png", 160)
    assert not list(kept.iterdir())


def test_the_page_is_shown_small_ones_and_saves_the_file(tmp_path, picture):
    folder, name = tmp_path / "history", "20261127-120000-court"
    folder.mkdir()
    picture.rename(folder / f"{name}.png")
    inputs = {"content": {"name": "a.png"}, "style": {"name": "b.png"}}
    record = {"seconds": 1, "steps_made": 2, "sizes": {"picture": [800, 400]}, "inputs": inputs}
    (folder / f"{name}.json").write_text(json.dumps(record))
    (tmp_path / "scratch").mkdir()
    app = Guard(make_app(Studio(folder, tmp_path / "scratch")), TOKEN, [HOST], PORT)
    path = f"/api/history/{name}.png"
    shown = ask(app, "GET", f"{path}?side=320")
    assert (size(shown.body), shown.headers["content-type"]) == ((320, 160), "image/png")
    assert ask(app, "GET", path).body == (folder / f"{name}.png").read_bytes()
    assert size(ask(app, "GET", f"{path}?side=many").body) == (800, 400)
    assert ask(app, "GET", f"/api/history/{name}.json?side=320").body[:1] == b"{"
