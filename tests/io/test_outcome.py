"""Runs that ended no better than they began have a note."""

import numpy as np
import pytest
from run_events import COARSE, SCALE, TERMS_OF_RUN, done

from tf_nst.engine.events import Finished, ScaleStarted
from tf_nst.io.listeners import History
from tf_nst.io.outcome import notes_on_loss

CONTENT, *STYLES = TERMS_OF_RUN


def history_of(*scales, final=None) -> History:
    """Of a run of up to two scales with these losses, half of each of the content."""
    history, step = History((COARSE, SCALE)), 0
    for index, losses in enumerate(scales):
        history(ScaleStarted(index, (COARSE, SCALE)[index]))
        for loss in losses:
            step += 1
            values = [(value,) for value in values_of(loss).values()]
            history(done(step, values))
    if final is not None:
        last = {name: np.float32([value]) for name, value in values_of(final).items()}
        history(Finished(np.zeros([1, 4, 6, 3]), last))
    return history


def values_of(loss: float) -> dict[str, float]:
    """Terms of a loss: weights are 2, 3 and 5."""
    one, other = STYLES
    return {CONTENT.name: loss / 4, one.name: loss / 12, other.name: loss / 20}


@pytest.mark.parametrize(
    ("scales", "final", "noted"),
    [
        ([[2.0, 1.0]], 1.0, False),
        ([[2.0, 3.0]], 2.25, True),
        ([[2.0, 3.0]], 2.5, True),
        ([[2.0, 3.0]], None, False),
        ([[2.0]], 2.5, False),
        ([[1.0, 0.5], [3.0, 2.0]], 2.0, False),
        ([[9.0, 8.0], [3.0, 3.5]], 3.25, True),
        ([[1.0, 0.5], []], 2.0, True),
        ([[0.0, 0.0]], 0.0, False),
        ([], 1.0, False),
    ],
)
def test_a_run_that_ends_no_better_than_its_last_size_began_has_one_note(scales, final, noted):
    notes = notes_on_loss(TERMS_OF_RUN, history_of(*scales, final=final))
    assert len(notes) == noted
    assert all("no lower than at the start" in note and "--learning_rate" in note for note in notes)


def test_the_note_names_both_losses():
    (line,) = notes_on_loss(TERMS_OF_RUN, history_of([2.0, 3.0], final=2.5))
    assert "(2 then, 2.5 now)" in line


def test_a_run_that_goes_on_knows_the_loss_that_its_size_began_with():
    before = history_of([9.0], [3.0, 4.0])
    history = History((COARSE, SCALE))
    history.restore(*before.to_arrays())
    assert not notes_on_loss(TERMS_OF_RUN, history)
    history.final = values_of(3.5)
    assert len(notes_on_loss(TERMS_OF_RUN, history)) == 1
