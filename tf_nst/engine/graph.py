"""A whole run inside a traced function, where sizes and steps are tensors that a request brings.

The scales, the steps and the pictures are those of `loop.iterate`, of the same functions; there
are no events, no signals and no early end.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.state import Progress
from tf_nst.engine.steps import begin_scale, next_start, paint_scale
from tf_nst.model.networks import Network
from tf_nst.objective.kept import Kept
from tf_nst.objective.objective import (
    Extractor,
    Objective,
    blend,
    measure_references,
    measure_targets,
    term_values,
)
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import CONTENT, STYLE, Terms
from tf_nst.objective.weights import position_weights, target_weights
from tf_nst.ops.color import ColorStatistics, color_map, color_statistics, map_colors
from tf_nst.ops.resample import resize
from tf_nst.ops.shapes import sides
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import ScaleTables, look_up_scales

# The content, what the run begins with, and where it is painted; [1, H, W, 3].
Pictures = tuple[tf.Tensor, tf.Tensor, "Visible | None"]
# Heights, widths and steps [scales] int32.
Scales = tuple[tf.Tensor, tf.Tensor, tf.Tensor]
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
      strength: above 0, how far statistics are wanted to go from the content's own to the style's.
      color: a row of COLOR_MODES.
    """

    extractor: Extractor
    terms: Terms
    optimizer: Optimizer
    tables: ScaleTables
    decay: float = 0.0
    strength: float = 1.0
    color: str = "style"


class Visible(NamedTuple):
    """Where a picture counts: [1, h, w, 1] float32 of 0 or more; and the extractor's network."""

    mask: tf.Tensor
    network: Network


def paint(
    recipe: Recipe,
    content: tf.Tensor,
    targets: Targets,
    steps: tf.Tensor,
    colors: ColorStatistics | None = None,
    painted: Visible | None = None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Paints `content` [1, H, W, 3] float32 in 0..1.

    Args:
      recipe: H, W and `steps` are within the bounds of its tables.
      content: H and W are not known while this is traced, since the scales change them.
      targets: of the style, as the recipe's colours have it.
      steps: [] int32, of all scales together, 1 or more.
      colors: of the style; it starts from the content in these, without them from the content.
      painted: in 0..1, above 0 somewhere: how much of the painting each pixel shows, the rest is
        the content; None: the painting alone.

    Returns:
      The picture [1, H, W, 3] in 0..1, its own values [terms], unweighted, and whether all was
      finite [].
    """
    mode, photograph = COLOR_MODES[recipe.color], content
    content = mode.content(photograph)
    start = _start(recipe, content, colors, painted)
    picture, values, finite = _paint_scales(
        _masked(recipe, painted), (content, start, painted), targets, steps
    )
    picture = mode.result(picture, photograph, None if painted is None else painted.mask)
    if painted is not None:
        picture = painted.mask * picture + (1 - painted.mask) * photograph
    return picture, values, finite & tf.reduce_all(tf.math.is_finite(values))


def _start(
    recipe: Recipe, content: tf.Tensor, colors: ColorStatistics | None, painted: Visible | None
) -> tf.Tensor:
    start = content
    if colors is not None:
        mask = None if painted is None else _above_0(painted.mask)
        start = map_colors(content, *color_map(color_statistics(content, mask), colors))
    if recipe.strength == 1:
        return start
    return recipe.strength * start + (1 - recipe.strength) * content


def _masked(recipe: Recipe, painted: Visible | None) -> Recipe:
    """The style's terms where it is painted, as much of them as of the picture that is."""
    if painted is None:
        return recipe
    share = tf.reduce_mean(_above_0(painted.mask))
    terms = (
        term._replace(mask=STYLE, of_mask=STYLE, weight=term.weight * share)
        if term.of == STYLE
        else term
        for term in recipe.terms
    )
    return recipe._replace(terms=tuple(terms))


def _above_0(mask: tf.Tensor) -> tf.Tensor:
    return tf.cast(mask > 0, mask.dtype)


def _paint_scales(
    recipe: Recipe, pictures: Pictures, targets: Targets, steps: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The picture, its values [terms] and whether the evaluations were finite []."""
    height, width = sides(pictures[0])
    scales = look_up_scales(recipe.tables, height, width, steps)
    first = begin_scale(recipe.optimizer, resize(pictures[1], scales[0][0], scales[1][0]))

    def paint_next(
        index: tf.Tensor, progress: Progress, finite: tf.Tensor, _: tf.Tensor
    ) -> tuple[tf.Tensor, Progress, tf.Tensor, tf.Tensor]:
        progress, here, values = _paint_scale(recipe, pictures, targets, scales, index, progress)
        return index + 1, progress, finite & here, values

    empty = tf.zeros([len(recipe.terms), 1], pictures[0].dtype)
    _, progress, finite, values = tf.while_loop(
        lambda index, *_: index < tf.size(scales[2]),
        paint_next,
        (tf.constant(0), first, tf.constant(True), empty),
        parallel_iterations=1,
    )
    return progress.track.picture, values[:, 0], finite


def _paint_scale(
    recipe: Recipe,
    pictures: Pictures,
    targets: Targets,
    scales: Scales,
    index: tf.Tensor,
    progress: Progress,
) -> tuple[Progress, tf.Tensor, tf.Tensor]:
    """The steps of the scale `index`: its progress, whether all was finite, its values [terms, 1].

    Args:
      progress: of the scale before.
    """
    (content, start, painted), (heights, widths, steps) = pictures, scales
    size, last = (heights[index], widths[index]), tf.size(steps) - 1
    long_sides = tf.cast(tf.maximum(heights, widths), tf.float64)
    wanted = targets(last - index, long_sides[index] / long_sides[last])
    objective = _objective(recipe, resize(content, *size), painted, wanted)
    picture = next_start(progress.track.picture, start, *size)
    progress = begin_scale(recipe.optimizer, picture, progress.state)
    most = recipe.tables.steps.shape[1]
    progress, report = paint_scale(
        objective, recipe.optimizer, progress, steps[index], decay=recipe.decay, most=most
    )
    values = term_values(objective, progress.track.picture)
    return progress, report.finite, tf.stack([values[term.name] for term in recipe.terms])


def _objective(
    recipe: Recipe, content: tf.Tensor, painted: Visible | None, wanted: dict[str, Value]
) -> Objective:
    """The loss at a scale, whose targets are blended with the content's own by the strength."""
    weights: dict[str, tf.Tensor] = {}
    of_content: dict[str, tf.Tensor] = {}
    kept: Kept | tuple[()] = ()
    if painted is not None:
        masks = {STYLE: resize(_above_0(painted.mask), *sides(content))}
        weights = position_weights(painted.network, recipe.terms, masks)
        of_content = target_weights(painted.network, recipe.terms, masks)
        kept = Kept(content, resize(painted.mask, *sides(content)) > 0)
    if recipe.strength < 1:
        of_itself = measure_targets(recipe.extractor, recipe.terms, {STYLE: content}, of_content)
        wanted = blend([wanted, of_itself], [recipe.strength, 1 - recipe.strength], recipe.terms)
    references = _references(recipe, content)
    return Objective(recipe.extractor, recipe.terms, wanted, references, weights, kept)


def _references(recipe: Recipe, content: tf.Tensor) -> dict[str, dict[str, tf.Tensor]]:
    return measure_references(recipe.extractor, recipe.terms, {CONTENT: content})
