"""A change and a stop that arrive together: picture, record and state are of one moment."""

import json

import numpy as np
import pytest
from PIL import Image
from small_painting import Saying, order_in, said_of

from tf_nst.engine.engine import Engine

STOP, UNDO = {"do": "stop"}, {"do": "undo"}
CHANGE = {"do": "weights", "weights": {"style_weight": 5.0}}


@pytest.fixture(scope="module")
def engine():
    return Engine()


def painted(folder, engine, *lists, **more):
    """What is said of a run, its record and its picture."""
    folder.mkdir(exist_ok=True)
    order = order_in(folder, steps="60") | more
    said = said_of(order, engine, Saying(*lists))
    assert said["status"] in ("stopped", "finished"), said["message"]
    record = json.loads((folder / "one.json").read_bytes())
    return said, record, np.asarray(Image.open(folder / "one.png")).astype(int)


def test_undo_and_stop_keep_the_picture_before_the_change(tmp_path, engine):
    expected = painted(tmp_path / "plain", engine, [STOP])
    said, record, picture = painted(tmp_path / "undone", engine, [CHANGE], [], [UNDO, STOP])
    assert record["steps_made"] == expected[1]["steps_made"] == said["step"]
    assert said["weights"] == expected[0]["weights"]
    assert np.abs(picture - expected[2]).max() <= 1


@pytest.mark.parametrize("lists", [([CHANGE], [], [UNDO, STOP]), ([], [CHANGE, STOP])])
def test_more_steps_go_on_from_there_and_again_from_their_end(tmp_path, engine, lists):
    said, record, _ = painted(tmp_path, engine, *lists)
    made = record["steps_made"]
    for more in (made + 3, made + 6):
        further = {"from": said["state"], "more": 3}
        said, record, _ = painted(tmp_path, engine, **further)
        assert (said["status"], record["steps_made"]) == ("finished", more)
