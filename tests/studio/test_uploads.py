"""Pictures that are given: bounded before they are decoded, seen upright, named by the server."""

import hashlib
import io
import os

import numpy as np
import pytest

pytest.importorskip("starlette")
from PIL import Image
from requests_to import HOST, PORT, TOKEN, ask, post

from tf_nst.studio import pictures as studio_pictures
from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard
from tf_nst.studio.routes import pictures as routes
from tf_nst.studio.studio import Studio


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.fixture
def app(tmp_path, scratch):
    """A studio whose painter was not started."""
    return Guard(make_app(Studio(tmp_path / "history", scratch)), TOKEN, [HOST], PORT)


def encoded(height=6, width=8, kind="PNG", **options) -> bytes:
    buffer = io.BytesIO()
    ramp = np.arange(height * width * 3).reshape(height, width, 3).astype(np.uint8)
    Image.fromarray(ramp).save(buffer, kind, **options)
    return buffer.getvalue()


def id_of(data, kind="p") -> str:
    return kind + hashlib.sha256(data).hexdigest()[:16]


PICTURE = id_of(encoded())


def upload(app, data, query="name=court.png"):
    return ask(app, "POST", f"/api/pictures?{query}", body=data)


def test_a_picture_is_listed_and_shown(app):
    answer = upload(app, encoded())
    shown = {"id": PICTURE, "name": "court.png", "width": 8, "height": 6, "notes": []}
    assert answer.json == shown
    assert ask(app, "GET", "/api/state").json["pictures"] == [answer.json]
    shown = ask(app, "GET", f"/api/pictures/{PICTURE}.png")
    assert shown.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(shown.body)).size == (8, 6)


def test_a_photograph_that_was_taken_sideways_is_upright(app):
    exif = Image.Exif()
    exif[0x0112] = 6
    answer = upload(app, encoded(40, 80, "JPEG", exif=exif))
    assert (answer.json["width"], answer.json["height"]) == (40, 80)
    shown = ask(app, "GET", f"/api/pictures/{answer.json['id']}.png?side=320")
    assert Image.open(io.BytesIO(shown.body)).size == (40, 80)


def test_it_is_shown_no_larger_than_is_asked_for_and_by_a_few_sizes_only(app):
    path = f"/api/pictures/{upload(app, encoded(300, 600)).json['id']}.png"
    sizes = {
        side: Image.open(io.BytesIO(ask(app, "GET", f"{path}{side}").body)).size
        for side in ("?side=100", "?side=161", "?side=x", "?side=-3", "?side=99999999999", "")
    }
    assert sizes == {
        **{"?side=100": (160, 80), "?side=161": (320, 160), "?side=x": (600, 300)},
        **{"?side=-3": (600, 300), "?side=99999999999": (600, 300), "": (600, 300)},
    }


def test_a_mask_is_no_picture_of_the_shelf(app):
    mask = id_of(encoded(), "m")
    assert upload(app, encoded(), "name=mask.png&mask=1").json["id"] == mask
    assert ask(app, "GET", "/api/state").json["pictures"] == []
    assert ask(app, "GET", f"/api/pictures/{mask}.png").status == 200
    assert upload(app, encoded()).json["id"] == PICTURE


def test_an_id_is_of_one_picture_whenever_it_is_given(app, tmp_path, scratch):
    """What a page remembers of an earlier studio is no other picture in this one."""
    first, other = upload(app, encoded()), upload(app, encoded(7, 8))
    assert upload(app, encoded(), "name=again.png").json == first.json
    assert len({path.name.partition("-")[0] for path in (scratch / "pictures").iterdir()}) == 2
    (tmp_path / "later").mkdir()
    later = studio_pictures.Pictures(tmp_path / "later")
    for data in (encoded(7, 8), encoded()):
        path = later.new_path()
        path.write_bytes(data)
        later.add(path, "a.png")
    assert [it["id"] for it in later.shown()] == [other.json["id"], first.json["id"]]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "..", "", "a\nb", "\0", "x" * 5000, "%"]
)
def test_a_name_becomes_no_path(app, scratch, tmp_path, name):
    from urllib.parse import quote

    before = {path for path in tmp_path.rglob("*") if path.parent != scratch / "pictures"}
    answer = upload(app, encoded(), f"name={quote(name)}")
    assert answer.status == 200 and "\n" not in answer.json["name"]
    assert len(answer.json["name"]) <= 200
    assert {path for path in tmp_path.rglob("*") if path.parent != scratch / "pictures"} == before
    names = {path.name for path in (scratch / "pictures").iterdir()}
    assert all(name == PICTURE or name.startswith(f"{PICTURE}-") for name in names)


@pytest.mark.parametrize(
    "path", [f"..%2F{PICTURE}", "p2", f"{PICTURE}%00", f"{PICTURE}-160", "new1", "."]
)
def test_only_ids_lead_to_pictures(app, path):
    upload(app, encoded())
    assert ask(app, "GET", f"/api/pictures/{path}.png").status in (400, 404)


def test_too_many_bytes_are_refused_before_the_last_is_read(app, scratch, monkeypatch):
    monkeypatch.setattr(routes, "MOST_BYTES", 1000)
    answer = upload(app, [encoded(), b"x" * 600, b"x" * 600, b"never"])
    assert answer.status == 400
    assert answer.json["error"] == "picture: expected at most 0 MiB, received more"
    assert not os.listdir(scratch / "pictures")


@pytest.mark.parametrize("length", [str(10**12), "9" * 5000])
def test_a_length_that_is_declared_too_large_is_refused_at_once(app, length):
    answer = ask(app, "POST", "/api/pictures?name=a", {"content-length": length})
    assert answer.status == 400 and "at most 64 MiB" in answer.json["error"]


def test_too_many_pixels_are_refused_by_the_header(app, scratch, monkeypatch):
    monkeypatch.setattr(studio_pictures, "MOST_PIXELS", 47)
    data = encoded(6, 8)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    answer = upload(app, data)
    assert answer.status == 400 and "court.png is too large" in answer.json["error"]
    assert not os.listdir(scratch / "pictures")


@pytest.mark.parametrize(
    "data", [b"", b"no picture", b"<svg/>", encoded(60, 80)[:150], b"\x89PNG" * 9]
)
def test_what_is_no_picture_is_one_line_with_its_name_and_leaves_nothing(app, scratch, data):
    answer = upload(app, data)
    assert answer.status == 400
    line = answer.json["error"]
    assert line.startswith("court.png ") and str(scratch) not in line and "\n" not in line
    assert not os.listdir(scratch / "pictures")


def test_too_many_pictures_are_refused(app, scratch, monkeypatch):
    monkeypatch.setattr(studio_pictures, "MOST_PICTURES", 1)
    assert upload(app, encoded()).status == 200
    before = set(os.listdir(scratch / "pictures"))
    answer = upload(app, encoded(7, 8))
    assert answer.json["error"] == "expected at most 1 pictures, received one more"
    assert set(os.listdir(scratch / "pictures")) == before


def test_neither_a_picture_that_is_there_nor_a_mask_is_one_too_many(app, monkeypatch):
    """Each stroke of the brush may bring a mask."""
    monkeypatch.setattr(studio_pictures, "MOST_PICTURES", 1)
    for height in (7, 9):
        assert upload(app, encoded(height, 8), "name=mask.png&mask=1").status == 200
    assert upload(app, encoded()).status == 200
    assert upload(app, encoded()).json["id"] == PICTURE
    assert upload(app, encoded(11, 8), "name=mask.png&mask=1").status == 200


def test_while_the_painter_starts_an_estimate_is_refused_at_once(app):
    upload(app, encoded(60, 80))
    (shown,) = ask(app, "GET", "/api/state").json["pictures"]
    body = {"content": shown["id"], "styles": [shown["id"]]}
    answer = post(app, "/api/estimate", body)
    assert answer.status == 503
    assert answer.json == {"error": "the painter is still starting; try again in a moment"}
    assert post(app, "/api/estimate", body | {"settings": {"size": 0}}).status == 400


def test_a_preset_brings_its_two_pictures(app):
    answer = post(app, "/api/presets/monet").json
    assert answer["settings"] == {"preset": "monet", "size": 384}
    shown = {it["id"]: it["name"] for it in ask(app, "GET", "/api/state").json["pictures"]}
    assert shown == {answer["content"]: "louvre_court.jpg", answer["styles"][0]: "water_garden.jpg"}


def test_a_recipe_brings_its_settings_alone(app):
    answer = post(app, "/api/presets/gatys").json
    assert (answer["content"], answer["styles"]) == (None, [])
    assert answer["settings"]["style_weight"] == 10


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fpyproject"])
def test_an_unknown_preset_is_one_line(app, name):
    assert post(app, f"/api/presets/{name}").status in (400, 404)
    assert ask(app, "GET", f"/api/presets/{name}.jpg").status in (400, 404)
