"""A picture while it is painted: weights, undo, stop, further, the queue, a crash. One painter."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("uvicorn")
from live import Live
from PIL import Image

import tf_nst

SMALL = {"size": 48, "steps": 6}
LONG = {"size": 48, "steps": 5000}
LINES = "from tf_nst.cli.main import console; console()"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("studio") / "history"


@pytest.fixture(scope="module")
def live(folder):
    live = Live(folder, folder.parent / "scratch")
    live.until_ready()
    yield live
    live.close()


@pytest.fixture(scope="module")
def pair(live):
    """A photograph and a painting, as requests name them."""
    return {"content": live.upload(1), "styles": [live.upload(2)]}


@pytest.fixture(scope="module")
def finished(live, pair):
    """A painting that was painted to its end."""
    name = live.post("/api/runs", pair | {"settings": SMALL})["id"]
    return live.until_status(name, "finished")


@pytest.fixture
def running(live, pair):
    """The id of a painting that is being painted, and would be for long."""
    name = live.post("/api/runs", pair | {"settings": LONG})["id"]
    live.until(name, lambda run: run["status"] == "painting")
    yield name
    if live.run(name)["status"] == "painting":
        live.post(f"/api/runs/{name}/stop")
        live.until_status(name, "stopped")


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_the_planner_says_what_it_takes_before_the_start(live, pair):
    estimate = live.post("/api/estimate", pair | {"settings": SMALL})
    assert (estimate["size"], estimate["steps"]) == ([36, 48], 6)
    assert estimate["seconds"] > 0 and estimate["bytes"] > 1e6
    assert "too small" in live.post("/api/estimate", pair | {"settings": {"size": 3}})


def test_a_finished_picture_has_its_files_and_is_shown(live, folder, finished):
    assert (finished["step"], finished["steps"], finished["place"]) == (6, 6, None)
    assert {role: points[-1][0] for role, points in finished["losses"].items()} == {
        **{"content": 6, "style": 6, "variation": 6}
    }
    entry = live.state()["history"][0]
    assert (entry["width"], entry["height"], entry["settings"]) == (48, 36, SMALL)
    picture = folder / f"{entry['id']}.png"
    for extension in ("png", "json", "cfg"):
        path = f"/api/history/{entry['id']}.{extension}"
        assert live.ask("GET", path) == (200, picture.with_suffix(f".{extension}").read_bytes())
    shown = live.ask("GET", f"/api/runs/{finished['id']}/preview.png")[1]
    np.testing.assert_array_equal(pixels(shown), pixels(picture.read_bytes()))
    record = json.loads(picture.with_suffix(".json").read_bytes())
    assert record["inputs"]["content"]["name"].startswith("sources/")


def test_the_command_of_a_picture_paints_it(live, folder, finished, tmp_path):
    """The flag file beside it, from anywhere; the command of the page says the same."""
    name = live.state()["history"][0]["id"]
    command = live.ask("GET", f"/api/history/{name}.command")[1].decode()
    assert command.startswith(f"tf-nst --content={folder}/sources/")
    arguments = [f"--flagfile={folder / name}.cfg", f"--output={tmp_path / 'again.png'}"]
    root = str(Path(tf_nst.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    subprocess.run([sys.executable, "-c", LINES, *arguments], env=environment, check=True)
    first, again = (folder / f"{name}.png").read_bytes(), (tmp_path / "again.png").read_bytes()
    np.testing.assert_array_equal(pixels(again), pixels(first))


def test_weights_act_on_the_running_picture_and_nothing_is_traced(live, running):
    before = live.until(running, lambda run: run["step"] >= 12)
    assert live.post(f"/api/runs/{running}/weights", {"style_weight": 2.7}) == {}
    after = live.until(running, lambda it: it["undo"] and it["step"] > before["step"] + 12)
    assert (after["traces"], after["weights"]["style_weight"]) == (before["traces"], 2.7)
    last, first = after["losses"]["style"][-1][1], before["losses"]["style"][-1][1]
    assert last < first / 5  # a hundredth of the weight
    # What the style does not ask for any more, the photograph does.
    assert after["losses"]["content"][-1][1] < before["losses"]["content"][-1][1]


def test_undo_leads_back_to_the_weights_and_the_step(live, running):
    live.until(running, lambda run: run["step"] >= 3)
    live.post(f"/api/runs/{running}/weights", {"content_weight": 80})
    changed = live.until(running, lambda run: run["undo"] == 1)
    further = live.until(running, lambda run: run["step"] > changed["step"] + 40)
    live.post(f"/api/runs/{running}/undo")
    back = live.until(running, lambda run: run["undo"] == 0)
    assert back["weights"]["content_weight"] == 1 and back["traces"] == further["traces"]
    assert back["step"] < further["step"]
    steps = [step for step, _ in back["losses"]["content"]]
    assert steps == sorted(set(steps))
    assert "expected a change" in live.post(f"/api/runs/{running}/undo")


def test_two_wait_with_their_places_and_one_is_taken_out(live, pair, running):
    names = [live.post("/api/runs", pair | {"settings": SMALL})["id"] for _ in range(2)]
    assert [live.run(name)["place"] for name in (running, *names)] == [0, 1, 2]
    assert live.ask("DELETE", f"/api/runs/{names[0]}")[0] == 200
    assert live.ask("DELETE", f"/api/runs/{running}")[0] == 400
    assert live.run(names[1])["place"] == 1
    live.post(f"/api/runs/{running}/stop")
    assert live.until_status(names[1], "finished")["place"] is None


def test_a_stop_keeps_the_picture_and_it_goes_on_by_so_many_steps(live, running):
    live.until(running, lambda run: run["step"] >= 2)
    live.post(f"/api/runs/{running}/stop")
    stopped = live.until_status(running, "stopped")
    entry = live.state()["history"][0]
    assert (entry["steps"], entry["id"]) == (stopped["step"], stopped["history"])
    assert f"--steps={stopped['step']}" in entry["command"]
    live.post(f"/api/runs/{running}/further", {"steps": 4})
    further = live.until_status(running, "finished")
    assert further["step"] == further["steps"] == stopped["step"] + 4
    assert further["history"] != stopped["history"]


def test_twice_the_size_starts_from_the_picture(live, finished):
    larger = live.post(f"/api/runs/{finished['id']}/further", {"scale": 2})["id"]
    run = live.until_status(larger, "finished")
    assert (run["size"], run["steps"]) == ([72, 96], 3)
    start, end = (
        pixels(live.ask("GET", f"/api/history/{it['history']}.png")[1]) for it in (finished, run)
    )
    enlarged = np.asarray(Image.fromarray(start).resize((96, 72), Image.Resampling.BICUBIC))
    assert np.abs(enlarged.astype(int) - end).mean() < 40


def test_where_it_is_painted_and_what_stays_is_said_by_masks(live, pair):
    plane, buffer = np.zeros((48, 64), np.uint8), io.BytesIO()
    plane[:, :32] = 255
    Image.fromarray(plane).save(buffer, "PNG")
    answer = live.ask("POST", "/api/pictures?name=keep.png&mask=1", buffer.getvalue())[1]
    keep = json.loads(answer)["id"]
    name = live.post("/api/runs", pair | {"settings": SMALL, "masks": {"keep": keep}})["id"]
    run = live.until_status(name, "finished")
    assert run["masks"] == {"keep": keep, "styles": []}
    painted = pixels(live.ask("GET", f"/api/history/{run['history']}.png")[1])
    given = Image.open(io.BytesIO(live.ask("GET", f"/api/pictures/{pair['content']}.png")[1]))
    photograph = np.asarray(given.resize((48, 36), Image.Resampling.BICUBIC)).astype(int)
    difference = np.abs(photograph - painted).mean((0, 2))
    assert difference[:22].max() < 2 < difference[26:].min()
    masks = {"styles": [keep, keep]}
    assert "one for each of 1" in live.post("/api/runs", pair | {"masks": masks})


@pytest.mark.posix
def test_a_painter_that_is_killed_is_one_message_and_its_picture_goes_on(live, pair, running):
    waiting = live.post("/api/runs", pair | {"settings": SMALL})["id"]
    live.until(running, lambda run: run["step"] >= 2)
    os.kill(live.studio.painter.pid, signal.SIGKILL)
    crashed = live.until_status(running, "crashed")
    assert crashed["resumable"] and crashed["message"].startswith("the painter died (SIGKILL")
    assert "\n" not in crashed["message"]
    # Another painter goes on with what waits.
    live.until_status(waiting, "finished")
    assert live.post(f"/api/runs/{running}/resume") == {}
    resumed = live.until(running, lambda run: run["status"] == "painting" and run["step"] > 0)
    assert (resumed["message"], resumed["resumable"]) == ("", False)
