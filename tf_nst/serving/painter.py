"""What exported models paint with: one trace for all signatures that bring a style."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.graph import Recipe, Targets, Visible, paint
from tf_nst.engine.graph_targets import measure
from tf_nst.objective.terms import CONTENT, STYLE, Terms
from tf_nst.ops.color import ColorStatistics, color_statistics
from tf_nst.serving.aliases import Input, Painted, PaintLike, Settings
from tf_nst.serving.checks import require
from tf_nst.serving.limits import Limits


def signature(**inputs: Input) -> Callable[[Callable[..., Any]], Any]:
    """A traced function of these inputs, name=(shape, dtype)."""
    specs = [tf.TensorSpec(shape, dtype, name) for name, (shape, dtype) in inputs.items()]
    traced: Callable[[Callable[..., Any]], Any] = tf.function(
        input_signature=specs, autograph=False
    )
    return traced


def painter(recipe: Recipe, limits: Limits) -> PaintLike:
    """The traced function that paints a picture in the manner of another: one trace serves all
    signatures that call it.

    Its arguments: the content and the style, [1, H, W, 3] float32 in 0..1; the steps; and by what
    the weights of the terms of the style and of the content are multiplied. It returns the picture
    and its losses.
    """

    @signature(
        content=([1, None, None, 3], tf.float32),
        style=([1, None, None, 3], tf.float32),
        steps=([], tf.int32),
        style_share=([], tf.float32),
        content_share=([], tf.float32),
    )
    def paint_like(
        content: tf.Tensor,
        style: tf.Tensor,
        steps: tf.Tensor,
        style_share: tf.Tensor,
        content_share: tf.Tensor,
    ) -> Painted:
        settings = Settings(steps, {STYLE: style_share, CONTENT: content_share})
        return painted_like(recipe, limits, (content, style), settings)

    traced: PaintLike = paint_like
    return traced


def painted_like(
    recipe: Recipe,
    limits: Limits,
    pictures: tuple[tf.Tensor, tf.Tensor],
    settings: Settings,
    where: Visible | None = None,
) -> Painted:
    """As `painter`'s function, of a content and a style; `where` the content is painted."""
    content, style = pictures
    weighted = recipe._replace(terms=_weighted(recipe.terms, settings.shares))
    style = COLOR_MODES[recipe.color].style(style, content)
    colors = color_statistics(style) if limits.matched else None
    return painted(weighted, content, measure(weighted, style), colors, settings.steps, where)


def painted(
    recipe: Recipe,
    content: tf.Tensor,
    targets: Targets,
    colors: ColorStatistics | None,
    steps: tf.Tensor,
    where: Visible | None = None,
) -> Painted:
    """The picture [1, H, W, 3] in 0..1 and its losses [terms]."""
    picture, losses, finite = paint(recipe, content, targets, steps, colors, where)
    line = "the loss is not finite: expected finite terms, try smaller weights"
    return require(picture, finite, line), losses


def _weighted(terms: Terms, shares: Mapping[str, tf.Tensor]) -> Terms:
    """The terms with their weights times the share of their picture, where it has one."""
    return tuple(
        term._replace(weight=term.weight * shares.get(term.of or "", 1.0)) for term in terms
    )
