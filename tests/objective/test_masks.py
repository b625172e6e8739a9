"""Terms that count in a part of the picture: whole and by windows, against the reference."""

import numpy as np
import pytest
import reference
import tensorflow as tf
from reference_statistics import DISTANCES
from tolerances import assert_close

from objective.samples import PLAIN, by_windows, make_term, role_of, scene
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.objective import (
    build_objective,
    measure_sums,
    observe,
    term_values,
)
from tf_nst.objective.terms import CONTENT, IMAGE
from tf_nst.objective.weights import position_weights

# Sides off the grid of 8 pixels of the deeper layer.
HEIGHT, WIDTH = 83, 101
SHALLOW, DEEP = "block2_conv1", "block4_conv1"
LAYERS = (SHALLOW, DEEP)

every_statistic = pytest.mark.parametrize("statistic", PLAIN)


def mask_of(plane) -> tf.Tensor:
    """[H, W] -> [1, H, W, 1] float64."""
    return tf.constant(np.asarray(plane, np.float64)[None, :, :, None])


def halves(height=HEIGHT, width=WIDTH) -> dict[str, tf.Tensor]:
    """Two masks that share the picture out along a slanted edge, which no grid has."""
    rows, columns = np.indices([height, width])
    left = (columns + rows / 3 < 0.6 * width).astype(np.float64)
    return {"left": mask_of(left), "right": mask_of(1 - left)}


def two_pictures(statistic: str, layers=LAYERS) -> tuple:
    """Terms of two pictures at each layer, with a mask on each."""
    other = {"content": "other content", "style": "other style", "variation": ""}
    layers = (IMAGE,) if role_of(statistic) == "variation" else layers
    return tuple(
        make_term(statistic, layer, weight, of=picture, mask=mask)
        for layer in layers
        for weight, picture, mask in (
            (2.0, "", "left"),
            (3.0, other[role_of(statistic)], "right"),
        )
    )


# --- weights of positions --------------------------------------------------------------------


def test_a_position_weighs_as_the_mean_of_its_pixels(tiny):
    """At strides 1, 2 and 4; a last odd row or column belongs to no position."""
    plane = np.zeros([5, 9])
    plane[:, 0], plane[0, 4], plane[:, 8] = 1, 8, 100
    terms = (
        make_term("squared", IMAGE, mask="m"),
        make_term("gram", "block2_conv1", mask="m"),
        make_term("gram", "block3_conv1", mask="m"),
        make_term("gram", "block1_conv1"),
    )
    weights = position_weights(tiny, terms, {"m": mask_of(plane)})
    assert list(weights) == [term.name for term in terms[:3]]
    pixels, halves, quarters = (weight[0, :, :, 0].numpy() for weight in weights.values())
    np.testing.assert_array_equal(pixels, plane)
    np.testing.assert_array_equal(halves, [[0.5, 0, 2, 0], [0.5, 0, 0, 0]])
    np.testing.assert_array_equal(quarters, [[0.25, 0.5]])


def test_a_mask_of_ones_weighs_one_everywhere(tiny):
    terms = two_pictures("gram")
    ones = mask_of(np.ones([HEIGHT, WIDTH]))
    weights = position_weights(tiny, terms, {"left": ones, "right": ones})
    assert {weight.shape[1:3] for weight in weights.values()} == {(41, 50), (10, 12)}
    assert all(np.all(weight == 1) for weight in weights.values())


def test_each_term_has_the_weights_of_its_own_mask(tiny):
    masks = halves()
    terms = two_pictures("gram")
    weights = position_weights(tiny, terms, masks)
    for term in terms:
        stride = 2 if term.layer == SHALLOW else 8
        expected = reference.pooled(masks[term.mask][0, :, :, 0].numpy(), stride)
        assert_close(weights[term.name][0, :, :, 0], expected, "float64")
        assert len(np.unique(expected)) > 2, "the edge lies on the grid"


# --- values and gradients --------------------------------------------------------------------


@every_statistic
def test_two_pictures_at_one_layer_each_count_in_their_mask(
    statistic, tiny, tiny_arrays, make_extractor
):
    """Against the reference, through the network."""
    height, width = 19, 26
    pictures, terms = scene(height, width), two_pictures(statistic, ("block2_conv1",))
    masks = halves(height, width)
    extractor = make_extractor(LAYERS[:1], dtype="float64")
    objective = build_objective(extractor, terms, pictures, position_weights(tiny, terms, masks))
    values = term_values(objective, pictures["image"])
    assert len(values) == len(terms) == 2
    assert len({float(value[0]) for value in values.values()}) == 2
    for term in terms:
        stride = 1 if term.layer == IMAGE else 2
        plane = reference.pooled(masks[term.mask][0, :, :, 0].numpy(), stride)
        features, other = (
            features_of(tiny, tiny_arrays, pictures[name], term.layer)
            for name in ("image", term.of or "image")
        )
        expected = DISTANCES[statistic](features, other, plane)
        # A difference of numbers of the size of the target, which is 1.
        assert_close(values[term.name], [expected], "float64", scale=max(1.0, expected))


def features_of(tiny, tiny_arrays, picture, layer) -> np.ndarray:
    if layer == IMAGE:
        return 255 * picture[0].numpy()
    return reference.vgg_features(picture[0].numpy(), tiny.up_to((layer,)), tiny_arrays)[layer]


@every_statistic
@pytest.mark.parametrize("core", [16, 40])
def test_windows_equal_the_whole(statistic, core, tiny, make_extractor):
    terms, pictures = two_pictures(statistic), scene(HEIGHT, WIDTH)
    assert_windows_equal_the_whole(terms, core, pictures, halves(), tiny, make_extractor)


def test_windows_equal_the_whole_with_all_statistics_at_once(tiny, make_extractor):
    """And terms without a mask among them."""
    masked = [term for statistic in PLAIN for term in two_pictures(statistic)]
    bare = make_term("gram", SHALLOW, 0.5), make_term("frobenius", DEEP, of="other content")
    pictures = scene(HEIGHT, WIDTH)
    assert_windows_equal_the_whole((*masked, *bare), 24, pictures, halves(), tiny, make_extractor)


def assert_windows_equal_the_whole(terms, core, pictures, masks, tiny, make_extractor) -> None:
    extractor, image = make_extractor(LAYERS, dtype="float64"), pictures["image"]
    weights = position_weights(tiny, terms, masks)
    objective = build_objective(extractor, terms, pictures, weights)
    whole = value_and_grad(objective, image)
    windowed = by_windows(extractor, tiny, terms, core, pictures, weights, image)
    assert list(windowed.values) == list(whole.values)
    for name, value in whole.values.items():
        assert_close(windowed.values[name], value, "float64")
    assert_close(windowed.loss, whole.loss, "float64")
    assert np.max(np.abs(whole.gradient)) > 0
    assert_close(windowed.gradient, whole.gradient, "float64")


def test_each_mask_lets_its_own_part_move(tiny, make_extractor):
    """The last position that counts, the 20th, sees the 21st, whose two pixels see two more."""
    terms = (make_term("gram", SHALLOW, mask="left"),)
    plane = np.zeros([HEIGHT, WIDTH])
    plane[:, :40] = 1
    pictures = scene(HEIGHT, WIDTH)
    extractor = make_extractor(LAYERS[:1], dtype="float64")
    weights = position_weights(tiny, terms, {"left": mask_of(plane)})
    objective = build_objective(extractor, terms, pictures, weights)
    gradient = value_and_grad(objective, pictures["image"]).gradient[0].numpy()
    assert np.any(gradient[:, :40])
    assert np.any(gradient[:, 40:44]) and not np.any(gradient[:, 44:])


@every_statistic
def test_a_mask_of_ones_equals_none(statistic, tiny, make_extractor):
    masked, pictures = two_pictures(statistic), scene(HEIGHT, WIDTH)
    bare = tuple(term._replace(mask=None) for term in masked)
    extractor = make_extractor(LAYERS, dtype="float64")
    ones = mask_of(np.ones([HEIGHT, WIDTH]))
    results = []
    for terms in (masked, bare):
        weights = position_weights(tiny, terms, {"left": ones, "right": ones})
        objective = build_objective(extractor, terms, pictures, weights)
        results.append(value_and_grad(objective, pictures["image"]))
    for one, other in zip(*map(tf.nest.flatten, results), strict=True):
        assert_close(one, other, "float64")


@every_statistic
def test_two_masks_that_partition_the_picture_add_up(statistic, tiny, make_extractor):
    """In the sums, of the same picture."""
    pictures, layers = scene(HEIGHT, WIDTH), LAYERS
    if role_of(statistic) == "variation":
        layers = (IMAGE,)
    bare = tuple(make_term(statistic, layer) for layer in layers)
    extractor = make_extractor(LAYERS, dtype="float64")
    features = observe(extractor, bare, pictures["image"])
    references = {CONTENT: observe(extractor, bare, pictures[CONTENT])}
    whole = measure_sums(bare, features, references)
    parts = []
    for mask in ("left", "right"):
        terms = tuple(term._replace(mask=mask) for term in bare)
        weights = position_weights(tiny, terms, halves())
        parts.append(measure_sums(terms, features, references, weights))
    for term in bare:
        left, right = (part[term.name] for part in parts)
        for name, value in whole[term.name].items():
            assert np.any(left[name] != value) and np.any(right[name] != value)
            assert_close(left[name] + right[name], value, "float64")


@every_statistic
def test_a_mask_of_zeros_gives_finite_values_and_no_gradient(statistic, tiny, make_extractor):
    terms, pictures = two_pictures(statistic), scene(HEIGHT, WIDTH)
    nothing = mask_of(np.zeros([HEIGHT, WIDTH]))
    masks = {"left": nothing, "right": nothing}
    extractor, image = make_extractor(LAYERS, dtype="float64"), pictures["image"]
    weights = position_weights(tiny, terms, masks)
    objective = build_objective(extractor, terms, pictures, weights)
    evaluations = (
        value_and_grad(objective, image),
        by_windows(extractor, tiny, terms, 40, pictures, weights, image),
    )
    for evaluation in evaluations:
        assert all(np.isfinite(value).all() for value in evaluation.values.values())
        np.testing.assert_array_equal(evaluation.gradient, np.zeros(image.shape))


def test_a_mask_hides_nothing_of_the_style(tiny, make_extractor):
    """It is of the painted picture, so that a style may have any size."""
    terms, pictures = two_pictures("gram"), scene(HEIGHT, WIDTH)
    extractor = make_extractor(LAYERS, dtype="float64")
    objective = build_objective(extractor, terms, pictures, position_weights(tiny, terms, halves()))
    bare = build_objective(extractor, terms, pictures)
    for name, target in bare.targets.items():
        np.testing.assert_array_equal(objective.targets[name]["gram"], target["gram"])
