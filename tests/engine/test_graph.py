"""Whole runs in one graph whose sizes come with the request: the same pictures as the loop's."""

import numpy as np
import pytest
import tensorflow as tf
from reference import counting
from tolerances import assert_within

from tf_nst.config import ObjectiveConfig
from tf_nst.config.weighted import parse_weighted
from tf_nst.engine.engine import Engine
from tf_nst.engine.graph import Recipe, Visible, paint
from tf_nst.engine.graph_targets import bake, bake_colors, measure
from tf_nst.engine.job import Job
from tf_nst.engine.loop import iterate
from tf_nst.model.networks import Network
from tf_nst.objective.terms import build_terms
from tf_nst.ops.color import color_statistics, match_colors
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.optimizers import OPTIMIZERS, Settings, make_fallback
from tf_nst.planning.schedule import look_up_scales, plan_scales, style_sides, tabulate

LAYERS = ("block1_conv1", "block2_conv1")
PICTURE = tf.TensorSpec([1, None, None, 3])
TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))
TABLES = tabulate(200, 24)
# Two scales are of 20 steps together at the least; thinned they have fewer.
THINNED = 2


@pytest.fixture(scope="module")
def terms(tiny):
    names = (parse_weighted(part, "") for part in ("block2_conv1", ",".join(LAYERS)))
    return build_terms(ObjectiveConfig(*names), tiny)


def traced(recipe: Recipe):
    """content, style, steps -> what `paint` returns; one trace for all sizes."""

    @tf.function(input_signature=[PICTURE, PICTURE, tf.TensorSpec([], tf.int32)], autograph=False)
    def run(content, style, steps):
        return paint(recipe, content, measure(recipe, style), steps)

    return run


def pictures(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    ramp = np.linspace(0.0, 0.7, width)[None, :, None]
    content = 0.3 * counting(height, width) + ramp
    return content[None].astype(np.float32), counting(60, 44, start=91)[None].astype(np.float32)


def looped(recipe: Recipe, content, style, steps: int, thinned: int = 1, engine=None):
    """The last event of the engine's loop with the same settings, the steps of scales divided."""
    planned = plan_scales(*content.shape[1:3], (steps,))
    scales = [scale._replace(steps=scale.steps // thinned) for scale in planned]
    optimizers = (recipe.optimizer,) * len(scales)
    job = Job(
        TINY,
        recipe.extractor,
        recipe.terms,
        scales,
        optimizers,
        make_fallback(),
        {"content": content, "style": style},
        initial=content,
        detail=True,
        decay=recipe.decay,
    )
    return list(iterate(job, engine=engine))[-1]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_graph_paints_what_the_loop_paints(make_extractor, terms, name):
    """At two sizes, one with two scales, by one trace; in few steps, since line searches and long
    steps magnify rounding step by step."""
    row = OPTIMIZERS[name]
    optimizer = row.make(Settings(row.learning_rate))
    tables = TABLES._replace(steps=TABLES.steps // THINNED)
    recipe = Recipe(make_extractor(LAYERS), terms, optimizer, tables, row.decay)
    run, engine = traced(recipe), Engine()
    for height, width, steps, scales in ((144, 200, 20, 2), (40, 52, 6, 1)):
        assert len(plan_scales(height, width, (steps,))) == scales
        content, style = pictures(height, width)
        picture, values, finite = run(content, style, steps)
        expected = looped(recipe, content, style, steps, THINNED, engine)
        assert_within(picture, expected.image, 1e-4)
        assert_within(values, [value[0] for value in expected.values.values()], 1e-4)
        assert finite
    assert run.experimental_get_tracing_count() == 1


def test_where_an_optimizer_fails_the_fallback_goes_on(make_extractor, terms):
    adam = OPTIMIZERS["adam"].make(Settings(0.05))
    lame = with_fallback(adam._replace(failed=lambda state: state.count >= 2), make_fallback())
    recipe = Recipe(make_extractor(LAYERS), terms, lame, TABLES)
    content, style = pictures(40, 52)
    picture, _, _ = traced(recipe)(content, style, 5)
    assert_within(picture, looped(recipe, content, style, 5).image, 1e-4)


def test_a_loss_that_is_not_finite_is_told(make_extractor, terms):
    wild = OPTIMIZERS["sgd"].make(Settings(float("nan")))
    recipe = Recipe(make_extractor(LAYERS), terms, wild, TABLES)
    assert not traced(recipe)(*pictures(40, 52), 3)[2]


def test_the_tables_hold_every_plan():
    for height in range(16, 200, 13):
        for width in (16, 31, 64, 101, 127, 150, 200):
            for steps in (1, 9, 10, 19, 20, 24):
                looked_up = np.stack(look_up_scales(TABLES, height, width, steps), axis=1)
                assert looked_up.tolist() == [
                    list(it) for it in plan_scales(height, width, (steps,))
                ]


@pytest.mark.parametrize("share", [1.0, 141 / 200, 0.5, 0.1])
@pytest.mark.parametrize(("height", "width"), [(60, 44), (33, 400), (20, 31), (5, 5)])
def test_a_style_shrinks_as_the_picture_does_but_not_below_the_least_side(height, width, share):
    share_of_style = max(share, min(1.0, 32 / min(height, width)))
    expected = [max(1, round(share_of_style * side)) for side in (height, width)]
    assert [int(side) for side in style_sides(height, width, share)] == expected


def test_targets_measured_ahead_are_those_measured_in_the_run(make_extractor, terms):
    recipe = Recipe(make_extractor(LAYERS), terms, None, TABLES)
    style = tf.constant(pictures(40, 52)[1])
    baked, variables = bake(recipe, [style], [7.0], 200)
    assert not any(variable.trainable for variable in variables)
    for index, share in enumerate((1.0, 141 / 200)):
        expected = measure(recipe, style)(None, share)
        tf.nest.map_structure(
            lambda one, other: assert_within(one, other, 1e-5), baked(index, None), expected
        )


def test_a_style_counts_where_it_is_visible(make_extractor, terms, tiny):
    """Two flat halves, of which one is visible, are as one; a layer sees a pixel past the edge."""
    recipe = Recipe(make_extractor(LAYERS), terms, None, TABLES)
    half = np.full((1, 40, 26, 3), 0.25, np.float32)
    halves = tf.constant(np.concatenate([half, half + 0.5], axis=2))
    mask = np.concatenate([np.ones_like(half), np.zeros_like(half)], axis=2)[..., :1]
    mask[:, :, 22:] = 0
    visible = Visible(tf.constant(mask), tiny)
    flat = measure(recipe, tf.constant(np.concatenate([half] * 2, axis=2)), visible)(None, 1.0)
    baked, _ = bake(recipe, [halves], [1.0], 200, [visible])
    tf.nest.map_structure(lambda one, other: assert_within(one, other, 1e-5), baked(0, None), flat)
    mean, _ = bake_colors([halves], [1.0], [visible.mask])
    np.testing.assert_allclose(mean, [0.25] * 3, atol=1e-6)


def test_styles_blend_by_their_weights(make_extractor, terms):
    recipe = Recipe(make_extractor(LAYERS), terms, None, TABLES)
    styles = [tf.constant(picture) for picture in pictures(40, 52)]
    single = [moments(bake(recipe, [style], [1.0], 200)[0](0, None)) for style in styles]
    both = moments(bake(recipe, styles, [1.0, 3.0], 200)[0](0, None))
    tf.nest.map_structure(
        lambda one, other, mixed: assert_within(mixed, 0.25 * one + 0.75 * other, 1e-5),
        *single,
        both,
    )


def moments(targets):
    """The targets without the roots, which do not add up."""
    return {
        term: {name: value for name, value in target.items() if name != "root"}
        for term, target in targets.items()
    }


def test_it_starts_in_the_styles_colours_where_they_are_given(make_extractor, terms):
    still = OPTIMIZERS["sgd"].make(Settings(1e-30))
    recipe = Recipe(make_extractor(LAYERS), terms, still, TABLES)
    content, style = (tf.constant(picture) for picture in pictures(40, 52))
    colors = color_statistics(style)

    @tf.function(input_signature=[PICTURE], autograph=False)
    def run(content):
        return paint(recipe, content, measure(recipe, style), tf.constant(1), colors)[0]

    assert_within(run(content), match_colors(content, colors), 1e-6)


def test_colours_blend_as_if_both_styles_were_one_picture():
    """A share of 1 to 3 of the positions."""
    one, other = pictures(40, 30)[0], 0.5 * pictures(40, 90)[0]
    blended = bake_colors([tf.constant(one), tf.constant(other)], [1.0, 3.0])
    together = np.concatenate([one.reshape(-1, 3), other.reshape(-1, 3)])
    for actual, expected in zip(blended, color_statistics(together[None, None]), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=2e-3, atol=1e-4)
