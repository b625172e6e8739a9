"""Targets that are measured where their picture is visible: whole and by windows."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from objective.samples import PLAIN, make_term
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.objective.objective import measure_targets
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import CONTENT, STYLE, masked
from tf_nst.objective.weights import target_weights

HEIGHT, WIDTH = 37, 45
LAYER, DEEP = "block2_conv1", "block4_conv1"
STYLES = [name for name in PLAIN if make_term(name, LAYER).has_target]

every_style = pytest.mark.parametrize("statistic", STYLES)


def mask_of(plane) -> dict[str, tf.Tensor]:
    return {STYLE: tf.constant(np.asarray(plane, np.float64)[None, :, :, None])}


def slanted() -> np.ndarray:
    rows, columns = np.indices([HEIGHT, WIDTH])
    return np.clip((columns + rows / 3 - 0.3 * WIDTH) / 5, 0, 1)


def terms_of(statistic) -> tuple:
    return masked(tuple(make_term(statistic, layer) for layer in (LAYER, DEEP)), {STYLE})


def test_terms_are_masked_by_the_pictures_that_have_alpha():
    """The painted picture counts where the content is visible, a target where its picture is."""
    terms = make_term("frobenius", LAYER), make_term("gram", LAYER), make_term("squared", LAYER)
    both = masked(terms, {CONTENT, STYLE})
    assert [term.mask for term in both] == [CONTENT] * 3
    assert [term.of_mask for term in both] == [None, STYLE, None]
    assert [(term.mask, term.of_mask) for term in masked(terms, {})] == [(None, None)] * 3


@every_style
def test_a_masked_target_is_that_of_the_reference(statistic, tiny, tiny_arrays, make_extractor):
    """The distance of a picture from a target that is measured at a part of the same picture."""
    picture = 0.1 + 0.8 * reference.counting(HEIGHT, WIDTH, start=9) ** 2
    extractor, terms = make_extractor((LAYER, DEEP), dtype="float64"), terms_of(statistic)[:1]
    weights = target_weights(tiny, terms, mask_of(slanted()))
    targets = measure_targets(extractor, terms, {STYLE: tf.constant(picture[None])}, weights)
    features = extractor(tf.constant(picture[None]))[LAYER]
    kind = STATISTICS[statistic]
    plane = reference.pooled(slanted(), 2)
    sums = kind.measure(features, tf.constant(plane))
    distance = kind.distance(kind.value(sums), targets[terms[0].name])
    np.testing.assert_allclose(distance, 0, atol=1e-6)
    everywhere = kind.distance(kind.value(kind.measure(features, None)), targets[terms[0].name])
    assert everywhere[0] > 1e-4


@every_style
@pytest.mark.parametrize("core", [16, 24])
def test_windows_measure_what_the_whole_does(statistic, core, tiny, make_extractor):
    picture = {STYLE: tf.constant(reference.counting(HEIGHT, WIDTH)[None])}
    extractor, terms = make_extractor((LAYER, DEEP), dtype="float64"), terms_of(statistic)
    weights = target_weights(tiny, terms, mask_of(slanted()))
    whole = measure_targets(extractor, terms, picture, weights)
    alone = Replicas(tf.distribute.get_strategy(), 1)
    windows = Windows(WindowObjective(extractor, tiny, terms, core), alone)
    windowed = windows.targets(picture, weights)
    for one, other in zip(*map(tf.nest.flatten, (whole, windowed)), strict=True):
        assert_close(one, other, "float64", scale=1.0)


def test_where_no_position_is_visible_every_one_counts(tiny):
    """The 37th row is no position's at stride 8, nor at stride 2."""
    plane = np.zeros([HEIGHT, WIDTH])
    plane[-1] = 1
    weights = target_weights(tiny, terms_of("gram"), mask_of(plane))
    assert all(np.all(weight == 1) for weight in weights.values())
