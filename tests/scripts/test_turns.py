"""Measurements take turns in the order of their names, each in one process from first to last."""

import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

# Counts its turns, and writes its name into a file that all processes share.
COUNTS = """
import sys
from benchmarks.turns import answer

def turns(name, path):
    number = 0
    while True:
        with open(path, "a") as file:
            file.write(name)
        yield {"turn": number}
        number += 1

answer(turns(*sys.argv[1:]))
"""


@pytest.fixture
def turns(monkeypatch):
    """The module of the scripts."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS))
    from benchmarks import turns

    return turns


def test_turns_are_taken_one_after_the_other(turns, tmp_path):
    order = tmp_path / "order"
    results = turns.in_turns(
        lambda name: [sys.executable, "-c", COUNTS, name, str(order)], 2, a=("a",), b=("b",)
    )
    # Turn 0 gets a process ready and is no round.
    assert results == {"a": [{"turn": 1}, {"turn": 2}], "b": [{"turn": 1}, {"turn": 2}]}
    assert order.read_text() == "ab" * 3


def test_a_measurement_that_fails_ends_all_with_its_own_message(turns):
    with pytest.raises(SystemExit, match="no such size"):
        turns.in_turns(lambda: [sys.executable, "-c", "raise SystemExit('no such size')"], 1, a=())


def test_spread_is_median_least_and_most(turns):
    assert turns.spread(np.array([0.9, 0.5, 0.8]), ".0%") == "80% (50% to 90%)"
