"""The loss and its gradient to the image."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from objective.samples import make_term
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import build_objective, term_values, total
from tf_nst.objective.terms import CONTENT, STYLE

IMAGE = reference.counting(4, 5)
CONTENT_PICTURE = reference.counting(4, 5, start=8)
STYLE_PICTURE = reference.counting(3, 6, start=31)
TERMS = (
    make_term("mean_squared", "pixels", 2.0),
    make_term("gram", "pixels", 0.5),
    make_term("squared", "image", 0.25),
)


def separate(image) -> dict:
    """Features that are the picture itself: every gradient can be written down."""
    return {"pixels": image}


def objective_of(terms):
    pictures = {CONTENT: CONTENT_PICTURE, STYLE: STYLE_PICTURE}
    pictures = {name: tf.constant(picture[None]) for name, picture in pictures.items()}
    return build_objective(separate, terms, pictures)


def test_the_gradient_of_content_is_known():
    """2 (x - p) / |p|^2."""
    objective = objective_of((make_term("mean_squared", "pixels", 3.0),))
    evaluation = value_and_grad(objective, tf.constant(IMAGE[None]))
    difference, square = IMAGE - CONTENT_PICTURE, np.sum(CONTENT_PICTURE**2)
    assert_close(evaluation.gradient[0], 3 * 2 * difference / square, "float64")
    error = np.sum(difference**2) / square
    assert_close(evaluation.values["content/mean_squared/pixels"], [error], "float64")
    assert_close(evaluation.loss, [3 * error], "float64")


def test_the_gradient_of_gram_is_known():
    """4 x (G - A) / (M |A|^2), of G = x^T x / M."""
    objective = objective_of((make_term("gram", "pixels"),))
    gradient = value_and_grad(objective, tf.constant(IMAGE[None])).gradient
    target = reference.gram(STYLE_PICTURE)
    slope = 4 * IMAGE @ (reference.gram(IMAGE) - target) / (20 * np.sum(target**2))
    assert_close(gradient[0], slope, "float64")


def test_the_gradient_is_that_of_the_weighted_total():
    objective = objective_of(TERMS)

    def loss(image):
        return total(TERMS, term_values(objective, tf.constant(image[None])))[0]

    evaluation = value_and_grad(objective, tf.constant(IMAGE[None]))
    assert_close(evaluation.loss, [loss(IMAGE)], "float64")
    assert_gradient(evaluation.gradient[0], reference.central_difference(loss, IMAGE))


def test_values_are_unweighted_and_in_the_order_of_the_terms():
    values = value_and_grad(objective_of(TERMS), tf.constant(IMAGE[None])).values
    assert list(values) == [term.name for term in TERMS]
    heavier = tuple(term._replace(weight=10 * term.weight) for term in TERMS)
    again = value_and_grad(objective_of(heavier), tf.constant(IMAGE[None])).values
    for name, value in values.items():
        np.testing.assert_array_equal(again[name], value)


def test_pictures_of_a_batch_do_not_see_each_other():
    objective = objective_of(TERMS)
    both = np.stack([IMAGE, STYLE_PICTURE.mean() + 0 * IMAGE])
    evaluation = value_and_grad(objective, tf.constant(both))
    for index in range(2):
        alone = value_and_grad(objective, tf.constant(both[index : index + 1]))
        assert_close(evaluation.gradient[index], alone.gradient[0], "float64")
        assert_close(evaluation.loss[index], alone.loss[0], "float64")


OF_BOTH = make_term("mean_squared", "block2_conv1"), make_term("gram", "block2_conv1")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_image_and_gradient_are_float32_whatever_the_extractor(
    make_extractor, content, style, dtype
):
    extractor = make_extractor(("block2_conv1",), dtype=dtype)
    objective = build_objective(extractor, OF_BOTH, {CONTENT: content, STYLE: style})
    evaluation = value_and_grad(objective, tf.constant(content[:, ::-1]))
    assert evaluation.gradient.dtype == evaluation.loss.dtype == tf.float32
    assert {value.dtype for value in evaluation.values.values()} == {tf.float32}


def test_bfloat16_features_give_values_within_the_tolerance_and_a_gradient_along_float32s(
    make_extractor, content, style
):
    evaluations = []
    for dtype in ("float32", "bfloat16"):
        extractor = make_extractor(("block2_conv1",), dtype=dtype)
        objective = build_objective(extractor, OF_BOTH, {CONTENT: content, STYLE: style})
        evaluations.append(value_and_grad(objective, tf.constant(content[:, ::-1])))
    exact, rounded = evaluations
    for name, value in exact.values.items():
        assert_close(rounded.values[name], value, "bfloat16 network")
    slope, coarse = exact.gradient, rounded.gradient
    cosine = np.sum(slope * coarse) / np.sqrt(np.sum(slope**2) * np.sum(coarse**2))
    assert cosine > 0.995
