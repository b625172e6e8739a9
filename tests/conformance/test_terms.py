"""What every term must hold: one row of TERMS, all of these tests."""

from functools import partial

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst import config
from tf_nst.engine.steps import begin, compile_steps
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import build_objective, term_values
from tf_nst.objective.terms import IMAGE, TERMS, means
from tf_nst.optim.optimizers import adam

every_term = pytest.mark.parametrize("statistic", TERMS)

FEATURES = 10 * reference.counting(5, 7, 4)
# Its channels have other sizes: where two statistics are nearly equal, rounding is all there is.
OTHER = np.array([16.0, 10.0, 4.0, 1.0]) * reference.counting(5, 7, 4, start=17)
WEIGHTS = reference.counting(5, 7, 1, start=3)[..., 0]


def batch(features, dtype="float64") -> tf.Tensor:
    return tf.constant(np.asarray(features)[None], dtype)


def sums_of(term, features, other, weights=None) -> dict:
    reference_features = other if term.role == "content" else None
    return term.moments(features, reference_features, weights)


def distance(term, features, other, weights=None) -> tf.Tensor:
    target = means(term.moments(other)) if term.role == "style" else None
    return term.distance(means(sums_of(term, features, other, weights)), target)


def make(statistic, weight=1.0):
    layer = IMAGE if TERMS[statistic].role == "variation" else "block2_conv1"
    return TERMS[statistic](layer, weight)


def test_the_choices_of_the_config_are_the_rows_by_role():
    by_role = {}
    for name, term in TERMS.items():
        by_role.setdefault(term.role, []).append(name)
    assert by_role == {
        "content": list(config.CONTENT_LOSSES),
        "style": list(config.STYLE_STATISTICS),
        "variation": list(config.VARIATION_LOSSES),
    }


def test_every_term_has_a_reference():
    assert reference.DISTANCES.keys() == TERMS.keys()


@every_term
def test_the_row_has_the_name_of_its_statistic(statistic):
    assert TERMS[statistic].statistic == statistic
    assert make(statistic).name == f"{make(statistic).role}/{statistic}/{make(statistic).layer}"


@every_term
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_equals_the_reference(statistic, dtype, weights):
    actual = distance(make(statistic), batch(FEATURES, dtype), batch(OTHER, dtype), weights)
    expected = reference.DISTANCES[statistic](FEATURES, OTHER, weights)
    assert_close(actual, [expected], dtype)


@every_term
def test_bfloat16_features_are_within_the_tolerance(statistic):
    rounded = batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16")
    actual = distance(make(statistic), *rounded)
    expected = reference.DISTANCES[statistic](FEATURES, OTHER)
    assert_close(tf.cast(actual, tf.float32), [expected], "bfloat16")


@every_term
def test_bfloat16_features_have_float32_sums(statistic):
    """All but variation, which is of the picture, and that is always float32."""
    sums = sums_of(make(statistic), batch(FEATURES, "bfloat16"), batch(OTHER, "bfloat16"))
    expected = tf.bfloat16 if make(statistic).layer == IMAGE else tf.float32
    assert {value.dtype for value in sums.values()} == {expected}


@every_term
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["ones", "weights"])
def test_the_gradient_equals_central_differences(statistic, weights):
    features, other = batch(FEATURES), batch(OTHER)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(make(statistic), features, other, weights)
    expected = reference.central_difference(
        lambda it: reference.DISTANCES[statistic](it, OTHER, weights), FEATURES
    )
    assert_gradient(tape.gradient(value, features)[0], expected)


@every_term
def test_the_sums_of_windows_equal_the_whole(statistic):
    """Two windows share a column, which the right one owns."""
    term = make(statistic)
    owned = np.ones([5, 4])
    owned[:, -1] = 0
    whole = sums_of(term, batch(FEATURES), batch(OTHER))
    left = sums_of(term, batch(FEATURES[:, :4]), batch(OTHER[:, :4]), owned)
    right = sums_of(term, batch(FEATURES[:, 3:]), batch(OTHER[:, 3:]))
    assert term.additive
    for name in whole:
        assert_close(left[name] + right[name], whole[name], "float64")


@every_term
def test_a_mask_of_ones_equals_no_mask(statistic):
    term, features, other = make(statistic), batch(FEATURES), batch(OTHER)
    masked = distance(term, features, other, np.ones([5, 7]))
    assert_close(masked, distance(term, features, other), "float64")


@every_term
def test_what_the_mask_hides_does_not_count(statistic):
    """Outside the mask, and beyond its reach of one pixel, features may be anything."""
    mask = np.ones([5, 7])
    mask[:, 4:] = 0
    hidden = FEATURES.copy()
    hidden[:, 5:] += 100.0
    values = [distance(make(statistic), batch(it), batch(OTHER), mask) for it in (FEATURES, hidden)]
    assert values[0] == values[1]


@every_term
def test_zero_at_its_own_target(statistic):
    point = np.full([5, 7, 4], 0.3) if make(statistic).role == "variation" else FEATURES
    for dtype in ("float64", "float32"):
        value = distance(make(statistic), batch(point, dtype), batch(point, dtype))
        np.testing.assert_array_equal(value, [0.0])


@every_term
def test_the_gradient_at_its_own_target_is_zero(statistic):
    point = batch(np.full([5, 7, 4], 0.5) if make(statistic).role == "variation" else FEATURES)
    features = tf.identity(point)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = distance(make(statistic), features, point)
    np.testing.assert_array_equal(tape.gradient(value, features), np.zeros([1, 5, 7, 4]))


@every_term
def test_a_batch_of_two_equals_the_two_alone(statistic):
    both = tf.concat([batch(FEATURES), batch(OTHER)], 0)
    actual = distance(make(statistic), both, batch(OTHER))
    alone = [distance(make(statistic), batch(it), batch(OTHER))[0] for it in (FEATURES, OTHER)]
    assert_close(actual, alone, "float64")


@every_term
def test_twice_the_weight_is_twice_the_gradient(statistic, make_extractor, content, style):
    """Exactly: doubling loses no digit."""
    extractor, image = make_extractor(("block2_conv1",)), tf.constant(content[:, ::-1])
    gradients = []
    for weight in (0.75, 1.5):
        objective = build_objective(extractor, (make(statistic, weight),), content, style)
        gradients.append(value_and_grad(objective, image).gradient.numpy())
    assert np.abs(gradients[0]).max() > 0
    np.testing.assert_array_equal(gradients[1], 2 * gradients[0])


@every_term
@pytest.mark.parametrize("grey", [0.0, 0.3, 1.0])
def test_the_gradient_on_a_constant_image_is_finite(statistic, grey, make_extractor, style):
    image = tf.fill([1, 20, 28, 3], grey)
    for other in (style, image):
        objective = build_objective(
            make_extractor(("block2_conv1",)), (make(statistic),), image, tf.constant(other)
        )
        found = value_and_grad(objective, image)
        assert np.isfinite(found.values[make(statistic).name]).all()
        assert np.isfinite(found.gradient).all()


@every_term
def test_several_calls_of_several_steps_trace_once(statistic, make_extractor, content, style):
    objective = build_objective(
        make_extractor(("block2_conv1",)), (make(statistic),), content, style
    )
    optimizer = adam(0.01)
    run = compile_steps(objective, optimizer, xla=False)
    image = tf.constant(content[:, ::-1])
    progress = begin(image, optimizer.init(image))
    for count in (1, 3, 2):
        progress, report = run(progress, tf.constant(count))
        assert report.steps == count
    assert run.experimental_get_tracing_count() == 1


@every_term
def test_compiled_values_equal_eager_ones(statistic, make_extractor, content, style):
    objective = build_objective(
        make_extractor(("block2_conv1",)), (make(statistic),), content, style
    )
    eager = term_values(objective, tf.constant(content[:, ::-1]))
    compiled = tf.function(partial(term_values, objective))(tf.constant(content[:, ::-1]))
    for name, value in eager.items():
        assert_close(compiled[name], value, "float32")
