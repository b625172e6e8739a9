"""A run that fails leaves its last good picture in the history."""

import json

import pytest
from PIL import Image
from small_painting import order_in, said_of

from tf_nst.engine.engine import Engine
from tf_nst.engine.events import StepsDone
from tf_nst.engine.failures import DivergedError, NonFiniteLossError
from tf_nst.engine.loop import iterate
from tf_nst.errors import RunError
from tf_nst.studio import painter, results
from tf_nst.studio.history import History


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture
def failed(engine, tmp_path, monkeypatch):
    """(failure, image) -> what the painter says of a run that fails after its first step."""
    order = order_in(tmp_path)

    def paint(failure, *, with_image=True):
        def fails(*run):
            for event in iterate(*run):
                yield event
                if isinstance(event, StepsDone):
                    raise failure("it went wrong", event.image if with_image else None)

        monkeypatch.setattr(painter, "iterate", fails)
        return said_of(order, engine)

    return paint


@pytest.mark.parametrize(
    ("failure", "has_flags"), [(DivergedError, True), (NonFiniteLossError, False)]
)
def test_the_last_good_picture_is_kept_as_the_command_keeps_it(
    failed, tmp_path, failure, has_flags
):
    said = failed(failure)
    assert (said["status"], said["has_picture"]) == ("failed", True)
    assert said["message"] == "it went wrong" and "resumable" not in said
    (entry,) = History(tmp_path).shown()
    assert (entry["id"], entry["width"], entry["height"]) == ("one", 32, 21)
    assert (entry["has_flags"], entry["notes"]) == (has_flags, ["it went wrong"])
    assert Image.open(tmp_path / "one.png").size == Image.open(tmp_path / "p.png").size == (32, 21)
    assert not list(tmp_path.glob("*.state"))
    assert json.loads((tmp_path / "one.json").read_bytes())["steps_made"] == entry["steps"] > 0


def test_without_one_there_is_one_message(failed, tmp_path):
    said = failed(NonFiniteLossError, with_image=False)
    assert (said["status"], said["message"], said["has_picture"]) == (
        *("failed", "it went wrong", False),
    )
    assert not (tmp_path / "one.png").exists()


def test_a_picture_that_cannot_be_written_says_both(failed, tmp_path, monkeypatch):
    def full(*_):
        raise RunError("one.png cannot be written: disk full")

    monkeypatch.setattr(results, "write_together", full)
    said = failed(DivergedError)
    assert said["message"] == "it went wrong; one.png cannot be written: disk full"
    assert said["has_picture"] is False
