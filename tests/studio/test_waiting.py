"""Paintings that wait when a studio ends are painted by the next one. No painter."""

import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from tf_nst.errors import RunError
from tf_nst.io import state_file
from tf_nst.studio import waiting
from tf_nst.studio.history import History
from tf_nst.studio.pictures import Pictures
from tf_nst.studio.queue import Queue
from tf_nst.studio.runs import Runs

pytestmark = pytest.mark.posix  # elsewhere a file cannot be locked


class Studio:
    """Runs of one studio, and what the painter is told."""

    def __init__(self, folder, scratch):
        for name in ("pictures", "previews"):
            (scratch / name).mkdir(parents=True)
        self.sent = []
        self.history = History(folder)
        self.pictures = Pictures(scratch / "pictures")
        self.queue = Queue(self.sent.append)
        send = self.sent.append
        self.runs = Runs(self.pictures, self.history, self.queue, scratch, send)

    def add(self, **more) -> str:
        body = {"content": self.picture("grey"), "styles": [self.picture("red")]}
        return self.runs.add(body | {"settings": {"size": 48}} | more)

    def picture(self, color, *, is_mask=False) -> str:
        buffer, path = io.BytesIO(), self.pictures.new_path()
        Image.new("RGB", (30, 20), color).save(buffer, "PNG")
        path.write_bytes(buffer.getvalue())
        return self.pictures.add(path, f"{color}.png", is_mask=is_mask).id


@pytest.fixture
def start(tmp_path):
    studios = []

    def another():
        studios.append(Studio(tmp_path / "history", tmp_path / str(len(studios))))
        return studios[-1]

    yield another
    for studio in studios:
        studio.runs.close()


def names(studio) -> list[str]:
    return [run.output.name for run in map(studio.runs.__getitem__, ids(studio))]


def ids(studio) -> list[str]:
    return [run["id"] for run in studio.runs.shown()]


def files(studio) -> list:
    return list(studio.history.folder.glob("*.waiting"))


def test_what_waits_is_painted_by_the_next_studio_in_its_order(start):
    first = start()
    for _ in range(11):
        first.add()
    expected = names(first)
    shown = first.runs.shown()[0]
    first.runs.close()
    second = start()
    assert names(second) == expected and len(files(second)) == 11
    assert [run["place"] for run in second.runs.shown()] == list(range(1, 12))
    same = ("content", "styles", "settings", "name", "style_names", "status")
    assert {name: second.runs.shown()[0][name] for name in same} == {it: shown[it] for it in same}
    second.queue.ready = True
    second.queue.advance()
    assert second.sent[0]["output"].endswith(expected[0]) and second.sent[0]["from"] is None
    assert len(files(second)) == 11


def test_masks_wait_with_it(start):
    first = start()
    keep = first.picture("white", is_mask=True)
    first.add(masks={"keep": keep})
    first.runs.close()
    second = start()
    (run,) = second.runs.shown()
    assert run["masks"] == {"keep": keep, "styles": []}
    assert second.pictures[keep].is_mask


def test_while_a_studio_lives_no_other_takes_what_waits(start):
    first = start()
    first.add()
    assert ids(start()) == []
    first.runs.close()
    assert len(ids(start())) == 1


def test_what_is_cancelled_does_not_wait(start):
    studio = start()
    name = studio.add()
    studio.runs.remove(name)
    assert files(studio) == []


def state_of(studio, name):
    return studio.runs[name].output.with_suffix(".state")


def write_state(studio, name):
    os.close(state_file.write_state(state_of(studio, name), {"step": 1}, {"x": np.zeros(3)}))


def test_what_has_begun_waits_until_it_has_a_state(start):
    studio = start()
    studio.queue.ready = True
    name = studio.add()
    studio.runs.receive({"run": name, "status": "painting", "step": 1})
    assert len(files(studio)) == 1
    write_state(studio, name)
    studio.runs.receive({"run": name, "status": "painting", "step": 2})
    assert files(studio) == []


@pytest.mark.parametrize("status", ["finished", "stopped", "failed"])
def test_what_has_ended_waits_no_more(start, status):
    studio = start()
    studio.queue.ready = True
    name = studio.add()
    studio.runs.receive({"run": name, "status": status})
    assert files(studio) == []


def test_what_had_no_state_when_the_studio_ended_is_begun_again(start):
    first = start()
    first.queue.ready = True
    first.runs.receive({"run": first.add(), "status": "painting", "step": 1})
    first.add()
    expected = names(first)
    first.runs.close()
    assert names(start()) == expected


@pytest.mark.parametrize("ending", [".state", ".png"])
def test_what_is_painted_since_is_not_begun_again(start, ending):
    """The studio was killed between the file of the painting and the end of its waiting."""
    first = start()
    name = first.add()
    write_state(first, name)
    state_of(first, name).rename(state_of(first, name).with_suffix(ending))
    first.runs.close()
    assert ids(start()) == [] and files(first) == []


def test_what_comes_up_while_the_studio_ends_still_waits(start):
    """The picture in hand is kept, and the painter that ends does not hear of the next one."""
    studio = start()
    studio.queue.ready = True
    studio.add()
    waits = studio.add()
    studio.runs.receive({"run": "r1", "status": "stopped"})
    studio.runs.close()
    assert studio.queue.current == waits == "r2" and len(files(studio)) == 1


def test_after_a_crash_before_a_state_it_still_waits(start):
    studio = start()
    studio.queue.ready = True
    name = studio.add()
    studio.queue.ready = False
    studio.runs.crash(name, "the painter died")
    studio.queue.done(name)
    assert len(files(studio)) == 1
    studio.runs.resume(name)
    assert len(files(studio)) == 1
    studio.runs.remove(name)
    assert studio.runs[name].resumable and len(files(studio)) == 1
    write_state(studio, name)
    studio.runs.crash(name, "the painter died")
    assert files(studio) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda about: [],
        lambda about: {"request": about["request"]},
        lambda about: {**about, "arguments": {**about["arguments"], "flagfile": "x"}},
        lambda about: {**about, "arguments": {**about["arguments"], "content": "/etc/passwd"}},
        lambda about: {**about, "request": {**about["request"], "settings": 3}},
    ],
)
def test_a_file_says_no_more_than_a_page_may(start, change):
    first = start()
    first.add()
    first.runs.close()
    (path,) = files(first)
    path.write_text(json.dumps(change(json.loads(path.read_bytes()))))
    assert ids(start()) == [] and path.exists()


def test_a_file_that_is_no_json_is_left(start):
    (start().history.folder / "x.waiting").write_bytes(b"\xff{")
    assert ids(start()) == []


def test_what_cannot_be_kept_is_painted_all_the_same_and_says_so(start, monkeypatch):
    def full(*_):
        raise RunError("disk full")

    monkeypatch.setattr(waiting, "write_atomically", full)
    studio = start()
    studio.add()
    (run,) = studio.runs.shown()
    line = "this painting waits only as long as the studio is open: disk full"
    assert (run["status"], run["notes"]) == ("queued", [line])
