"""The pictures that a finished one was painted of, for another studio. No painter."""

import hashlib
import io
import json
import os

import pytest

pytest.importorskip("starlette")
from PIL import Image
from requests_to import HOST, PORT, TOKEN, ask, post

from tf_nst.io.state_file import write_state
from tf_nst.studio.app import make_app
from tf_nst.studio.guard import Guard
from tf_nst.studio.history import STUDIO
from tf_nst.studio.studio import Studio
from tf_nst.version import VERSION

NAME = "20261127-120000-court"
PATH = f"/api/history/{NAME}/pictures"


def png(color: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (12, 9), color).save(target, "PNG")
    return target.getvalue()


def digest(color: str) -> str:
    return hashlib.sha256(png(color)).hexdigest()[:16]


def source(color: str) -> str:
    return f"./sources/{digest(color)}.png"


ARGUMENTS = {"content": source("grey"), "style": f"{source('red')},{source('blue')}"}
MASKS = {"mask": f"{source('white')},{source('black')}", "keep": source("black")}
NAMES = {"name": "Court.JPG", "style_names": ["garden.jpg", "wave.jpg"]}


@pytest.fixture
def folder(tmp_path):
    """A history with one picture."""
    (tmp_path / "history/sources").mkdir(parents=True)
    for color in ("grey", "red", "blue", "white", "black"):
        (tmp_path / "history" / source(color)).write_bytes(png(color))
    (tmp_path / "history" / f"{NAME}.png").write_bytes(png("green"))
    write(tmp_path / "history", {**NAMES, "arguments": ARGUMENTS})
    return tmp_path / "history"


def write(folder, studio):
    inputs = {"content": {"name": "a.png"}, "style": {"name": "b.png"}}
    record = {"seconds": 1, "steps_made": 2, "sizes": {"picture": [12, 9]}, "inputs": inputs}
    (folder / f"{NAME}.json").write_text(json.dumps(record | {STUDIO: studio}))


@pytest.fixture
def app(folder):
    """Another studio; its painter is not started."""
    (folder.parent / "scratch").mkdir()
    studio = Studio(folder, folder.parent / "scratch")
    return Guard(make_app(studio), TOKEN, [HOST], PORT)


def pictures(app) -> dict[str, str]:
    return {it["id"]: it["name"] for it in ask(app, "GET", "/api/state").json["pictures"]}


def test_the_pictures_are_there_again_once(app):
    content, styles = f"p{digest('grey')}", [f"p{digest(color)}" for color in ("red", "blue")]
    for _ in range(2):
        answer = post(app, PATH).json
        assert answer == {"content": content, "styles": styles, "masks": None}
        names = ("Court.JPG", "garden.jpg", "wave.jpg")
        assert pictures(app) == dict(zip([content, *styles], names, strict=True))


def test_masks_are_there_again_and_are_no_pictures_of_the_shelf(app, folder):
    write(folder, {**NAMES, "arguments": ARGUMENTS | MASKS})
    white, black = (f"m{digest(color)}" for color in ("white", "black"))
    assert post(app, PATH).json["masks"] == {"keep": black, "styles": [white, black]}
    assert len(pictures(app)) == 3
    assert ask(app, "GET", f"/api/pictures/{white}.png").status == 200


def test_paintings_of_a_record_without_their_names_are_called_by_their_files(app, folder):
    write(folder, {"name": "Court.JPG", "arguments": ARGUMENTS})
    post(app, PATH)
    names = [f"{digest(color)}.png" for color in ("red", "blue")]
    assert list(pictures(app).values()) == ["Court.JPG", *names]


@pytest.mark.parametrize(
    "studio",
    [
        {},
        {"name": "a", "arguments": {"content": source("grey")}},
        {"name": "a", "arguments": ARGUMENTS | {"content": "/etc/passwd"}},
        {"name": "a", "arguments": ARGUMENTS | {"keep": "./sources/../x.png"}},
        {"name": "a", "arguments": ARGUMENTS | {"style": f"./sources/{'a' * 16}.png"}},
        {"name": "a", "arguments": ARGUMENTS | {"flagfile": "x"}},
    ],
)
def test_what_is_not_kept_is_one_line(app, folder, studio):
    """A record may be anyone's: only pictures that the studio kept are shown."""
    write(folder, studio)
    answer = post(app, PATH)
    assert answer.status == 400 and pictures(app) == {}
    assert answer.json == {"error": f"{NAME}: its photograph and paintings are not kept here"}
    assert "expected the id" in post(app, "/api/history/x/pictures").json["error"]


def test_a_run_that_an_earlier_studio_left_has_the_ids_of_this_one(folder):
    request = {**NAMES, "content": "p1", "styles": ["p2", "p3"], "settings": {}, "masks": {}}
    about = {"request": request, "arguments": ARGUMENTS | MASKS}
    descriptor = write_state(
        folder / "later.state", {"step": 7, "version": VERSION, STUDIO: about}, {}
    )
    if descriptor is not None:
        os.close(descriptor)
    (folder.parent / "scratch").mkdir()
    (run,) = Studio(folder, folder.parent / "scratch").runs.shown()
    colors = ("grey", "red", "blue")
    assert [run["content"], *run["styles"]] == [f"p{digest(color)}" for color in colors]
    assert run["masks"]["keep"] == f"m{digest('black')}"
