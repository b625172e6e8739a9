"""The pictures of the command line, with which the page begins. No painter."""

from types import SimpleNamespace

import pytest

pytest.importorskip("uvicorn")
from PIL import Image
from requests_to import HOST, PORT, TOKEN, ask, post

from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard
from tf_nst.studio.serving import add_pictures
from tf_nst.studio.studio import Studio


@pytest.fixture
def studio(tmp_path):
    for color in ("grey", "red", "blue"):
        Image.new("RGB", (12, 9), color).save(tmp_path / f"{color}.png")
    (tmp_path / "scratch").mkdir()
    return Studio(tmp_path / "history", tmp_path / "scratch")


@pytest.fixture
def app(studio):
    return Guard(make_app(studio), TOKEN, [HOST], PORT)


def give(studio, folder, content, *styles):
    paths = [str(folder / f"{color}.png") for color in styles]
    first = content and str(folder / f"{content}.png")
    add_pictures(studio, SimpleNamespace(content=first, style=",".join(paths)))


def state(app):
    return ask(app, "GET", "/api/state").json


def test_the_state_names_them_by_their_kind(studio, app, tmp_path):
    studio.pictures.take(tmp_path / "red.png", "of an earlier studio")
    give(studio, tmp_path, "grey", "red", "blue")
    names = {it["name"]: it["id"] for it in state(app)["pictures"]}
    styles = [names["of an earlier studio"], names["blue.png"]]
    assert state(app)["given"] == {"content": names["grey.png"], "styles": styles}


def test_without_any_there_are_none(studio, app, tmp_path):
    give(studio, tmp_path, None)
    assert state(app)["given"] is None


def test_once_something_is_painted_a_page_begins_with_that(studio, app, tmp_path):
    give(studio, tmp_path, None, "red")
    given = state(app)["given"]
    assert given["content"] is None
    post(app, "/api/runs", {"content": given["styles"][0], "styles": given["styles"]})
    assert state(app)["given"] is None and len(state(app)["runs"]) == 1
