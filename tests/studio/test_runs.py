"""What the painter is told of runs, and what becomes of them by what it says. No painter."""

import io

import numpy as np
import pytest
from PIL import Image

from tf_nst.errors import UserError
from tf_nst.studio.history import History
from tf_nst.studio.pictures import Pictures
from tf_nst.studio.queue import Queue
from tf_nst.studio.runs import MOST_STATES, Runs


class Studio:
    """Runs, and what is sent to the painter."""

    def __init__(self, folder):
        self.sent, self.scratch = [], folder / "scratch"
        for name in ("pictures", "previews"):
            (self.scratch / name).mkdir(parents=True, exist_ok=True)
        self.history = History(folder / "history")
        self.pictures = Pictures(self.scratch / "pictures")
        self.queue = Queue(self.sent.append)
        self.queue.ready = True
        send = self.sent.append
        self.runs = Runs(self.pictures, self.history, self.queue, self.scratch, send)
        self.body = {"content": self.add(1), "styles": [self.add(2)], "settings": {"size": 48}}

    def add(self, seed: int) -> str:
        buffer, path = io.BytesIO(), self.pictures.new_path()
        noise = np.random.default_rng(seed).integers(0, 256, (20, 30, 3)).astype(np.uint8)
        Image.fromarray(noise).save(buffer, "PNG")
        path.write_bytes(buffer.getvalue())
        return self.pictures.add(path, "Court 1.png").id

    def finish(self, name: str, status="finished", **more) -> None:
        """What the painter leaves of a run, and says."""
        run = self.runs[name]
        run.output.write_bytes(self.pictures[self.body["content"]].path.read_bytes())
        state = run.kept_path(self.scratch)
        state.write_bytes(b"state")
        self.runs.receive({"run": name, "status": status, "state": str(state), **more})


@pytest.fixture
def studio(tmp_path):
    return Studio(tmp_path)


def test_an_order_names_pictures_in_the_folder_that_can_be_moved(studio):
    name = studio.runs.add(studio.body)
    (order,) = studio.sent
    assert (order["do"], order["run"], order["from"], order["more"]) == ("paint", name, None, 0)
    names = {path.name for path in (studio.history.folder / "sources").iterdir()}
    content, style = order["arguments"]["content"], order["arguments"]["style"]
    assert {content, style} == {f"./sources/{each}" for each in names}
    assert order["arguments"]["size"] == "48"
    assert order["output"].startswith(str(studio.history.folder))
    assert order["output"].endswith("-court-1.png")
    assert studio.runs.shown()[0]["status"] == "preparing"


def test_no_two_runs_share_a_name_or_keep_a_picture_twice(studio):
    names = [studio.runs.add(studio.body) for _ in range(3)]
    outputs = {studio.runs[name].output for name in names}
    assert len(outputs) == 3
    assert len(list((studio.history.folder / "sources").iterdir())) == 2
    assert [run["place"] for run in studio.runs.shown()] == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"content": "p9"}, "expected the id of a picture, received 'p9'"),
        ({"content": ["p1"]}, "expected the id of a picture"),
        ({"styles": []}, "styles: expected 1 to 16 pictures, received 0"),
        ({"styles": "p2"}, "styles: expected a list of ids"),
        ({"styles": ["../p2"]}, "expected the id of a picture"),
        ({"settings": {"steps": 3, "seconds": 3}}, "--seconds and --steps"),
        ({"settings": [3]}, "settings: expected names and values"),
        ({"masks": 3}, "masks: expected keep, styles or both"),
        ({"masks": {"styles": ["p1", "p1"]}}, "masks: expected one for each of 1 styles"),
        ({"masks": {"keep": "p9"}}, "expected the id of a picture"),
    ],
)
def test_a_request_that_cannot_be_used_leaves_nothing(studio, change, line):
    with pytest.raises(UserError, match=line):
        studio.runs.add(studio.body | change)
    assert studio.runs.shown() == [] and studio.sent == []


def test_a_finished_run_goes_further_from_its_state_under_another_name(studio):
    name = studio.runs.add(studio.body)
    output = studio.sent[0]["output"]
    studio.finish(name, step=20, steps=20)
    assert studio.runs.further(name, {"steps": 100}) == name
    order = studio.sent[-1]
    assert (order["from"], order["more"]) == (order["kept"], 100)
    assert order["output"] != output


def test_twice_the_size_is_another_run_whose_start_is_the_picture(studio, monkeypatch):
    name = studio.runs.add(studio.body | {"settings": {"preset": "monet", "seconds": 9}})
    weights = {"content_weight": 1.0, "style_weight": 5.5, "tv_weight": 1e-3}
    studio.runs.receive({"run": name, "size": [32, 48], "steps": 20, "weights": weights})
    monkeypatch.setattr(studio.history, "path", lambda name, extension: studio.runs["r1"].output)
    studio.finish(name)
    larger = studio.runs.further(name, {"scale": 2})
    arguments = studio.sent[-1]["arguments"]
    assert larger != name and arguments["init"].startswith("./sources/")
    assert next(iter(arguments)) == "preset" and "seconds" not in arguments
    expected = {"size": "96", "steps": "10", "scales": "1", "style_weight": "5.5"}
    assert {flag: arguments[flag] for flag in expected} == expected
    settings = {"preset": "monet", "size": 96, "steps": 10, "style_weight": 5.5}
    assert studio.runs[larger].request["settings"] == settings


@pytest.mark.parametrize(
    "body",
    [{}, {"steps": 0}, {"steps": "9"}, {"steps": 10**9}, {"scale": 3}, {"scale": 2, "steps": 5}],
)
def test_what_is_no_way_further_is_one_line(studio, body):
    name = studio.runs.add(studio.body)
    studio.finish(name)
    with pytest.raises(UserError, match="further: expected steps from 1 to 10000, or scale 2"):
        studio.runs.further(name, body)


def test_only_the_latest_keep_their_states(studio):
    names = [studio.runs.add(studio.body) for _ in range(MOST_STATES + 2)]
    for name in names:
        studio.finish(name)
    assert len(list(studio.scratch.glob("*.state"))) == MOST_STATES
    with pytest.raises(UserError, match="expected one of the latest 4 paintings"):
        studio.runs.further(names[0], {"steps": 5})
    studio.runs.further(names[-1], {"steps": 5})


def test_more_steps_that_are_cancelled_leave_the_finished_run(studio):
    name = studio.runs.add(studio.body)
    studio.finish(name)
    run = studio.runs[name]
    before, state = run.output, run.state
    studio.runs.add(studio.body)
    studio.runs.further(name, {"steps": 5})
    studio.runs.remove(name)
    assert (run.status, run.output, run.state, run.more) == ("finished", before, state, 0)
    assert state.exists() and studio.runs.shown()[0]["place"] is None
    studio.runs.further(name, {"steps": 7})
    studio.runs.remove(name)
    studio.runs.remove(name)
    assert name not in studio.runs and not state.exists()


def test_a_resume_that_is_cancelled_can_be_asked_for_again(studio):
    name = studio.runs.add(studio.body)
    run = studio.runs[name]
    state = run.output.with_suffix(".state")
    state.write_bytes(b"state")
    studio.runs.crash(name, "the painter died")
    studio.queue.done(name)
    studio.runs.add(studio.body)
    studio.runs.resume(name)
    studio.runs.remove(name)
    assert (run.status, run.message, run.resumable) == ("crashed", "the painter died", True)
    studio.runs.remove(name)
    assert name not in studio.runs and not state.exists()


def test_a_finished_run_whose_state_is_lost_does_not_go_further_by_steps(studio):
    name = studio.runs.add(studio.body)
    studio.finish(name)
    studio.runs.further(name, {"steps": 5})
    studio.finish(name)
    studio.runs.receive({"run": name, "status": "finished", "state": None})
    assert (studio.runs[name].status, studio.runs[name].more) == ("finished", 0)
    with pytest.raises(UserError, match="expected one of the latest 4 paintings"):
        studio.runs.further(name, {"steps": 5})


def test_a_crash_goes_on_from_the_state_on_the_disk_or_begins_again(studio):
    name = studio.runs.add(studio.body)
    studio.runs.crash(name, "the painter died")
    studio.queue.done(name)
    run = studio.runs[name]
    assert (run.status, run.message, run.resumable) == ("crashed", "the painter died", True)
    studio.runs.resume(name)
    assert studio.sent[-1]["from"] is None
    run.output.with_suffix(".state").write_bytes(b"state")
    studio.runs.crash(name, "the painter died")
    studio.queue.done(name)
    studio.runs.resume(name)
    assert studio.sent[-1]["from"] == str(run.output.with_suffix(".state"))


def test_what_begins_again_leaves_no_state_of_another_version(studio):
    name = studio.runs.add(studio.body)
    studio.runs.crash(name, "of another version")
    studio.queue.done(name)
    state = studio.runs[name].output.with_suffix(".state")
    state.write_bytes(b"of another version")
    assert not studio.runs.shown()[0]["has_state"]
    studio.runs.resume(name)
    assert studio.sent[-1]["from"] is None and not state.exists()


def test_what_is_dismissed_after_a_crash_does_not_come_back(studio):
    name = studio.runs.add(studio.body)
    state = studio.runs[name].output.with_suffix(".state")
    state.write_bytes(b"state")
    studio.runs.crash(name, "the painter died")
    studio.queue.done(name)
    studio.runs.remove(name)
    assert studio.runs.shown() == [] and not state.exists()


def test_a_failure_is_a_message_and_the_next_one_begins(studio):
    names = [studio.runs.add(studio.body) for _ in range(2)]
    studio.runs.receive({"run": names[0], "status": "failed", "message": "too small"})
    assert studio.runs[names[0]].message == "too small"
    assert studio.sent[-1]["run"] == names[1]
    with pytest.raises(UserError, match="resume: expected a painting that can be resumed"):
        studio.runs.resume(names[0])


def test_the_last_good_picture_of_a_failure_is_in_the_history(studio):
    names = [studio.runs.add(studio.body) for _ in range(2)]
    for name, has_picture in zip(names, (True, False), strict=True):
        message = {"run": name, "status": "failed", "message": "nan", "has_picture": has_picture}
        studio.runs.receive(message)
    assert [studio.runs[name].history for name in names] == [studio.runs[names[0]].name, None]
    with pytest.raises(UserError, match="further: expected a painting that has ended"):
        studio.runs.further(names[0], {"steps": 5})


@pytest.mark.parametrize("action", ["stop", "undo"])
def test_what_is_not_painted_cannot_be_acted_on(studio, action):
    name = studio.runs.add(studio.body)
    studio.finish(name, undo=1)
    with pytest.raises(UserError, match=f"{action}: expected a painting that is being painted"):
        getattr(studio.runs, action)(name)
    with pytest.raises(UserError, match="expected the id of a painting, received 'r9'"):
        getattr(studio.runs, action)("r9")
