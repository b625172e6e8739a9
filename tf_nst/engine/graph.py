"""A whole run inside a traced function, where sizes and steps are tensors that a request brings.

The scales, the steps and the pictures are those of `stylize.iterate`, of the same functions; there
are no events, no signals and no early end.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.steps import Progress, begin, compile_steps
from tf_nst.objective.objective import (
    Extractor,
    Objective,
    blend,
    references,
    style_targets,
    term_values,
)
from tf_nst.objective.terms import Means, Term
from tf_nst.ops.color import ColorStatistics, color_statistics, match_colors, pooled_statistics
from tf_nst.ops.resample import carried, resize, sides
from tf_nst.optim.optimizers import Optimizer
from tf_nst.planning.schedule import ScaleTables, look_up_scales, style_sides

# Mean [3] and covariance [3, 3] of a style's colours, float64.

# Scales after this one [], the scale's share of the picture's long side [] float64 -> the targets
# of the style at that scale.
Targets = Callable[[tf.Tensor, tf.Tensor], dict[str, Means]]


class Recipe(NamedTuple):
    """What is the same for all requests.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: features}.
      terms: the terms of the loss.
      optimizer: of every scale.
      fallback: goes on where it fails.
      tables: of the scales; their bounds are those of a request.
      decay: of the average of the optimiser's pictures; 0: the best of them is the picture.
    """

    extractor: Extractor
    terms: tuple[Term, ...]
    optimizer: Optimizer
    fallback: Optimizer
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
    heights, widths, made = look_up_scales(recipe.tables, *sides(content), steps)
    last = tf.size(made) - 1
    start = content if colors is None else match_colors(content, colors)
    first = resize(start, heights[0], widths[0])
    long_sides = tf.cast(tf.maximum(heights, widths), tf.float64)

    def scale(index, picture, state, finite, _):
        here = resize(content, heights[index], widths[index])
        objective = Objective(
            recipe.extractor,
            recipe.terms,
            targets(last - index, long_sides[index] / long_sides[last]),
            references(recipe.extractor, recipe.terms, here),
        )
        picture = carried(picture, resize(start, heights[index], widths[index]))
        state = recipe.optimizer.resample(state, picture)
        picture, state, fine = _paint_scale(recipe, objective, picture, state, made[index])
        values = term_values(objective, picture)
        values = tf.stack([values[term.name] for term in recipe.terms])
        return index + 1, picture, state, finite & fine, values

    empty = tf.zeros([len(recipe.terms), 1], content.dtype)
    _, picture, _, finite, values = tf.while_loop(
        lambda index, *_: index <= last,
        scale,
        (tf.constant(0), first, recipe.optimizer.init(first), tf.constant(True), empty),
        parallel_iterations=1,
    )
    return picture, values[:, 0], finite & tf.reduce_all(tf.math.is_finite(values))


def measure(recipe: Recipe, style: tf.Tensor) -> Targets:
    """The targets of `style` [1, h, w, 3] float32 in 0..1, of the size that the last scale sees.

    Measured at every scale anew.
    """

    def targets(_, share):
        small = resize(style, *style_sides(*sides(style), share))
        return style_targets(recipe.extractor, recipe.terms, small)

    return targets


def bake(
    recipe: Recipe, styles: Sequence[tf.Tensor], weights: Sequence[float], size: int
) -> tuple[Targets, list[tf.Variable]]:
    """The targets of several styles, blended by their weights, measured now for every scale.

    Args:
      styles: each [1, h, w, 3] float32 in 0..1, of the size that the last scale sees.
      weights: above 0, relative to their sum.
      size: long side of the pictures that will be painted.

    Returns:
      The targets, and the variables that hold them.
    """
    measured = []
    for share in recipe.tables.shares[::-1]:
        share = round(share * size) / size
        found = [_measured(recipe, style, share) for style in styles]
        measured.append(blend(found, weights))
    kept = tf.nest.map_structure(lambda *each: tf.Variable(tf.stack(each), False), *measured)

    def targets(index, _):
        return tf.nest.map_structure(lambda variable: tf.gather(variable, index), kept)

    return targets, tf.nest.flatten(kept)


def bake_colors(styles: Sequence[tf.Tensor], weights: Sequence[float]) -> ColorStatistics:
    """The colours of several styles, as if each were seen at its share of the positions.

    Args:
      styles: each [1, h, w, 3] float32 in 0..1.
      weights: above 0, relative to their sum.
    """
    shares = [weight / sum(weights) for weight in weights]
    return pooled_statistics([color_statistics(style) for style in styles], shares)


def _measured(recipe: Recipe, style: tf.Tensor, share: float) -> dict[str, Means]:
    """In one compiled call, which lets each layer's features go when the next have come."""
    targets = tf.function(lambda: measure(recipe, style)(None, share), autograph=False)
    return targets.get_concrete_function()()


def _paint_scale(recipe: Recipe, objective: Objective, picture, state, steps):
    """The steps of one scale: the picture, the optimiser's state, whether all was finite."""
    most = recipe.tables.steps.shape[1]
    run = compile_steps(objective, recipe.optimizer, decay=recipe.decay, most=most)
    progress, report = run(begin(picture, state), steps)

    def fall_back():
        picture = progress.track.picture
        again = compile_steps(objective, recipe.fallback, decay=recipe.decay, most=most)
        restarted = Progress(picture, recipe.fallback.init(picture), progress.track)
        restarted, told = again(restarted, steps - report.steps)
        return restarted.track, told.finite

    track, finite = tf.cond(
        report.failed, fall_back, lambda: (progress.track, report.finite), name="fall_back"
    )
    return track.picture, progress.state, finite
