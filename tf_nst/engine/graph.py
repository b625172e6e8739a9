"""A whole run inside a traced function, where sizes and steps are tensors that a request brings.

The scales, the steps and the pictures are those of `loop.iterate`, of the same functions; there
are no events, no signals and no early end.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.steps import begin_scale, next_start, paint_scale
from tf_nst.model.networks import Network
from tf_nst.objective.objective import (
    Extractor,
    Objective,
    blend,
    measure_references,
    measure_targets,
    target_weights,
    term_values,
)
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import CONTENT, STYLE, Terms, masked
from tf_nst.ops.color import ColorStatistics, color_statistics, match_colors, pooled_statistics
from tf_nst.ops.resample import resize, sides
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import ScaleTables, look_up_scales, style_sides

# Scales after this one [], the scale's share of the picture's long side [] float64 -> the targets
# of the style at that scale.
Targets = Callable[[tf.Tensor, tf.Tensor], dict[str, Value]]


class Recipe(NamedTuple):
    """What is the same for all requests.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      optimizer: of every scale.
      tables: of the scales; their bounds are those of a request.
      decay: of the average of the optimiser's pictures; 0: the best of them is the picture.
    """

    extractor: Extractor
    terms: Terms
    optimizer: Optimizer
    tables: ScaleTables
    decay: float = 0.0


def paint(
    recipe: Recipe,
    content: tf.Tensor,
    targets: Targets,
    steps: tf.Tensor,
    colors: ColorStatistics | None = None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Paints `content` [1, H, W, 3] float32 in 0..1.

    Args:
      recipe: H, W and `steps` are within the bounds of its tables.
      content: H and W are not known while this is traced, since the scales change them.
      targets: of the style.
      steps: [] int32, of all scales together, 1 or more.
      colors: of the style; it starts from the content in these, without them from the content.

    Returns:
      The picture [1, H, W, 3] in 0..1, its own values [terms], unweighted, and whether all was
      finite [].
    """
    start = content if colors is None else match_colors(content, colors)
    scales = look_up_scales(recipe.tables, *sides(content), steps)
    first = begin_scale(recipe.optimizer, resize(start, scales[0][0], scales[1][0]))

    def paint_next(index, progress, finite, _):
        progress, finite_here, values = _paint_scale(
            recipe, content, start, targets, scales, index, progress
        )
        return index + 1, progress, finite & finite_here, values

    empty = tf.zeros([len(recipe.terms), 1], content.dtype)
    _, progress, finite, values = tf.while_loop(
        lambda index, *_: index < tf.size(scales[2]),
        paint_next,
        (tf.constant(0), first, tf.constant(True), empty),
        parallel_iterations=1,
    )
    return progress.track.picture, values[:, 0], finite & tf.reduce_all(tf.math.is_finite(values))


def _paint_scale(recipe: Recipe, content, start, targets: Targets, scales, index, progress):
    """The steps of the scale `index`: its progress, whether all was finite, its values [terms, 1].

    Args:
      start: what the run begins with, of the picture's size.
      scales: heights, widths and steps [scales] int32.
      progress: of the scale before.
    """
    heights, widths, steps = scales
    size, last = (heights[index], widths[index]), tf.size(steps) - 1
    long_sides = tf.cast(tf.maximum(heights, widths), tf.float64)
    objective = Objective(
        recipe.extractor,
        recipe.terms,
        targets(last - index, long_sides[index] / long_sides[last]),
        _references(recipe, resize(content, *size)),
        {},
    )
    picture = next_start(progress.track.picture, start, *size)
    progress = begin_scale(recipe.optimizer, picture, progress.state)
    most = recipe.tables.steps.shape[1]
    progress, report = paint_scale(
        objective, recipe.optimizer, progress, steps[index], decay=recipe.decay, most=most
    )
    values = term_values(objective, progress.track.picture)
    return progress, report.finite, tf.stack([values[term.name] for term in recipe.terms])


def _references(recipe: Recipe, content: tf.Tensor) -> dict[str, dict[str, tf.Tensor]]:
    return measure_references(recipe.extractor, recipe.terms, {CONTENT: content})


class Visible(NamedTuple):
    """Where a style is visible: [1, h, w, 1] float32 of 0 or more; and the extractor's network."""

    mask: tf.Tensor
    network: Network


def measure(recipe: Recipe, style: tf.Tensor, visible: Visible | None = None) -> Targets:
    """The targets of `style` [1, h, w, 3] float32 in 0..1, of the size that the last scale sees.

    Measured at every scale anew. `visible` is None of an opaque style.
    """

    def targets(_, share):
        size, weights = style_sides(*sides(style), share), {}
        if visible is not None:
            mask = {STYLE: resize(visible.mask, *size)}
            weights = target_weights(visible.network, masked(recipe.terms, mask), mask)
        pictures = {STYLE: resize(style, *size)}
        return measure_targets(recipe.extractor, recipe.terms, pictures, weights)

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

    def targets(index, _):
        return tf.nest.map_structure(lambda variable: tf.gather(variable, index), kept)

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
    targets = tf.function(lambda: measure(recipe, style, visible)(None, share), autograph=False)
    return targets.get_concrete_function()()
