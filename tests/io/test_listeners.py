"""What listeners make of events: contributions, history, previews. Progress: test_progress.py."""

import numpy as np
import pytest
import tensorflow as tf
from run_events import COARSE, CONTENT, SCALE, STYLES, TERMS_OF_RUN, done

from tf_nst.engine.events import Finished, Note, ScaleStarted
from tf_nst.io.listeners import History, Previews, contributions
from tf_nst.objective.terms import Term

# --- contributions ---------------------------------------------------------------------------


def test_contributions_are_weighted_sums_by_role():
    terms = (*TERMS_OF_RUN, Term("variation/squared/image", None, "image", 0.5, "squared"))
    values = dict(zip((term.name for term in terms), (1.0, 0.5, 0.25, 8.0), strict=True))
    shares = contributions(terms, values)
    assert shares == {"content": 2.0, "style": 3 * 0.5 + 5 * 0.25, "variation": 4.0}
    assert list(shares) == ["content", "style", "variation"]


# --- history ---------------------------------------------------------------------------------


def test_history_keeps_every_value_of_every_call_in_order():
    history = History((SCALE,))
    assert (history.steps, history.seconds, history.values, history.final) == (0, 0.0, {}, {})
    assert history.steps_of_scales == [0]
    history(ScaleStarted(0, SCALE))
    history(done(1, ((1,), (2,), (3,)), seconds=0.5))
    history(done(3, ((4, 5), (6, 7), (8, 9)), seconds=0.25))
    assert history.values == {
        CONTENT.name: [1, 4, 5],
        STYLES[0].name: [2, 6, 7],
        STYLES[1].name: [3, 8, 9],
    }
    assert (history.steps, history.seconds, history.final) == (3, 0.75, {})
    assert history.steps_of_scales == [3]


def test_history_counts_the_steps_of_each_scale():
    """The first is left out, the second ends early."""
    history = History((SCALE, COARSE, SCALE, SCALE))
    history(ScaleStarted(1, COARSE))
    history(done(2, ((4, 5), (6, 7), (8, 9)), COARSE))
    history(done(3, scale=COARSE))
    history(Note("that was it"))
    history(ScaleStarted(2, SCALE))
    assert history.steps_of_scales == [0, 3, 0, 0]
    history(done(5, ((1, 2), (1, 2), (1, 2))))
    assert history.steps_of_scales == [0, 3, 2, 0]
    assert history.steps == 5
    assert history.values[CONTENT.name] == [4, 5, 1, 1, 2]


def test_a_history_that_is_restored_goes_on():
    """Whole, and from its first step on."""
    events = (ScaleStarted(0, COARSE), done(2, ((4, 5), (6, 7), (8, 0.1)), COARSE), done(3))
    whole, first, second = (History((COARSE, SCALE)) for _ in range(3))
    for event in events:
        whole(event)
    for event in events[:2]:
        first(event)
    second.restore(*first.to_arrays())
    for event in (events[0], events[2]):
        second(event)
    assert vars(second) == vars(whole)


def test_a_history_without_a_step_is_restored():
    history = History((COARSE, SCALE))
    history.restore(*History((COARSE, SCALE)).to_arrays())
    assert vars(history) == vars(History((COARSE, SCALE)))


def test_history_keeps_the_values_of_the_finished_picture_apart():
    history = History((SCALE,))
    history(ScaleStarted(0, SCALE))
    history(done(1))
    history(Finished(tf.zeros([1, 4, 6, 3]), {CONTENT.name: np.array([0.125], np.float32)}))
    assert history.final == {CONTENT.name: 0.125}
    assert history.steps == 1


def test_history_holds_plain_numbers():
    history = History((SCALE,))
    history(ScaleStarted(0, SCALE))
    history(done(1))
    history(Finished(tf.zeros([1, 4, 6, 3]), {CONTENT.name: np.array([0.125], np.float32)}))
    assert type(history.values[CONTENT.name][0]) is type(history.final[CONTENT.name]) is float


# --- previews --------------------------------------------------------------------------------


def test_previews_are_handed_over_at_multiples_only():
    pictures = []
    previews = Previews(3, lambda pixels: pictures.append(pixels))
    previews(ScaleStarted(0, SCALE))
    for step in range(1, 8):
        previews(done(step))
    previews(Finished(tf.zeros([1, 4, 6, 3]), {}))
    assert [float(pixels[0, 0, 0, 0]) for pixels in pictures] == [3.0, 6.0]
    assert pictures[0].shape == (1, 4, 6, 3) and isinstance(pictures[0], np.ndarray)


@pytest.mark.parametrize(
    "changes",
    [
        {"values": np.zeros([2], np.float32)},
        {"values": np.zeros([1, 9], np.float32)},
        {"cores_of_scales": []},
        {"steps_of_scales": [3]},
    ],
    ids=str,
)
def test_a_history_of_other_shapes_is_refused(changes):
    kept = {"terms": ["a"], "steps_of_scales": [1, 2], "cores_of_scales": [0, 0], "seconds": 1.0}
    kept |= {"values": np.zeros([1, 3], np.float32)}
    History((COARSE, SCALE)).restore(kept, kept["values"])
    kept |= changes
    with pytest.raises(ValueError, match=r"expected .*, received"):
        History((COARSE, SCALE)).restore(kept, kept["values"])
