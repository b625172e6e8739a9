"""What the painter is told, and the changes of a slider's way as one."""

import io
import json
import os
import threading

import pytest

from tf_nst.studio import inbox as inbox_module
from tf_nst.studio.inbox import Inbox, Outbox
from tf_nst.studio.painter import merged


@pytest.fixture
def pipe(monkeypatch):
    """An inbox and the end of a pipe that writes to it; the process does not end with it."""
    ended = threading.Event()
    monkeypatch.setattr(inbox_module.os, "_exit", lambda code: ended.set())
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb", 0) as source, os.fdopen(writing, "wb", 0) as target:
        yield Inbox(source), target, ended
        target.close()
        ended.wait()


def write(target, *messages) -> None:
    for message in messages:
        target.write(json.dumps(message).encode() + b"\n")


def test_messages_come_in_their_order_and_null_is_the_last(pipe):
    inbox, target, _ = pipe
    write(target, {"do": "a"}, {"do": "b"}, None)
    assert (inbox.next(), inbox.next()) == ({"do": "a"}, {"do": "b"})
    assert not inbox.ended
    assert inbox.next() is None and inbox.ended
    assert inbox.next() is None and inbox.waiting() == []


def test_what_waits_is_read_without_waiting(pipe):
    inbox, target, _ = pipe
    assert inbox.waiting() == []
    write(target, {"do": "a"}, {"do": "b"}, None)
    messages = []
    while not inbox.ended:
        messages += inbox.waiting()
    assert messages == [{"do": "a"}, {"do": "b"}]


def test_a_server_that_is_gone_ends_the_process(pipe):
    _, target, ended = pipe
    target.close()
    assert ended.wait(60)


def test_a_message_is_a_line():
    stream = io.BytesIO()
    report = Outbox(stream)
    report(run="r1", notes=["a\nb"])
    report(event="ready")
    lines = stream.getvalue().splitlines()
    assert list(map(json.loads, lines)) == [{"run": "r1", "notes": ["a\nb"]}, {"event": "ready"}]


def weights(run: str = "r1", **weights):
    return {"do": "weights", "run": run, "weights": weights}


STOP, ESTIMATE = {"do": "stop", "run": "r1"}, {"do": "estimate", "question": 1}


@pytest.mark.parametrize(
    ("messages", "result"),
    [
        ([], []),
        ([weights(a=1), weights(a=2), weights(b=3)], [weights(a=2, b=3)]),
        ([weights(a=1), weights("r2", a=2)], [weights(a=1), weights("r2", a=2)]),
        ([weights(a=1), STOP, weights(a=2)], [weights(a=1), STOP, weights(a=2)]),
        ([ESTIMATE, ESTIMATE, STOP, STOP], [ESTIMATE, ESTIMATE, STOP, STOP]),
    ],
)
def test_changes_that_follow_each_other_are_one(messages, result):
    before = json.dumps(messages)
    assert merged(messages) == result
    assert json.dumps(messages) == before
