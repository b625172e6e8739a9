"""Sheets, pages that listen, and a studio that ends with a picture in hand. Two painters."""

import http.client
import io
import json
import time

import pytest

pytest.importorskip("uvicorn")
from live import PATIENCE, TOKEN, Live
from PIL import Image

from tf_nst.studio import lessons, tries


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("studio") / "history"


@pytest.fixture(scope="module")
def live(folder):
    live = Live(folder, folder.parent / "first")
    live.until_ready()
    yield live
    live.close()


@pytest.fixture(scope="module")
def pair(live):
    return {"content": live.upload(1), "styles": [live.upload(2)]}


def until(condition):
    for _ in range(int(PATIENCE / 0.1)):
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError("it did not happen")


class Page:
    """A page that listens to changes."""

    def __init__(self, live) -> None:
        self._connection = http.client.HTTPConnection(live.host, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self._connection.request("GET", "/api/events", headers=headers)
        self._stream = self._connection.getresponse()

    def next(self) -> tuple[int, dict]:
        """The number and the state of the next event."""
        lines = [self._stream.readline().decode().rstrip("\n") for _ in range(4)]
        assert (lines[1], lines[3]) == ("event: state", "")
        return int(lines[0].removeprefix("id: ")), json.loads(lines[2].removeprefix("data: "))

    def close(self) -> None:
        self._stream.close()
        self._connection.close()


def test_pages_see_the_same_at_once_and_later(live):
    one, other = Page(live), Page(live)
    assert one.next() == other.next()
    name = live.upload(3)
    (number, state), (also, again) = one.next(), other.next()
    assert (number, state) == (also, again) and state["pictures"][-1]["id"] == name
    one.close()
    live.upload(4)
    later, _ = other.next()
    assert later > number
    other.close()


def test_a_sheet_paints_its_tries_and_one_of_them_large(live, pair, monkeypatch):
    monkeypatch.setattr(tries, "SIZE", 48)
    monkeypatch.setattr(tries, "STEPS", 2)
    vary = {"color": ["style", "luminance"]}
    body = pair | {"settings": {"size": 64, "steps": 3}, "vary": vary}
    name = live.post("/api/sheets", body)["id"]
    sheet = until(lambda: (it := live.state()["sheet"])["status"] == "finished" and it)
    assert [tile["status"] for tile in sheet["tiles"]] == ["painted", "painted"]
    assert [tile["caption"] for tile in sheet["tiles"]] == ["Colours style", "Colours luminance"]
    shown = [live.ask("GET", tile["picture"])[1] for tile in sheet["tiles"]]
    sizes = {Image.open(io.BytesIO(data)).size for data in shown}
    assert sizes == {(48, 36)} and shown[0] != shown[1]
    assert live.ask("GET", f"/api/sheets/{name}/3.png")[0] == 400
    tile = sheet["tiles"][1]
    assert tile["settings"] == {"size": 64, "steps": 3, "color": "luminance"}
    large = {**pair, "styles": tile["styles"], "settings": tile["settings"]}
    run = live.until_status(live.post("/api/runs", large)["id"], "finished")
    assert (run["size"], run["steps"]) == ([48, 64], 3)


def test_a_new_sheet_ends_the_one_that_is_painted(live, pair, monkeypatch):
    monkeypatch.setattr(tries, "SIZE", 48)
    monkeypatch.setattr(tries, "STEPS", 1000)
    first = live.post("/api/sheets", pair)["id"]
    until(lambda: live.state()["sheet"]["status"] == "painting")
    second = live.post("/api/sheets", pair)["id"]
    assert first != second
    until(lambda: live.state()["sheet"]["status"] == "painting")
    live.post(f"/api/sheets/{second}/stop")
    sheet = until(lambda: (it := live.state()["sheet"])["status"] == "stopped" and it)
    assert len(sheet["tiles"]) == tries.MOST_TRIES


def test_a_lesson_is_computed_beside_and_its_failure_is_one_line(live, pair, monkeypatch):
    run = live.post("/api/runs", pair | {"settings": {"size": 48, "steps": 2}})["id"]
    write = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('a lesson')"
    monkeypatch.setattr(lessons, "lesson_arguments", lambda pair, page: ["-c", write, str(page)])
    assert live.ask("GET", f"/api/lessons/{run}.html")[0] == 400
    live.post(f"/api/lessons/{run}")
    until(lambda: live.state()["lessons"][run]["status"] == "ready")
    assert live.ask("GET", f"/api/lessons/{run}.html") == (200, b"a lesson")
    entry = live.until_status(run, "finished")["history"]
    fail = "import sys; sys.exit('tf_nst: --style: too small\\n')"
    monkeypatch.setattr(lessons, "lesson_arguments", lambda pair, page: ["-c", fail])
    live.post(f"/api/lessons/{entry}")
    lesson = until(lambda: (it := live.state()["lessons"][entry])["status"] == "failed" and it)
    assert lesson["message"] == "--style: too small"
    assert "expected the id" in live.post("/api/lessons/nothing")


def test_a_studio_that_ends_keeps_the_picture_in_hand_and_another_goes_on(live, pair, folder):
    """Last: the first studio ends."""
    name = live.post("/api/runs", pair | {"settings": {"size": 48, "steps": 5000}})["id"]
    live.until(name, lambda run: run["step"] >= 2)
    live.close()
    (state,) = folder.glob("*.state")
    assert state.with_suffix(".png").exists()
    record = json.loads(state.with_suffix(".json").read_bytes())
    again = Live(folder, folder.parent / "second")
    try:
        (run,) = again.state()["runs"]
        assert (run["status"], run["step"]) == ("crashed", record["steps_made"])
        assert run["resumable"] and "earlier studio" in run["message"]
        shown = {it["id"] for it in again.state()["pictures"]}
        assert shown == {run["content"], *run["styles"]}
        again.post(f"/api/runs/{run['id']}/resume")
        further = again.until(run["id"], lambda it: it["step"] > run["step"])
        assert further["status"] == "painting" and further["steps"] == 5000
        again.post(f"/api/runs/{run['id']}/stop")
        stopped = again.until_status(run["id"], "stopped")
        assert stopped["history"] == state.stem and not state.exists()
    finally:
        again.close()
