"""Runs that went astray: a loss that stays far above the first one, or ends no lower."""

from types import SimpleNamespace

import numpy as np
import pytest

from tf_nst.engine.events import Finished, ScaleStarted, StepsDone
from tf_nst.io.outcome import Outcome
from tf_nst.planning.schedule import Scale

SCALE = Scale(8, 8, 50)


def outcome_of(*scales, final=None) -> Outcome:
    """After scales with these losses: half of each is of either of two terms, one of weight 5."""
    terms = tuple(
        SimpleNamespace(name=name, weight_of=lambda _, weight=weight: weight)
        for name, weight in (("a", 1.0), ("b", 5.0))
    )
    outcome = Outcome(terms)
    for index, losses in enumerate(scales):
        outcome(ScaleStarted(index, SCALE))
        for loss in losses:
            values = {"a": np.float32([[loss / 2]]), "b": np.float32([[loss / 10]])}
            outcome(StepsDone(1, SCALE, values, 0.1, None))
    if final is not None:
        outcome(Finished(None, {"a": np.float32([final / 2]), "b": np.float32([final / 10])}))
    return outcome


@pytest.mark.parametrize(
    ("scales", "diverged"),
    [
        ([], False),
        ([[1.0] * 20], False),
        ([[1.0, *[11.0] * 10]], True),
        ([[1.0, *[11.0] * 9]], False),
        ([[1.0, *[11.0] * 9, 9.0]], False),
        ([[1.0, *[9.9] * 20]], False),
        ([[0.0, *[11.0] * 20]], False),
        ([[1.0] * 5, [20.0] * 20], False),
        ([[1.0, *[11.0] * 10], [20.0] * 3], False),
    ],
)
def test_ten_losses_above_ten_times_the_first_of_their_size_are_a_divergence(scales, diverged):
    assert outcome_of(*scales).diverged == diverged


def test_the_line_on_a_divergence_names_both_losses_and_the_way_out():
    line = outcome_of([2.0, *[30.0] * 10]).divergence
    assert "from 2 to 30" in line and "expected a smaller --learning_rate" in line


@pytest.mark.parametrize(
    ("scales", "final", "noted"),
    [
        ([[2.0, 1.0]], 1.0, False),
        ([[2.0, 3.0]], 2.0, True),
        ([[2.0, 3.0]], 2.5, True),
        ([[2.0, 3.0]], None, False),
        ([[2.0]], 2.0, False),
        ([[1.0, 0.5], [3.0, 2.0]], 2.0, False),
        ([[9.0, 8.0], [3.0, 3.5]], 3.0, True),
        ([], 1.0, False),
    ],
)
def test_a_run_that_ends_no_better_than_its_last_size_began_has_one_note(scales, final, noted):
    notes = outcome_of(*scales, final=final).notes
    assert len(notes) == noted
    assert all("no lower than at the start" in note and "--learning_rate" in note for note in notes)
