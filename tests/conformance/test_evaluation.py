"""Every statistic by windows, compiled and saved: one row of STATISTICS, all of these tests."""

from functools import partial

import numpy as np
import pytest
import tensorflow as tf
from objective.samples import batch, by_windows, make_term, role_of, scene, sums_of
from tolerances import assert_close

from conformance.samples import (
    DEEP,
    FEATURES,
    LAYER,
    OTHER,
    additive_ones,
    every_statistic,
    extractor_of,
    objective_of,
)
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.steps import begin_scale, paint_scale
from tf_nst.engine.whole import Whole
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.errors import UserError
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import (
    build_objective,
    reference_pictures,
    target_pictures,
    term_values,
)
from tf_nst.objective.statistics import STATISTICS, find_statistic
from tf_nst.objective.terms import IMAGE
from tf_nst.objective.weights import position_weights
from tf_nst.optim.adam import adam

# --- windows ---------------------------------------------------------------------------------


@additive_ones
def test_the_sums_of_windows_equal_the_whole(statistic):
    """Two windows share a column, which the right one owns."""
    owned = np.ones([5, 4])
    owned[:, -1] = 0
    whole = sums_of(statistic, batch(FEATURES), batch(OTHER))
    left = sums_of(statistic, batch(FEATURES[:, :4]), batch(OTHER[:, :4]), owned)
    right = sums_of(statistic, batch(FEATURES[:, 3:]), batch(OTHER[:, 3:]))
    for name in whole:
        assert_close(left[name] + right[name], whole[name], "float64")


@additive_ones
def test_by_windows_equals_the_whole(statistic, tiny, make_extractor):
    """Through the network, at two layers, with sides off the deeper one's grid."""
    pictures = scene(51, 77)
    image = pictures["image"]
    layers = (IMAGE,) if role_of(statistic) == "variation" else (LAYER, DEEP)
    terms = tuple(make_term(statistic, layer, 2.0 + at) for at, layer in enumerate(layers))
    extractor = extractor_of(make_extractor, terms, dtype="float64")
    whole = value_and_grad(build_objective(extractor, terms, pictures), image)
    windowed = by_windows(extractor, tiny, terms, 24, pictures, {}, image)
    assert list(windowed.values) == list(whole.values)
    for one, other in zip(*map(tf.nest.flatten, (windowed, whole)), strict=True):
        assert_close(one, other, "float64")


@every_statistic
def test_by_windows_it_is_refused_by_name_unless_it_adds_up(
    statistic, tiny, make_extractor, monkeypatch
):
    row = find_statistic(statistic)._replace(additive=False)
    monkeypatch.setitem(STATISTICS, statistic, row)
    term = make_term(statistic, LAYER)
    objective = WindowObjective(extractor_of(make_extractor, (term,)), tiny, (term,), 32)
    with pytest.raises(UserError, match=f"^--tile: {term.name} does not add up"):
        Windows(objective, Replicas(tf.distribute.get_strategy(), 1))


# --- compiled, saved -------------------------------------------------------------------------


@every_statistic
def test_several_calls_of_several_steps_trace_once(statistic, make_extractor, content, style):
    optimizer = adam(0.01)
    objective = objective_of(statistic, make_extractor, content, style)
    run = tf.function(partial(paint_scale, objective, optimizer), autograph=False)
    progress = begin_scale(optimizer, tf.constant(content[:, ::-1]))
    for count in (1, 3, 2):
        progress, report = run(progress, tf.constant(count))
        assert report.steps == count
    assert run.experimental_get_tracing_count() == 1


@every_statistic
def test_pictures_of_two_sizes_trace_once(statistic, tiny, make_extractor):
    """With and without a mask; what is painted has the loss that it has by itself."""
    terms = make_term(statistic, LAYER), make_term(statistic, LAYER, mask="half")
    optimizer, extractor = adam(0.01), extractor_of(make_extractor, terms)
    whole = Whole(extractor, terms, Replicas(tf.distribute.get_strategy(), 1), 0.0, False)
    traces = set()
    for size in ((20, 28), (25, 22)):
        pictures, mask = scene(*size, "float32"), np.zeros([1, *size, 1], np.float32)
        mask[:, 7:] = 1
        weights = position_weights(tiny, terms, {"half": tf.constant(mask)})
        measured = Measured(
            whole.targets({name: pictures[name] for name in target_pictures(terms)}),
            whole.references({name: pictures[name] for name in reference_pictures(terms)}),
            weights,
        )
        progress = whole.place(optimizer, begin_scale(optimizer, pictures["image"]))
        progress, _ = whole.steps(optimizer, progress, measured, (1.0, 1.0))(progress, 2)
        values = whole.values(optimizer, progress, measured, (1.0, 1.0))
        expected = term_values(build_objective(extractor, terms, pictures, weights), progress.image)
        for name, value in expected.items():
            assert_close(values[name], value, "float32")
        traces.add(whole.traces)
    assert len(traces) == 1


@every_statistic
def test_compiled_values_equal_eager_ones(statistic, make_extractor, content, style):
    objective = objective_of(statistic, make_extractor, content, style)
    image = tf.constant(content[:, ::-1])
    compiled = tf.function(partial(term_values, objective))(image)
    for name, value in term_values(objective, image).items():
        assert_close(compiled[name], value, "float32")


@every_statistic
def test_a_saved_model_gives_the_same_values_and_gradient(
    statistic, make_extractor, content, style, tmp_path
):
    objective = objective_of(statistic, make_extractor, content, style)
    image = tf.constant(content[:, ::-1])
    evaluate = tf.function(
        partial(value_and_grad, objective),
        autograph=False,
        input_signature=[tf.TensorSpec(image.shape)],
    )
    module = tf.Module()
    module.evaluate = evaluate
    module.kept = list(evaluate.get_concrete_function().variables)
    expected = evaluate(image)
    tf.saved_model.save(module, tmp_path)
    loaded = tf.saved_model.load(tmp_path)
    actual = loaded.evaluate(image)
    assert actual.values.keys() == expected.values.keys()
    assert np.any(actual.gradient)
    for one, other in zip(*map(tf.nest.flatten, (actual, expected)), strict=True):
        assert_close(one, other, "float32")
