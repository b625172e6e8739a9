"""How many processes paint, and what becomes of one that dies. No process is started."""

import json

import pytest

from tf_nst.batch import pool
from tf_nst.batch.plan import Job, Schedule
from tf_nst.batch.pool import Course, Died, Pool, choose_course
from tf_nst.batch.report import Journal, Result
from tf_nst.errors import RunError

NEEDS = {"gpus": 0, "peak": 2, "available": 100}


@pytest.mark.parametrize(
    ("requested", "jobs", "cores", "needs", "course"),
    [
        (0, 9, 4, {}, Course(4, 1)),
        (0, 2, 4, {}, Course(2, 2)),
        (3, 9, 4, {}, Course(3, 1)),
        (1, 9, 4, {}, Course(1, 4)),
        (8, 9, 4, {}, Course(8, 1)),
        (0, 9, 4, {"available": 5}, Course(2, 2)),
        (0, 9, 4, {"available": 1}, Course(1, 4)),
        (0, 9, 4, {"available": None}, Course(4, 1)),
        (0, 9, 4, {"gpus": 1}, Course(1, 0)),
        (2, 9, 4, {"gpus": 1}, Course(2, 2)),
    ],
)
def test_cores_memory_and_gpus_decide_how_many_processes_paint(
    requested, jobs, cores, needs, course
):
    assert choose_course(requested, jobs, cores, NEEDS | needs) == course


class FakeWorker:
    """Dies at pictures named so, once or always."""

    started, dies = [], {}

    def __init__(self, start, kept_open):
        if start["out"] == "nowhere":
            raise Died("the process died (exit code 1)")
        self.needs = NEEDS
        self.started.append(start["threads"])

    def paint(self, job):
        times = self.dies.get(job.output, 0)
        if times:
            self.dies[job.output] = times - 1
            raise Died("the process died (SIGKILL)")
        return Result(job.output, "painted")

    def close(self):
        pass


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Paints pictures; returns the results in their order, and the journal."""

    def paint(*names, dies=None, out=None, processes=1, most=99):
        FakeWorker.started, FakeWorker.dies = [], dies or {}
        monkeypatch.setattr(pool, "Worker", FakeWorker)
        monkeypatch.setattr(pool, "cores_here", lambda: 2)
        jobs = [Job("a.png", "s.png", name, {}) for name in names]
        journal, results = Journal(str(tmp_path)), []
        schedule = Schedule(jobs, dict.fromkeys(names))
        stopped = lambda: len(results) >= most  # noqa: E731
        painting = Pool(schedule, out or str(tmp_path), journal, results.append, stopped)
        painting.start({}, processes, len(jobs))
        while not painting.wait(1.0):
            pass
        journal.close()
        lines = (tmp_path / "journal.jsonl").read_text().splitlines()
        return results, [json.loads(line) for line in lines]

    return paint


def test_each_picture_is_painted_once(run):
    results, journal = run("a", "b", "c", processes=2)
    assert sorted(result.picture for result in results) == ["a", "b", "c"]
    assert {result.status for result in results} == {"painted"}
    assert sorted(line["what"] for line in journal) == ["begun"] * 3 + ["painted"] * 3
    assert set(FakeWorker.started) == {1}


def test_a_picture_at_which_the_process_dies_is_tried_once_more(run):
    results, journal = run("a", "b", dies={"a": 1})
    assert [(it.picture, it.status, it.attempts) for it in results] == [
        ("a", "painted", 2),
        ("b", "painted", 1),
    ]
    whats = [line["what"] for line in journal if line["picture"] == "a"]
    assert whats == ["begun", "died", "begun", "painted"]
    assert len(FakeWorker.started) == 2


def test_a_picture_at_which_two_processes_die_has_failed(run):
    results, _ = run("a", "b", dies={"a": 9})
    assert results == [
        Result("a", "failed", "the process died (SIGKILL)", attempts=2),
        Result("b", "painted"),
    ]


def test_a_process_that_does_not_start_ends_the_batch(run):
    with pytest.raises(RunError, match=r"a process of the batch cannot start: .*exit code 1"):
        run("a", out="nowhere")


def test_after_a_stop_nothing_is_begun(run):
    results, journal = run("a", "b", "c", most=1)
    assert results == [Result("a", "painted")]
    assert [line["what"] for line in journal] == ["begun", "painted"]
