"""The loss and its gradient to the image."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import build_objective, term_values, total
from tf_nst.objective.terms import Gram, MeanSquaredContent, SquaredVariation

IMAGE = reference.counting(4, 5)
CONTENT = reference.counting(4, 5, start=8)
STYLE = reference.counting(3, 6, start=31)
TERMS = (MeanSquaredContent("own", 2.0), Gram("own", 0.5), SquaredVariation("image", 0.25))


def own(image) -> dict:
    """Features that are the picture itself: every gradient can be written down."""
    return {"own": image}


def objective_of(terms):
    return build_objective(own, terms, tf.constant(CONTENT[None]), tf.constant(STYLE[None]))


def test_the_gradient_of_content_is_known():
    """2 (x - p) / |p|^2."""
    objective = objective_of((MeanSquaredContent("own", 3.0),))
    found = value_and_grad(objective, tf.constant(IMAGE[None]))
    expected = 3 * 2 * (IMAGE - CONTENT) / np.sum(CONTENT**2)
    assert_close(found.gradient[0], expected, "float64")
    error = np.sum((IMAGE - CONTENT) ** 2) / np.sum(CONTENT**2)
    assert_close(found.values["content/mean_squared/own"], [error], "float64")
    assert_close(found.loss, [3 * error], "float64")


def test_the_gradient_of_gram_is_known():
    """4 x (G - A) / (M |A|^2), of G = x^T x / M."""
    objective = objective_of((Gram("own", 1.0),))
    gradient = value_and_grad(objective, tf.constant(IMAGE[None])).gradient
    target = reference.gram(STYLE)
    slope = 4 * IMAGE @ (reference.gram(IMAGE) - target) / (20 * np.sum(target**2))
    assert_close(gradient[0], slope, "float64")


def test_the_gradient_is_that_of_the_weighted_total():
    objective = objective_of(TERMS)

    def loss(image):
        return total(TERMS, term_values(objective, tf.constant(image[None])))[0]

    found = value_and_grad(objective, tf.constant(IMAGE[None]))
    assert_close(found.loss, [loss(IMAGE)], "float64")
    assert_gradient(found.gradient[0], reference.central_difference(loss, IMAGE))


def test_values_are_unweighted_and_in_the_order_of_the_terms():
    values = value_and_grad(objective_of(TERMS), tf.constant(IMAGE[None])).values
    assert list(values) == [term.name for term in TERMS]
    heavier = tuple(type(term)(term.layer, 10 * term.weight) for term in TERMS)
    again = value_and_grad(objective_of(heavier), tf.constant(IMAGE[None])).values
    for name, value in values.items():
        np.testing.assert_array_equal(again[name], value)


def test_pictures_of_a_batch_do_not_see_each_other():
    objective = objective_of(TERMS)
    both = np.stack([IMAGE, STYLE.mean() + 0 * IMAGE])
    found = value_and_grad(objective, tf.constant(both))
    for index in range(2):
        alone = value_and_grad(objective, tf.constant(both[index : index + 1]))
        assert_close(found.gradient[index], alone.gradient[0], "float64")
        assert_close(found.loss[index], alone.loss[0], "float64")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_image_and_gradient_are_float32_whatever_the_extractor(
    make_extractor, content, style, dtype
):
    extractor = make_extractor(("block2_conv1",), dtype=dtype)
    terms = (MeanSquaredContent("block2_conv1", 1.0), Gram("block2_conv1", 1.0))
    objective = build_objective(extractor, terms, content, style)
    found = value_and_grad(objective, tf.constant(content[:, ::-1]))
    assert found.gradient.dtype == found.loss.dtype == tf.float32
    assert {value.dtype for value in found.values.values()} == {tf.float32}


def test_bfloat16_features_give_values_within_the_tolerance_and_a_gradient_along_float32s(
    make_extractor, content, style
):
    found = []
    for dtype in ("float32", "bfloat16"):
        extractor = make_extractor(("block2_conv1",), dtype=dtype)
        terms = (MeanSquaredContent("block2_conv1", 1.0), Gram("block2_conv1", 1.0))
        objective = build_objective(extractor, terms, content, style)
        found.append(value_and_grad(objective, tf.constant(content[:, ::-1])))
    exact, rounded = found
    for name, value in exact.values.items():
        assert_close(rounded.values[name], value, "bfloat16 network")
    slope, coarse = exact.gradient, rounded.gradient
    cosine = np.sum(slope * coarse) / np.sqrt(np.sum(slope**2) * np.sum(coarse**2))
    assert cosine > 0.995
