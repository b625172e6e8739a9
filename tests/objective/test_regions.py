"""Regions: terms for each, masks that partition the picture, guides, what is kept; float64.

Masks that partition the picture with the same style equal no mask in this sense: the sums of the
regions add up to the whole's, position by position, so that the means of the regions, weighted by
their positions, are the mean of the whole; and where all regions have the value of the whole, as
with one region or a picture that repeats itself, the losses are equal too. Elsewhere they are not
and must not be: one sky in the manner of the style and one ground is more than a picture of which
the half is.
"""

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_within

from objective.samples import PLAIN, make_term
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.model.geometry import geometry
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.kept import Kept
from tf_nst.objective.objective import (
    Objective,
    blend,
    distances,
    measure_references,
    measure_sums,
    measure_targets,
    observe,
    term_values,
    total,
)
from tf_nst.objective.regions import Part, Region, by_regions
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import CONTENT, STYLE, network_layers
from tf_nst.objective.weights import guide_weights, position_weights, target_weights

HEIGHT, WIDTH = 32, 48
LAYER, DEEP = "block2_conv1", "block4_conv1"
STYLES = [name for name in STATISTICS if make_term(name, LAYER).has_target]
ADDITIVE = [name for name, kind in STATISTICS.items() if kind.additive]
every_style = pytest.mark.parametrize("statistic", STYLES)
CONTENT_64, IMAGE_64 = (
    tf.constant(0.1 + 0.8 * reference.counting(HEIGHT, WIDTH, start=start)[None])
    for start in (0, 70)
)
STYLE_64 = tf.constant(reference.counting(28, 20, start=33)[None] ** 2)


def planes() -> dict[str, tf.Tensor]:
    """Three soft masks that add up to 1 everywhere."""
    rows, columns = np.indices([HEIGHT, WIDTH])
    first = np.clip((columns - rows / 3) / 20, 0, 1)
    second = (1 - first) * np.clip(rows / 30, 0, 1)
    masks = {"a": first, "b": second, "c": 1 - first - second}
    return {name: tf.constant(mask[None, :, :, None]) for name, mask in masks.items()}


def regions_of(masks) -> tuple[Region, ...]:
    return tuple(
        Region(name, (Part(STYLE),), name, float(tf.reduce_mean(mask)))
        for name, mask in masks.items()
    )


def test_a_term_of_the_style_is_one_of_each_region():
    term = make_term("gram", LAYER, 3.0)
    parts = (Part("one", 0.5), Part("other", 0.5, "a mask"))
    regions = Region("x", parts, "m", 0.25), Region("y", parts[:1], None, 0.75)
    one, other, content = by_regions((term, make_term("frobenius", LAYER)), regions)
    assert (one.name, one.of, one.weight, one.mask, one.of_mask) == (
        f"style/gram/{LAYER}/1",
        "x",
        0.75,
        "m",
        "x",
    )
    assert (other.of, other.weight, other.mask, other.of_mask) == ("y", 2.25, None, None)
    assert content.of == CONTENT
    assert by_regions((term,), (Region(STYLE, (Part(STYLE),)),)) == (term,)
    several = by_regions((term._replace(weight=(2.0, 4.0)),), regions)
    assert [it.weight for it in several] == [(0.5, 1.0), (1.5, 3.0)]


@pytest.mark.parametrize("statistic", [name for name in STYLES if name in ADDITIVE])
def test_sums_of_a_partition_add_up_to_the_whole(statistic, tiny, make_extractor):
    terms = tuple(make_term(statistic, layer) for layer in (LAYER, DEEP))
    masked = by_regions(terms, regions_of(planes()))
    extractor = make_extractor(network_layers(terms), dtype="float64")
    features = observe(extractor, terms, IMAGE_64)
    whole = measure_sums(terms, features)
    parts = measure_sums(masked, features, weights=position_weights(tiny, masked, planes()))
    for term in terms:
        of_term = [parts[f"{term.name}/{number}"] for number in (1, 2, 3)]
        added = tf.nest.map_structure(lambda *sums: tf.add_n(sums), *of_term)
        for one, other in zip(*map(tf.nest.flatten, (added, whole[term.name])), strict=True):
            assert_within(one, other, 1e-12)


@pytest.mark.parametrize("statistic", [name for name in STYLES if name in PLAIN])
def test_regions_of_equal_values_have_the_loss_of_no_mask(statistic):
    """Two halves of a picture that repeats itself; features are the picture."""
    half = CONTENT_64[:, :, : WIDTH // 2]
    features = {"pixels": tf.concat([half, half], 2)}
    left = np.zeros((1, HEIGHT, WIDTH, 1))
    left[:, :, : WIDTH // 2] = 1
    masks = {"a": tf.constant(left), "b": tf.constant(1 - left)}
    terms = (make_term(statistic, "pixels", 2.0),)
    masked = by_regions(terms, regions_of(masks))
    weights = {term.name: masks[term.mask] for term in masked}
    losses = []
    for each, counted in ((terms, {}), (masked, weights)):
        pictures = {term.of: STYLE_64 for term in each}
        targets = measure_targets(lambda image: {"pixels": image}, each, pictures)
        sums = measure_sums(each, features, weights=counted)
        losses.append(total(each, distances(each, sums, targets)))
    assert_within(losses[1], losses[0], 1e-12)


def loss_of(extractor, network, terms, pictures, masks, image):
    targets = measure_targets(extractor, terms, pictures)
    weights = position_weights(network, terms, masks) if masks else {}
    values = term_values(Objective(extractor, terms, targets, {}, weights), image)
    return total(terms, values)


def test_one_region_of_all_is_no_mask(tiny, make_extractor):
    terms = tuple(make_term(name, LAYER, 2.0) for name in STYLES)
    extractor = make_extractor(network_layers(terms), dtype="float64")
    plain = loss_of(extractor, tiny, terms, {STYLE: STYLE_64}, {}, IMAGE_64)
    everywhere = {"a": tf.ones([1, HEIGHT, WIDTH, 1], tf.float64)}
    masked = by_regions(terms, regions_of(everywhere))
    actual = loss_of(extractor, tiny, masked, {"a": STYLE_64}, everywhere, IMAGE_64)
    assert_within(actual, plain, 1e-12)


# --- guides -----------------------------------------------------------------------------------


def guided(network, layer: str, mask: np.ndarray) -> np.ndarray:
    term = make_term("gram", layer)._replace(of_mask=STYLE)
    (weights,) = guide_weights(
        network, (term,), {STYLE: tf.constant(np.float64(mask)[None, :, :, None])}
    ).values()
    return weights.numpy()[0, :, :, 0]


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv1"])
def test_a_position_counts_where_all_that_it_sees_is_shown(tiny, layer):
    mask = np.zeros((40, 40))
    mask[:, 18:] = 1
    stride, field, *_ = geometry(tiny, (layer,))
    weights, margin = guided(tiny, layer, mask), (field - stride) // 2
    first = -(-(18 + margin) // stride)
    assert (weights[:, :first] == 0).all() and (weights[:, first:] == 1).all()


def test_where_nothing_is_left_less_is_taken_off(tiny):
    """The field of block4_conv1 is wider than this strip; its own pixels are not."""
    mask = np.zeros((64, 64))
    mask[:, 24:32] = 1
    stride, field, *_ = geometry(tiny, (DEEP,))
    assert stride == 8 < field
    weights = guided(tiny, DEEP, mask)
    assert (weights[:, 3] == 1).all() and weights.sum() == len(weights)


def test_a_target_takes_nothing_from_beyond_its_guide(tiny, make_extractor):
    """Another picture beyond the mask changes the pooled target, not the guided one."""
    term = make_term("gram", LAYER)._replace(of_mask=STYLE)
    extractor, picture = make_extractor((LAYER,), dtype="float64"), CONTENT_64.numpy()
    mask = np.zeros((1, HEIGHT, WIDTH, 1))
    mask[:, :, 24:] = 1
    other, shown = picture.copy(), {STYLE: tf.constant(mask)}
    other[:, :, :24] = 0.9
    for function, equal in ((guide_weights, True), (target_weights, False)):
        weights = function(tiny, (term,), shown)
        one, two = (
            measure_targets(extractor, (term,), {STYLE: tf.constant(it)}, weights)
            for it in (picture, other)
        )
        one, two = one[term.name]["gram"], two[term.name]["gram"]
        assert np.allclose(one, two, rtol=1e-12, atol=0) == equal


# --- several styles ---------------------------------------------------------------------------


@every_style
def test_each_region_has_its_gradient_and_its_styles_blended(statistic, tiny, make_extractor):
    """Of every statistic; where it does not count a region pulls only as far as the layer sees."""
    terms = by_regions((make_term(statistic, LAYER),), regions_of(planes()))
    extractor = make_extractor(network_layers(terms), dtype="float64")
    styles = STYLE_64, 1 - STYLE_64
    for term in terms:
        targets = [measure_targets(extractor, (term,), {term.of: style}) for style in styles]
        weights = position_weights(tiny, (term,), planes())
        losses, gradients = [], []
        for wanted in (*targets, blend(targets, [1.0, 3.0], (term,))):
            objective = Objective(extractor, (term,), wanted, {}, weights)
            evaluation = value_and_grad(objective, IMAGE_64)
            losses.append(float(evaluation.loss[0]))
            gradients.append(np.abs(evaluation.gradient[0]).max(axis=2))
        assert np.isfinite(losses).all() and len(set(losses)) == 3
        visible = planes()[term.mask][0, :, :, 0].numpy() > 0
        assert all((gradient[visible] > 0).mean() > 0.9 for gradient in gradients)


# --- what is kept, and windows ----------------------------------------------------------------


@pytest.mark.parametrize("core", [16, 24])
def test_windows_equal_the_whole_with_every_statistic_masks_and_what_is_kept(
    core, tiny, make_extractor
):
    masks = planes()
    terms = by_regions(tuple(make_term(name, LAYER) for name in ADDITIVE), regions_of(masks))
    extractor = make_extractor(network_layers(terms), dtype="float64")
    painted = masks["a"] > 0.2
    pictures = {name: (1 - 0.1 * index) * STYLE_64 for index, name in enumerate(masks)}
    measured = Measured(
        measure_targets(extractor, terms, pictures),
        measure_references(extractor, terms, {CONTENT: CONTENT_64}),
        position_weights(tiny, terms, masks),
        Kept(CONTENT_64, painted),
    )
    whole = value_and_grad(Objective(extractor, terms, *measured), IMAGE_64)
    windows = Windows(
        WindowObjective(extractor, tiny, terms, core), Replicas(tf.distribute.get_strategy(), 1)
    )
    by_window = measured._replace(references=windows.references({CONTENT: CONTENT_64}))
    actual = windows.value_and_grad(by_window, IMAGE_64)
    assert_within(actual.gradient, whole.gradient, 1e-10)
    for name, value in whole.values.items():
        assert_within(actual.values[name], value, 1e-10)
        assert_within(windows.values(by_window, IMAGE_64)[name], value, 1e-10)
    moved = np.abs(whole.gradient.numpy()).max(-1) > 0
    assert (
        moved[painted.numpy()[..., 0]].mean() > 0.99 and not moved[~painted.numpy()[..., 0]].any()
    )
