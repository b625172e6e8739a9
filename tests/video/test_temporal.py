"""What frames are held to: masks, starts, and the value of the terms."""

import numpy as np
import tensorflow as tf

from tf_nst.model.networks import NETWORKS
from tf_nst.objective.objective import Objective, measure_references, term_values
from tf_nst.objective.weights import position_weights
from tf_nst.video.tasks import LAGS
from tf_nst.video.temporal import (
    Warped,
    led_over,
    longer_where_no_shorter,
    start_from,
    temporal_extras,
    uncovered,
)


def warped(value, mask):
    """A grey picture of one row, and its mask."""
    mask = np.array([mask], np.float32)
    return Warped(np.full((*mask.shape, 3), value, np.float32), mask)


THREE = {
    4: warped(0.4, [1, 1, 1, 0]),
    1: warped(0.1, [1, 0, 0, 0]),
    2: warped(0.2, [1, 1, 0, 0]),
}


def test_longer_lags_count_where_no_shorter_one_does():
    masks = {lag: each.mask[0].tolist() for lag, each in longer_where_no_shorter(THREE).items()}
    assert masks == {1: [1, 0, 0, 0], 2: [0, 1, 0, 0], 4: [0, 0, 1, 0]}


def test_the_start_takes_each_where_it_counts_and_fills_the_rest():
    start = start_from(longer_where_no_shorter(THREE), np.full((1, 4, 3), 0.9, np.float32))
    np.testing.assert_allclose(start[0, :, 0], [0.1, 0.2, 0.4, 0.9], atol=1e-6)
    assert uncovered(longer_where_no_shorter(THREE)) == 0.25
    assert uncovered({}) == 1


def test_frames_lead_over_in_even_steps():
    """From 0 to 1 in two frames: a third of the way, then half of what is left; where it shows."""
    ahead = warped(1.0, [1, 0])
    first = led_over({1: warped(0.0, [1, 1])}, ahead, 2)[1]
    np.testing.assert_allclose(first.picture[0, :, 0], [1 / 3, 0], atol=1e-6)
    second = led_over({1: first}, ahead, 1)[1]
    np.testing.assert_allclose(second.picture[0, :, 0], [2 / 3, 0], atol=1e-6)
    assert second.mask.tolist() == [[1, 1]]


def values_of(extras, image):
    """{term: weight * value} at an image [H, W, 3]."""
    terms, network = extras.terms, NETWORKS["vgg19"]
    masks = {name: tf.constant(mask[None, :, :, None]) for name, mask in extras.masks.items()}
    pictures = {name: tf.constant(picture) for name, picture in extras.pictures.items()}
    nothing = lambda image: {}  # noqa: E731
    references = measure_references(nothing, terms, pictures)
    weights = position_weights(network, terms, masks)
    objective = Objective(nothing, terms, {}, references, weights)
    values = term_values(objective, tf.constant(image[None]))
    return {term.name: term.weight * float(values[term.name][0]) for term in terms}


def test_a_term_is_the_mean_of_the_masked_squared_difference():
    """Ruder et al. 2016, equation 7, summed over channels and divided by the pixels."""
    generator = np.random.default_rng(3)
    picture, image = (generator.random((4, 5, 3), np.float32) for _ in range(2))
    mask = generator.integers(0, 2, (4, 5)).astype(np.float32)
    extras = temporal_extras({1: Warped(picture, mask)}, (4, 5), weight=7.0)
    expected = 7 * np.mean(mask * np.sum((image - picture) ** 2, axis=-1))
    values = list(values_of(extras, image).values())
    np.testing.assert_allclose(values, [expected, 0, 0], rtol=1e-5)


def test_all_frames_have_the_same_terms_but_for_their_weights():
    one = temporal_extras({1: warped(0.5, [1, 1])}, (1, 2), 3.0)
    none = temporal_extras({}, (1, 2), 3.0)
    assert len(none.terms) == len(LAGS)
    assert [term._replace(weight=0) for term in one.terms] == [
        term._replace(weight=0) for term in none.terms
    ]
    assert [term.weight for term in none.terms] == [0, 0, 0]


def test_a_black_frame_is_held_by_nothing_infinite():
    black = Warped(np.zeros((2, 2, 3), np.float32), np.ones((2, 2), np.float32))
    values = values_of(temporal_extras({1: black}, (2, 2), 5.0), np.ones((2, 2, 3), np.float32))
    assert all(np.isfinite(value) for value in values.values())
