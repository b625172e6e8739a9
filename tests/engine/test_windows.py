"""Window by window equals the whole picture: targets, values and gradients."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import CONFIG, make_term, pictures
from tolerances import assert_close, assert_within

from tf_nst.config import ObjectiveConfig
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights
from tf_nst.objective.evaluation import value_and_grad
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, term_values
from tf_nst.objective.statistic import means
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import IMAGE, Terms, build_terms
from tf_nst.ops.statistics import gram_sums

# Sides off the grid, and less than a stride beyond it.
SIDES = (83, 101)
DEEP = "block4_conv1"
SHALLOW = "block2_conv1"


def terms_of(name: str) -> Terms:
    """One term, at two layers where it looks at any."""
    layers = (IMAGE,) if name in ("squared", "absolute") else (SHALLOW, DEEP)
    return tuple(make_term(name, layer, 2.0 + index) for index, layer in enumerate(layers))


PLAIN = [name for name, row in STATISTICS.items() if row.additive and not row.chained]
EVERY = tuple(term for name in PLAIN for term in terms_of(name))
LAYERS = (SHALLOW, DEEP)
ALONE = Replicas(tf.distribute.get_strategy(), 1)


def both(extractor, network, terms, core: int, given=None):
    """The evaluation of the whole picture and that by windows."""
    content, style, image = given or pictures(*SIDES)
    objective = build_objective(extractor, terms, {"content": content, "style": style})
    tiled = by_windows(extractor, network, terms, core, (content, style, image))
    return value_and_grad(objective, image), tiled


def by_windows(extractor, network, terms, core: int, given=None):
    """The evaluation by windows."""
    content, style, image = given or pictures(*SIDES)
    windows = Windows(WindowObjective(extractor, network, terms, core), ALONE)
    given = {"content": content, "style": style}
    measured = Measured(windows.targets(given), windows.references(given), {})
    return windows.value_and_grad(measured, image)


@pytest.mark.parametrize("name", PLAIN)
def test_every_term_by_windows_equals_the_whole(make_extractor, tiny, name):
    extractor = make_extractor(LAYERS, dtype="float64")
    whole, tiled = both(extractor, tiny, terms_of(name), 32)
    assert_close(tiled.gradient, whole.gradient, "float64")
    assert_close(tiled.loss, whole.loss, "float64")
    assert tiled.values.keys() == whole.values.keys()
    for term, value in whole.values.items():
        assert_close(tiled.values[term], value, "float64")


@pytest.fixture(scope="module")
def one_of_each(make_extractor):
    """A content, a style and a variation term, and the evaluation of the whole picture by them."""
    terms = tuple(it for name in ("mean_squared", "gram", "squared") for it in terms_of(name))
    content, style, image = pictures(*SIDES)
    extractor = make_extractor(LAYERS, dtype="float64")
    objective = build_objective(extractor, terms, {"content": content, "style": style})
    return terms, value_and_grad(objective, image)


@pytest.mark.parametrize("core", [8, 16, 24, 40, 64, 104])
def test_the_gradient_does_not_depend_on_the_windows(make_extractor, tiny, one_of_each, core):
    """From the least core, one feature of the deepest layer, to one window for all."""
    terms, whole = one_of_each
    tiled = by_windows(make_extractor(LAYERS, dtype="float64"), tiny, terms, core)
    assert_close(tiled.gradient, whole.gradient, "float64")


def test_so_where_a_side_is_longer_than_a_core_and_shorter_than_two_halos(make_extractor, tiny):
    extractor = make_extractor(LAYERS, dtype="float64")
    terms = terms_of("mean_squared")
    whole, tiled = both(extractor, tiny, terms, 24, pictures(69, 37))
    assert_close(tiled.gradient, whole.gradient, "float64")


def test_so_at_sides_and_cores_of_any_kind(make_extractor, tiny):
    """Drawn from 16 to 400 and 32 to 256; test_tiles.py has all of them without the network."""
    extractor, generator = make_extractor((SHALLOW,), dtype="float64"), np.random.default_rng(0)
    terms = (make_term("mean_squared", SHALLOW), make_term("gram", SHALLOW))
    for _ in range(6):
        height, width = (int(side) for side in np.geomspace(16, 400, 50)[generator.choice(50, 2)])
        core = int(generator.integers(32, 257))
        whole, tiled = both(extractor, tiny, terms, core, pictures(height, width))
        assert_close(tiled.gradient, whole.gradient, "float64")


@pytest.mark.parametrize("pooling", ["max", "average", "l2"])
def test_so_with_every_pooling_for_a_batch_against_one_content(make_extractor, tiny, pooling):
    content, style, image = pictures(*SIDES)
    given = content, style, tf.concat([image, image[:, ::-1]], 0)
    whole, tiled = both(make_extractor(LAYERS, pooling, "float64"), tiny, EVERY, 32, given)
    assert tiled.loss.shape == (2,)
    assert_close(tiled.gradient, whole.gradient, "float64")
    assert_close(tiled.loss, whole.loss, "float64")


def test_so_where_the_edge_is_repeated(make_extractor, tiny):
    extractor = make_extractor(LAYERS, dtype="float64", padding="edge")
    whole, tiled = both(extractor, tiny, EVERY, 32)
    assert_close(tiled.gradient, whole.gradient, "float64")


def test_so_in_float32(make_extractor, tiny):
    given = pictures(*SIDES, "float32")
    whole, tiled = both(make_extractor(LAYERS), tiny, EVERY, 32, given)
    assert tiled.gradient.dtype == tf.float32
    assert_within(tiled.gradient, whole.gradient, 1e-5)


def test_values_and_targets_alone(make_extractor, tiny):
    extractor = make_extractor(LAYERS, dtype="float64")
    content, style, image = pictures(*SIDES)
    compared = {"content": content, "style": style}
    objective = build_objective(extractor, EVERY, compared)
    windows = Windows(WindowObjective(extractor, tiny, EVERY, 16), ALONE)
    targets = windows.targets(compared)
    tf.nest.map_structure(
        lambda one, other: assert_close(one, other, "float64"), targets, objective.targets
    )
    measured = Measured(targets, windows.references(compared), {})
    values = windows.values(measured, image)
    for name, value in term_values(objective, image).items():
        assert_close(values[name], value, "float64")


def test_windows_alike_are_compiled_once(make_extractor, tiny):
    """All windows see equally much: one program for a size."""
    calls, inner = [], make_extractor((DEEP,))

    def extractor(image):
        calls.append(image.shape)
        return inner(image)

    terms = terms_of("gram")[1:]
    windows = Windows(WindowObjective(extractor, tiny, terms, 16), ALONE)
    picture = pictures(160, 160, "float32")[2]
    assert len(windows.objective.plan(160, 160)) > 30
    for _ in range(2):
        windows.targets({"style": picture})
        assert len(calls) == 1
    windows.targets({"style": picture[:, :120]})
    assert len(calls) == 2


def test_a_term_that_does_not_add_up_is_refused_by_name(make_extractor, tiny, monkeypatch):
    monkeypatch.setitem(STATISTICS, "ordered", STATISTICS["gram"]._replace(additive=False))
    terms = (make_term("ordered", DEEP),)
    with pytest.raises(UserError) as error:
        Windows(WindowObjective(make_extractor(LAYERS), tiny, terms, 32), ALONE)
    assert str(error.value) == (
        f"--tile: style/ordered/{DEEP} does not add up over positions, expected --tile=off or "
        "other terms"
    )


@pytest.mark.parametrize(
    "sides", [((80, 80), (96, 72)), ((48, 60), (48, 60)), ((16, 90), (40, 33))]
)
def test_pictures_under_two_halos_and_styles_of_other_sizes(make_extractor, tiny, sides):
    """Their windows may be as long as each other's; with content alone, with style alone too."""
    extractor = make_extractor(LAYERS, dtype="float64")
    (height, width), style_size = sides
    content, _, image = pictures(height, width)
    given = content, pictures(*style_size)[0], image
    for names in (("gram",), ("mean_squared",), ("gram", "mean_squared", "squared")):
        terms = tuple(term for name in names for term in terms_of(name))
        whole, tiled = both(extractor, tiny, terms, 32, given)
        assert_close(tiled.gradient, whole.gradient, "float64")


def test_a_style_is_measured_by_windows_in_float32_sums(make_job, tiny):
    """Features in bfloat16: the targets are float32 and those of the whole style."""
    job = make_job()
    windows = Windows(WindowObjective(job.extractor, tiny, build_terms(CONFIG, tiny), 8), ALONE)
    style = tf.constant(job.pictures["style"])
    targets = windows.targets({"style": style})
    assert all(value.dtype == tf.float32 for value in tf.nest.flatten(targets))
    features = job.extractor(style)
    for term in job.terms:
        if term.role == "style":
            expected = means(gram_sums(features[term.layer]))["gram"]
            assert_within(targets[term.name]["gram"], expected, 1e-5)


@pytest.mark.parametrize(
    ("dtype", "height", "width", "core", "allowed"),
    [("float32", 90, 123, 64, 1e-5), ("float64", 70, 101, 64, 1e-10)],
)
def test_imagenets_gradient_is_that_of_the_whole(dtype, height, width, core, allowed):
    """All default terms; docs/scale.md has larger pictures and every window."""
    config, network = ObjectiveConfig(), NETWORKS["vgg19"]
    layers = used_layers(config, network)
    cut = network.up_to(layers)
    loaded = load_weights("imagenet", network, cut, seed=0, report=pytest.fail)
    extractor = build_extractor(loaded.network, layers, loaded.arrays, dtype=dtype)
    terms = build_terms(config, network)
    whole, tiled = both(extractor, network, terms, core, pictures(height, width, dtype))
    assert_within(tiled.gradient, whole.gradient, allowed)
