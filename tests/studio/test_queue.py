"""What is painted and what waits, by hand."""

import pytest

from tf_nst.studio.queue import Queue, Task
from tf_nst.studio.run import Run, before, thinned


@pytest.fixture
def sent():
    return []


@pytest.fixture
def queue(sent):
    return Queue(sent.append)


def add(queue, *names):
    for name in names:
        queue.add(Task(name, lambda name=name: {"run": name}))


def places(queue, *names):
    return [queue.place(name) for name in names]


def test_nothing_is_sent_before_the_painter_is_ready(queue, sent):
    add(queue, "a", "b")
    assert (sent, queue.current, places(queue, "a", "b")) == ([], None, [1, 2])
    queue.ready = True
    queue.advance()
    assert (sent, queue.current) == ([{"run": "a"}], "a")
    assert places(queue, "a", "b", "c") == [0, 1, None]


def test_the_next_one_begins_when_one_is_done(queue, sent):
    queue.ready = True
    add(queue, "a", "b", "c")
    queue.done("b")  # it is not being painted
    assert queue.current == "a"
    queue.done("a")
    assert (queue.current, places(queue, "a", "b", "c")) == ("b", [None, 0, 1])
    assert sent == [{"run": "a"}, {"run": "b"}]


def test_what_waits_can_be_taken_out_and_what_is_painted_cannot(queue):
    queue.ready = True
    add(queue, "a", "b", "c")
    assert queue.remove("b") and not queue.remove("b")
    assert not queue.remove("a")
    assert places(queue, "a", "b", "c") == [0, None, 1]


def test_what_waits_for_another_painter_stays(queue, sent):
    queue.ready = True
    add(queue, "a", "b")
    queue.ready = False  # it died over a
    queue.done("a")
    assert (queue.current, places(queue, "b")) == (None, [1])
    queue.ready = True
    queue.advance()
    assert sent[-1] == {"run": "b"}


def test_curves_keep_their_ends_and_at_most_so_many_points():
    points = [[step, 1.0 / step] for step in range(1, 1002)]
    few = thinned(points, 5)
    assert [step for step, _ in few] == [1, 251, 501, 751, 1001]
    assert thinned(points[:5], 5) == points[:5]
    for count in range(2, 50):
        for most in range(2, 12):
            some = thinned(points[:count], most)
            assert len(some) <= most and (some[0], some[-1]) == (points[0], points[count - 1])


def test_a_step_back_cuts_the_curves(tmp_path):
    run = Run("r1", "name", {}, {}, tmp_path)
    run.take({"points": {"style": [[1, 9.0], [2, 8.0], [3, 7.0]]}, "step": 3, "status": "painting"})
    run.take({"back_to": 1, "step": 1, "undo": 0, "output": "x"})
    assert (run.losses, run.step, run.status) == ({"style": [[1, 9.0]]}, 1, "painting")
    assert before([[1, 2.0]], 0) == []


def test_a_note_is_said_once(tmp_path):
    run = Run("r1", "name", {}, {}, tmp_path)
    run.take({"notes": ["a", "b"]})
    run.take({"notes": ["a"]})
    assert run.notes == ["a", "b"]
