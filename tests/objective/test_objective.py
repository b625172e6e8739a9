"""From a config to a loss: the sum of its weighted terms, whatever their number and size."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close, assert_gradient

from objective.samples import CONTENT_64, IMAGE_64, STYLE_64, make_term
from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import Weighted
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, term_values, total
from tf_nst.objective.terms import CONTENT, IMAGE, STYLE, build_terms

CONFIG = ObjectiveConfig(
    content_layers=(Weighted("block2_conv2", 3.0), Weighted("block1_conv2")),
    style_layers=(Weighted("block1_conv1"), Weighted("block3_conv1", 2.0)),
    style_statistic=(Weighted("gram", 4.0), Weighted("mean_std")),
    tv_weight=1e-3,
)

PICTURES_64 = {CONTENT: tf.constant(CONTENT_64[None]), STYLE: tf.constant(STYLE_64[None])}


@pytest.fixture(scope="module")
def objective_64(tiny, make_extractor):
    extractor = make_extractor(used_layers(CONFIG, tiny), dtype="float64")
    return build_objective(extractor, build_terms(CONFIG, tiny), PICTURES_64)


def features_64(tiny, tiny_arrays, image) -> dict:
    layers = tiny.up_to(used_layers(CONFIG, tiny))
    return {**reference.vgg_features(image, layers, tiny_arrays), IMAGE: image * 255.0}


def reference_loss(tiny, tiny_arrays, image) -> float:
    rows = [(it.statistic, it.role, it.layer, it.weight) for it in build_terms(CONFIG, tiny)]
    pictures = (image, CONTENT_64, STYLE_64)
    return reference.objective(rows, *(features_64(tiny, tiny_arrays, it) for it in pictures))


def test_the_loss_equals_its_reference(objective_64, tiny, tiny_arrays):
    values = term_values(objective_64, tf.constant(IMAGE_64[None]))
    loss = total(objective_64.terms, values)
    assert_close(loss, [reference_loss(tiny, tiny_arrays, IMAGE_64)], "float64")


def test_the_loss_in_float32_is_within_the_tolerance(make_extractor, tiny, tiny_arrays):
    extractor = make_extractor(used_layers(CONFIG, tiny))
    pictures = {name: tf.cast(picture, tf.float32) for name, picture in PICTURES_64.items()}
    objective = build_objective(extractor, build_terms(CONFIG, tiny), pictures)
    values = term_values(objective, tf.constant(IMAGE_64[None], tf.float32))
    assert {value.dtype for value in values.values()} == {tf.float32}
    expected = reference_loss(tiny, tiny_arrays, IMAGE_64)
    assert_close(total(objective.terms, values), [expected], "float32")


def test_the_gradient_equals_central_differences_along_directions(objective_64):
    """Of the whole loss, through the network."""

    def loss(image):
        return total(objective_64.terms, term_values(objective_64, tf.constant(image[None])))[0]

    gradient = value_and_grad(objective_64, tf.constant(IMAGE_64[None])).gradient
    directions = np.random.default_rng(0).standard_normal([8, *IMAGE_64.shape])
    expected = reference.central_difference(
        lambda steps: loss(IMAGE_64 + np.tensordot(steps, directions, 1)), np.zeros(8)
    )
    actual = np.tensordot(directions, gradient[0], 3)
    assert_gradient(actual, expected)


def test_every_value_at_the_content_and_style_themselves_is_zero(make_extractor, tiny, content):
    config = ObjectiveConfig(tv_weight=0.0, style_statistic=CONFIG.style_statistic)
    extractor = make_extractor(used_layers(config, tiny))
    objective = build_objective(
        extractor, build_terms(config, tiny), {CONTENT: content, STYLE: content}
    )
    for value in term_values(objective, tf.constant(content)).values():
        np.testing.assert_allclose(value, [0.0], atol=1e-9)


def test_values_come_in_the_order_of_the_terms(objective_64):
    values = term_values(objective_64, tf.constant(IMAGE_64[None]))
    assert list(values) == [term.name for term in objective_64.terms]


def test_only_what_is_compared_is_kept(objective_64):
    (references,) = objective_64.references.values()
    assert set(objective_64.references) == {CONTENT}
    assert set(references) == {"block2_conv2", "block1_conv2"}
    styles = {term.name for term in objective_64.terms if term.role == "style"}
    assert set(objective_64.targets) == styles


def test_variation_is_in_pixel_values_of_0_to_255():
    image = tf.constant([[[[0.0], [1.0]]]]) * tf.ones([1, 1, 2, 3])
    objective = build_objective(lambda it: {}, (make_term("squared", IMAGE),), {})
    value = term_values(objective, image)["variation/squared/image"]
    np.testing.assert_array_equal(value, [255.0**2])


TWO = make_term("gram", "a", 2.0), make_term("gram", "b", 0.5)


def test_total_is_the_weighted_sum():
    values = {"style/gram/a": tf.constant([1.0, 3.0]), "style/gram/b": tf.constant([4.0, 0.0])}
    np.testing.assert_array_equal(total(TWO, values), [4.0, 6.0])


def test_total_takes_a_weight_for_each_picture():
    terms = TWO[0]._replace(weight=(2.0, 10.0)), TWO[1]
    values = {"style/gram/a": tf.constant([1.0, 3.0]), "style/gram/b": tf.constant([4.0, 0.0])}
    np.testing.assert_array_equal(total(terms, values), [4.0, 30.0])


def test_a_batch_of_two_equals_the_two_alone(objective_64):
    images = np.stack([IMAGE_64, IMAGE_64[::-1]])
    both = value_and_grad(objective_64, tf.constant(images))
    for index in range(2):
        alone = value_and_grad(objective_64, tf.constant(images[index : index + 1]))
        assert_close(both.gradient[index], alone.gradient[0], "float64")
        assert_close(both.loss[index], alone.loss[0], "float64")
        for name, value in both.values.items():
            assert_close(value[index], alone.values[name][0], "float64")


def test_each_of_a_batch_has_its_own_content(make_extractor, tiny):
    terms = build_terms(CONFIG, tiny)
    extractor = make_extractor(used_layers(CONFIG, tiny), dtype="float64")
    contents = tf.constant(np.stack([CONTENT_64, IMAGE_64]))
    objective = build_objective(extractor, terms, {**PICTURES_64, CONTENT: contents})
    values = term_values(objective, contents)
    for layer in ("block2_conv2", "block1_conv2"):
        np.testing.assert_array_equal(values[f"content/mean_squared/{layer}"], [0.0, 0.0])


# How much a value may differ between two sizes: zero padding makes the features of the border
# differ, and there is half as much border at twice the size. Sums in place of means would differ
# by 4, and sums of products of sums by 16.
SAME_SETTING = 0.2


def test_a_setting_means_nearly_the_same_at_two_sizes(make_extractor, tiny, style):
    """A texture of 16 pixels, at 64 and 128: each term, and the gradient's size."""
    config = ObjectiveConfig(
        content_layers=(Weighted("block2_conv2"),),
        style_layers=(Weighted("block1_conv1"), Weighted("block2_conv1")),
        style_statistic=(Weighted("gram"), Weighted("mean_std")),
        tv_weight=1e-3,
    )
    extractor, terms = make_extractor(used_layers(config, tiny)), build_terms(config, tiny)
    ramp = np.abs(np.arange(16) - 8) / 8.0
    texture = 0.3 * reference.counting(16, 16) + 0.7 * ramp[:, None, None]
    results = []
    for repeats in (4, 8):
        image = tf.constant(np.tile(texture, (repeats, repeats, 1))[None], tf.float32)
        pictures = {CONTENT: image[:, ::-1], STYLE: tf.constant(style)}
        objective = build_objective(extractor, terms, pictures)
        _, values, gradient = value_and_grad(objective, image)
        slope = np.abs(gradient).sum()
        results.append([*(float(value[0]) for value in values.values()), slope])
    np.testing.assert_allclose(results[1], results[0], rtol=SAME_SETTING)
