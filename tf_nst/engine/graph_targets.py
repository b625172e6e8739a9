"""The targets of styles inside a traced function: measured for a request, or baked in before."""

from collections.abc import Sequence

import tensorflow as tf

from tf_nst.engine.graph import Recipe, Targets, Visible
from tf_nst.objective.objective import blend, measure_targets
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import STYLE, masked
from tf_nst.objective.weights import target_weights
from tf_nst.ops.color import ColorStatistics, color_statistics, pooled_statistics
from tf_nst.ops.resample import resize
from tf_nst.ops.shapes import sides
from tf_nst.planning.schedule import style_sides


def measure(recipe: Recipe, style: tf.Tensor, visible: Visible | None = None) -> Targets:
    """The targets of `style` [1, h, w, 3] float32 in 0..1, of the size that the last scale sees.

    Measured at every scale anew. `visible` is None of an opaque style.
    """

    def targets(_: tf.Tensor, share: tf.Tensor) -> dict[str, Value]:
        height, width = sides(style)
        size, weights = style_sides(height, width, share), {}
        if visible is not None:
            mask = {STYLE: resize(visible.mask, *size)}
            weights = target_weights(visible.network, masked(recipe.terms, mask), mask)
        pictures = {STYLE: resize(style, *size)}
        return measure_targets(recipe.extractor, recipe.terms, pictures, weights)

    return targets


def measure_all(
    recipe: Recipe,
    styles: Sequence[tf.Tensor],
    weights: Sequence[float],
    visible: Sequence[Visible | None],
) -> Targets:
    """As `measure`, of several styles, blended by their weights."""

    def targets(index: tf.Tensor, share: tf.Tensor) -> dict[str, Value]:
        pairs = zip(styles, visible, strict=True)
        return blend(
            [measure(recipe, *pair)(index, share) for pair in pairs], weights, recipe.terms
        )

    return targets


def bake(
    recipe: Recipe,
    styles: Sequence[tf.Tensor],
    weights: Sequence[float],
    size: int,
    visible: Sequence[Visible | None] = (),
) -> tuple[Targets, list[tf.Variable]]:
    """The targets of several styles, blended by their weights, measured now for every scale.

    Args:
      styles: each [1, h, w, 3] float32 in 0..1, of the size that the last scale sees.
      weights: above 0, relative to their sum.
      size: long side of the pictures that will be painted.
      visible: of each style; by default all are opaque.

    Returns:
      The targets, and the variables that hold them.
    """
    pairs, measured = list(zip(styles, visible or [None] * len(styles), strict=True)), []
    for share in recipe.tables.shares[::-1]:
        share = round(share * size) / size
        targets_of = [_measured(recipe, *pair, share) for pair in pairs]
        measured.append(blend(targets_of, weights, recipe.terms))
    kept = tf.nest.map_structure(lambda *each: tf.Variable(tf.stack(each), False), *measured)

    def targets(index: tf.Tensor, _: tf.Tensor) -> dict[str, Value]:
        chosen: dict[str, Value] = tf.nest.map_structure(lambda each: tf.gather(each, index), kept)
        return chosen

    return targets, tf.nest.flatten(kept)


def bake_colors(
    styles: Sequence[tf.Tensor],
    weights: Sequence[float],
    masks: Sequence[tf.Tensor | None] = (),
) -> ColorStatistics:
    """The colours of several styles, as if each were seen at its share of the positions.

    Args:
      styles: each [1, h, w, 3] float32 in 0..1.
      weights: above 0, relative to their sum.
      masks: where each is visible, [1, h, w, 1], or None; by default all are opaque.
    """
    shares = [weight / sum(weights) for weight in weights]
    pairs = zip(styles, masks or [None] * len(styles), strict=True)
    return pooled_statistics([color_statistics(*pair) for pair in pairs], shares)


def _measured(
    recipe: Recipe, style: tf.Tensor, visible: Visible | None, share: float
) -> dict[str, Value]:
    """In one compiled call, which lets each layer's features go when the next have come."""
    compiled = tf.function(lambda: measure(recipe, style, visible)(None, share), autograph=False)
    targets: dict[str, Value] = compiled.get_concrete_function()()
    return targets
