"""Window by window equals the whole picture: targets, values, gradients and runs."""

import numpy as np
import pytest
import tensorflow as tf
from jobs import CONFIG, history, picture
from reference import counting
from tolerances import assert_close, assert_within

from tf_nst.config import ObjectiveConfig
from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.gradients import value_and_grad
from tf_nst.engine.job import Tiling
from tf_nst.engine.optimizers import OPTIMIZERS, Optimizer, Settings
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.schedule import Scale
from tf_nst.engine.stylize import iterate
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import build_objective, build_terms, term_values
from tf_nst.objective.terms import IMAGE, TERMS, Term, means
from tf_nst.ops import bands

# Sides off the grid, and less than a stride beyond it.
SIDES = (83, 101)
DEEP = "block4_conv1"
SHALLOW = "block2_conv1"


def pictures(height: int, width: int, dtype="float64") -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """A content, a style of another size and a picture between them, [1, ., ., 3] in 0..1."""
    ramp = np.linspace(0.0, 0.7, width)[None, :, None]
    content = 0.3 * counting(height, width) + ramp
    image = np.clip(content[:, ::-1] + 0.1 * counting(height, width, start=5), 0, 1)
    style = counting(67, 59, start=91)
    return tuple(tf.constant(it[None].astype(dtype)) for it in (content, style, image))


def terms_of(name: str) -> tuple[Term, ...]:
    """One term, at two layers where it looks at any."""
    kind = TERMS[name]
    layers = (IMAGE,) if kind.role == "variation" else (SHALLOW, DEEP)
    return tuple(kind(layer, 2.0 + index) for index, layer in enumerate(layers))


EVERY = tuple(term for name in TERMS for term in terms_of(name))
LAYERS = (SHALLOW, DEEP)
ALONE = Replicas(tf.distribute.get_strategy(), 1)


def both(extractor, network, terms, core: int, given=None):
    """The evaluation of the whole picture and that by windows."""
    content, style, image = given or pictures(*SIDES)
    objective = build_objective(extractor, terms, content, style)
    windows = Windows(WindowObjective(extractor, network, terms, core), ALONE)
    measured = windows.style_targets(style), windows.references(content)
    return value_and_grad(objective, image), windows.value_and_grad(*measured, image)


@pytest.mark.parametrize("name", TERMS)
def test_every_term_by_windows_equals_the_whole(make_extractor, tiny, name):
    extractor = make_extractor(LAYERS, dtype="float64")
    whole, found = both(extractor, tiny, terms_of(name), 32)
    assert_close(found.gradient, whole.gradient, "float64")
    assert_close(found.loss, whole.loss, "float64")
    assert found.values.keys() == whole.values.keys()
    for term, value in whole.values.items():
        assert_close(found.values[term], value, "float64")


@pytest.mark.parametrize("core", [8, 16, 24, 40, 64, 104])
def test_the_gradient_does_not_depend_on_the_windows(make_extractor, tiny, core):
    """From the least core, one feature of the deepest layer, to one window for all."""
    whole, found = both(make_extractor(LAYERS, dtype="float64"), tiny, EVERY, core)
    assert_close(found.gradient, whole.gradient, "float64")


@pytest.mark.parametrize("pooling", ["average", "l2"])
def test_so_with_every_pooling(make_extractor, tiny, pooling):
    extractor = make_extractor(LAYERS, pooling, "float64")
    whole, found = both(extractor, tiny, EVERY, 32)
    assert_close(found.gradient, whole.gradient, "float64")


def test_so_for_a_batch_against_one_content(make_extractor, tiny):
    content, style, image = pictures(*SIDES)
    given = content, style, tf.concat([image, image[:, ::-1]], 0)
    whole, found = both(make_extractor(LAYERS, dtype="float64"), tiny, EVERY, 32, given)
    assert found.loss.shape == (2,)
    assert_close(found.gradient, whole.gradient, "float64")
    assert_close(found.loss, whole.loss, "float64")


def test_so_in_float32(make_extractor, tiny):
    given = pictures(*SIDES, "float32")
    whole, found = both(make_extractor(LAYERS), tiny, EVERY, 32, given)
    assert found.gradient.dtype == tf.float32
    assert_within(found.gradient, whole.gradient, 1e-5)


def test_values_and_targets_alone(make_extractor, tiny):
    extractor = make_extractor(LAYERS, dtype="float64")
    content, style, image = pictures(*SIDES)
    objective = build_objective(extractor, EVERY, content, style)
    windows = Windows(WindowObjective(extractor, tiny, EVERY, 16), ALONE)
    targets = windows.style_targets(style)
    tf.nest.map_structure(
        lambda one, other: assert_close(one, other, "float64"), targets, objective.targets
    )
    values = windows.values(targets, windows.references(content), image)
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
        windows.style_targets(picture)
        assert len(calls) == 1
    windows.style_targets(picture[:, :120])
    assert len(calls) == 2


class Ordered(Term):
    """A statistic that does not add up."""

    statistic, role, additive = "ordered", "style", False


def test_a_term_that_does_not_add_up_is_refused_by_name(make_extractor, tiny):
    with pytest.raises(UserError) as error:
        Windows(WindowObjective(make_extractor(LAYERS), tiny, (Ordered(DEEP, 1.0),), 32), ALONE)
    assert str(error.value) == (
        f"--tile: style/ordered/{DEEP} does not add up over positions, expected --tile=off or "
        "other terms"
    )


# --- runs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("decay", [0.0, 0.9], ids=["best", "average"])
def test_a_run_by_windows_paints_what_the_whole_does(make_job, tiny, monkeypatch, name, decay):
    """Two scales, the second by windows, in few steps: long moves magnify rounding. Adam moves
    three rows at a time, at last one."""
    monkeypatch.setattr(bands, "BAND_PIXELS", 3 * 52)
    row = OPTIMIZERS[name]
    optimizer = row.make(Settings(row.learning_rate))
    content, style, _ = pictures(40, 52, "float32")
    job = make_job(
        optimizer=optimizer,
        scales=(Scale(28, 36, 2), Scale(40, 52, 3)),
        content=content.numpy(),
        style=style.numpy(),
        initial=content.numpy(),
        decay=decay,
    )
    whole = list(iterate(job))
    found = list(iterate(job._replace(tiling=Tiling(tiny, (0, 8)))))
    assert_within(picture(found), picture(whole), 1e-4)
    for term, values in history(whole).items():
        assert_within(history(found)[term], values, 1e-4)
    for term, value in whole[-1].values.items():
        assert_within(found[-1].values[term], value, 1e-4)


def test_codes_are_painted_like_the_numbers_they_stand_for(make_job, tiny):
    """Of a file's content and style; by windows they are turned into numbers window by window."""
    codes = {name: np.uint8(255 * counting(20, 28)[None]) for name in ("content", "style")}
    numbers = {name: np.float32(value) / np.float32(255) for name, value in codes.items()}
    for job in (make_job(), make_job()._replace(tiling=Tiling(tiny, (8,)))):
        found, expected = (list(iterate(job._replace(**given))) for given in (codes, numbers))
        np.testing.assert_array_equal(picture(found), picture(expected))


def test_what_is_moved_in_place_is_not_moved_by_a_gradient_that_is_not_finite(make_job, tiny):
    """Pictures 0 and 0.1 are fine; the gradient at 0.2 is not."""
    inner, dark = make_job().extractor, np.full([1, 20, 28, 3], 0.01, np.float32)

    def extractor(image):
        factor = tf.where(tf.reduce_mean(image) > 0.15, np.nan, 1.0)
        return {layer: factor * features for layer, features in inner(image).items()}

    def brightened(value_and_grad, image, state):
        return image + 0.1, state, value_and_grad(image)

    brightening = Optimizer(lambda _: (), brightened, lambda state, _: state, pointwise=True)
    pictures = {"content": dark, "style": dark, "initial": np.zeros_like(dark)}
    job = make_job(5, optimizer=brightening, extractor=extractor, **pictures)
    with pytest.raises(NonFiniteLossError) as error:
        list(iterate(job._replace(tiling=Tiling(tiny, (8,)))))
    assert "at step 3:" in str(error.value)
    assert_close(error.value.image, np.full_like(dark, 0.2), "float32")


def test_a_style_is_measured_by_windows_in_float32_sums(make_job, tiny):
    """Features in bfloat16: the targets are float32 and those of the whole style."""
    job = make_job()
    windows = Windows(WindowObjective(job.extractor, tiny, build_terms(CONFIG, tiny), 8), ALONE)
    targets = windows.style_targets(tf.constant(job.style))
    assert all(value.dtype == tf.float32 for value in tf.nest.flatten(targets))
    features = job.extractor(tf.constant(job.style))
    for term in job.terms:
        if term.role == "style":
            expected = means(term.moments(features[term.layer]))["gram"]
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
    whole, found = both(extractor, network, terms, core, pictures(height, width, dtype))
    assert_within(found.gradient, whole.gradient, allowed)
