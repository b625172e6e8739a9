"""What every statistic must hold: one row of STATISTICS, all of these tests."""

from functools import partial

import numpy as np
import pytest
import reference
import tensorflow as tf
from objective.samples import (
    ROLES,
    batch,
    by_windows,
    distance,
    make_term,
    role_of,
    scene,
    sums_of,
)
from tolerances import assert_close, assert_gradient

from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.steps import begin_scale, paint_scale
from tf_nst.engine.whole import Whole
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.errors import UserError
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import (
    build_objective,
    position_weights,
    reference_pictures,
    target_pictures,
    term_values,
)
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import CONTENT, IMAGE, STYLE
from tf_nst.optim.adam import adam

every_statistic = pytest.mark.parametrize("statistic", STATISTICS)
additive_ones = pytest.mark.parametrize(
    "statistic", [name for name, row in STATISTICS.items() if row.additive]
)

FEATURES = 10 * reference.counting(5, 7, 4)
# Its channels have other sizes: where two statistics are nearly equal, rounding is all there is.
OTHER = np.array([16.0, 10.0, 4.0, 1.0]) * reference.counting(5, 7, 4, start=17)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]
LAYER = "block2_conv1"
DEEP = "block4_conv1"


def grey(statistic: str, value: float) -> np.ndarray:
    """What is compared with itself: grey for a variation, which is 0 there, else FEATURES."""
    return np.full([5, 7, 4], value) if role_of(statistic) == "variation" else FEATURES


def objective_of(statistic, make_extractor, content, style, weight=1.0):
    terms = (make_term(statistic, LAYER, weight),)
    return build_objective(make_extractor((LAYER,)), terms, {CONTENT: content, STYLE: style})


# --- the row ---------------------------------------------------------------------------------


def test_the_choices_of_the_config_are_the_rows():
    choices = [name for names in ROLES.values() for name in names]
    assert sorted(choices) == sorted(STATISTICS)
    paired = {role_of(name) for name, row in STATISTICS.items() if row.paired}
    assert paired == {"content"}


def test_every_statistic_has_a_reference():
    assert reference.DISTANCES.keys() == STATISTICS.keys()


# --- values ----------------------------------------------------------------------------------


@every_statistic
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_equals_the_reference(statistic, dtype, weights):
    actual = distance(statistic, batch(FEATURES, dtype), batch(OTHER, dtype), weights)
    expected = reference.DISTANCES[statistic](FEATURES, OTHER, weights)
    assert_close(actual, [expected], dtype)


@every_statistic
def test_bfloat16_features_are_within_the_tolerance(statistic):
    actual = distance(statistic, batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"))
    expected = reference.DISTANCES[statistic](FEATURES, OTHER)
    assert_close(tf.cast(actual, tf.float32), [expected], "bfloat16")


@every_statistic
def test_bfloat16_features_have_float32_sums(statistic):
    """All but variation, which is of the picture, and that is always float32."""
    sums = sums_of(statistic, batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"))
    expected = tf.bfloat16 if role_of(statistic) == "variation" else tf.float32
    assert {value.dtype for value in sums.values()} == {expected}


@every_statistic
def test_zero_at_its_own_target(statistic):
    point = grey(statistic, 0.3)
    for dtype in ("float64", "float32"):
        value = distance(statistic, batch(point, dtype), batch(point, dtype))
        np.testing.assert_array_equal(value, [0.0])


@every_statistic
def test_a_batch_of_two_equals_the_two_alone(statistic):
    both = tf.concat([batch(FEATURES), batch(OTHER)], 0)
    actual = distance(statistic, both, batch(OTHER))
    alone = [distance(statistic, batch(it), batch(OTHER))[0] for it in (FEATURES, OTHER)]
    assert_close(actual, alone, "float64")


# --- gradients -------------------------------------------------------------------------------


@every_statistic
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_the_gradient_equals_central_differences(statistic, weights):
    features, other = batch(FEATURES), batch(OTHER)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, other, weights)
    expected = reference.central_difference(
        lambda it: reference.DISTANCES[statistic](it, OTHER, weights), FEATURES
    )
    assert_gradient(tape.gradient(value, features)[0], expected)


@every_statistic
def test_the_gradient_at_its_own_target_is_zero(statistic):
    point = batch(grey(statistic, 0.5))
    features = tf.identity(point)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, point)
    np.testing.assert_array_equal(tape.gradient(value, features), np.zeros([1, 5, 7, 4]))


@every_statistic
def test_twice_the_weight_is_twice_the_gradient(statistic, make_extractor, content, style):
    """Exactly: doubling loses no digit."""
    image, gradients = tf.constant(content[:, ::-1]), []
    for weight in (0.75, 1.5):
        objective = objective_of(statistic, make_extractor, content, style, weight)
        gradients.append(value_and_grad(objective, image).gradient.numpy())
    assert np.abs(gradients[0]).max() > 0
    np.testing.assert_array_equal(gradients[1], 2 * gradients[0])


@every_statistic
@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_the_gradient_on_a_constant_image_is_finite(statistic, level, make_extractor, style):
    image = tf.fill([1, 20, 28, 3], level)
    for other in (style, image):
        objective = objective_of(statistic, make_extractor, image, tf.constant(other))
        evaluation = value_and_grad(objective, image)
        assert np.isfinite(evaluation.loss).all()
        assert np.isfinite(evaluation.gradient).all()


# --- masks -----------------------------------------------------------------------------------


@every_statistic
def test_a_mask_of_ones_equals_no_mask(statistic):
    features, other = batch(FEATURES), batch(OTHER)
    masked = distance(statistic, features, other, np.ones([5, 7]))
    assert_close(masked, distance(statistic, features, other), "float64")


@additive_ones
def test_two_masks_that_partition_the_picture_add_up(statistic):
    whole, one, other = (
        sums_of(statistic, batch(FEATURES), batch(OTHER), weights)
        for weights in (None, WEIGHTS, 1 - WEIGHTS)
    )
    for name, value in whole.items():
        assert_close(one[name] + other[name], value, "float64")


@every_statistic
def test_what_the_mask_hides_does_not_count(statistic):
    """Outside the mask, and beyond its reach, features may be anything; within they count."""
    reach = STATISTICS[statistic].reach
    mask = np.ones([5, 7])
    mask[:, 4:] = 0
    beyond, within = FEATURES.copy(), FEATURES.copy()
    beyond[:, 4 + reach :] += 100.0
    within[:, 3 + reach :] += 100.0
    values = [
        distance(statistic, batch(it), batch(OTHER), mask) for it in (FEATURES, beyond, within)
    ]
    assert values[0] == values[1] != values[2]


@every_statistic
def test_a_mask_of_zeros_gives_a_finite_value_and_no_gradient(statistic):
    features = batch(FEATURES)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(statistic, features, batch(OTHER), np.zeros([5, 7]))
    assert np.isfinite(value).all()
    np.testing.assert_array_equal(tape.gradient(value, features), np.zeros([1, 5, 7, 4]))


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
    extractor, image = make_extractor((LAYER, DEEP), dtype="float64"), pictures["image"]
    layers = (IMAGE,) if role_of(statistic) == "variation" else (LAYER, DEEP)
    terms = tuple(make_term(statistic, layer, 2.0 + at) for at, layer in enumerate(layers))
    whole = value_and_grad(build_objective(extractor, terms, pictures), image)
    windowed = by_windows(extractor, tiny, terms, 24, pictures, {}, image)
    assert list(windowed.values) == list(whole.values)
    for one, other in zip(*map(tf.nest.flatten, (windowed, whole)), strict=True):
        assert_close(one, other, "float64")


@every_statistic
def test_by_windows_it_is_refused_by_name_unless_it_adds_up(
    statistic, tiny, make_extractor, monkeypatch
):
    row = STATISTICS[statistic]._replace(additive=False)
    monkeypatch.setitem(STATISTICS, statistic, row)
    term = make_term(statistic, LAYER)
    objective = WindowObjective(make_extractor((LAYER,)), tiny, (term,), 32)
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
    optimizer, extractor = adam(0.01), make_extractor((LAYER,))
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
        progress, _ = whole.steps(optimizer, progress, measured)(progress, 2)
        values = whole.values(measured, progress.image)
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
