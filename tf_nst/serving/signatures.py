"""What an exported model answers: the functions that a server calls by name."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.graph import Recipe, Targets, Visible, paint
from tf_nst.engine.graph_targets import measure
from tf_nst.model.networks import Network
from tf_nst.objective.terms import CONTENT, STYLE, Terms
from tf_nst.ops.color import ColorStatistics, color_statistics
from tf_nst.serving.admission import Encoded, admitted, admitted_tensors
from tf_nst.serving.checks import numbered, require, require_between
from tf_nst.serving.limits import (
    Limits,
    checked_weight,
    content_mask,
    content_picture,
    small_enough,
    style_picture,
)
from tf_nst.serving.pictures import encode

Signatures = dict[str, tf.types.experimental.ConcreteFunction]


# A photograph [1, H, W, 3] -> the targets of the styles that are baked in, and their colours.
Baked = Callable[[tf.Tensor], tuple[Targets, ColorStatistics]]


def build_signatures(recipe: Recipe, baked: Baked, limits: Limits, network: Network) -> Signatures:
    """The functions of a server, by their names; none of them changes a variable.

    Args:
      recipe: its tables are those of the limits.
      baked: of the style of `serving_default`, at `limits.size`.
      limits: of the requests.
      network: of the recipe's extractor.
    """
    paint_like = painter(recipe, limits)
    functions = (
        _serving_default(recipe, baked, limits),
        _stylize(recipe, limits, paint_like),
        _stylize_masked(recipe, limits, network),
        _stylize_tensor(recipe, limits, paint_like),
    )
    names = ("serving_default", "stylize", "stylize_masked", "stylize_tensor")
    return {
        name: function.get_concrete_function()
        for name, function in zip(names, functions, strict=True)
    }


def _signature(**inputs: tuple[list, tf.DType]):
    """A traced function of these inputs, name=(shape, dtype)."""
    specs = [tf.TensorSpec(shape, dtype, name) for name, (shape, dtype) in inputs.items()]
    return tf.function(input_signature=specs, autograph=False)


def _serving_default(recipe: Recipe, baked: Baked, limits: Limits):
    @_signature(content_bytes=([None], tf.string))
    def serving_default(content_bytes):
        encoded = admitted(Encoded(content_bytes), limits.bounds)

        def answer(picture, _):
            content = content_picture(*picture, limits.size, limits)
            steps = tf.constant(limits.steps)
            targets, colors = baked(content)
            colors = colors if limits.matched else None
            return _encoded(_painted(recipe, content, targets, colors, steps))

        return _answers(recipe, encoded, answer)

    return serving_default


# What a request that brings a style says beside its pictures.
_SETTINGS = {
    "steps": ([], tf.int32),
    "size": ([], tf.int32),
    "style_weight": ([], tf.float32),
    "content_weight": ([], tf.float32),
}


def painter(recipe: Recipe, limits: Limits):
    """The traced function that paints a picture in the manner of another: one trace serves all
    signatures that call it.

    Its arguments: the content and the style, [1, H, W, 3] float32 in 0..1; the steps; and by what
    the weights of the terms of the style and of the content are multiplied. It returns the picture
    and its losses.
    """

    @_signature(
        content=([1, None, None, 3], tf.float32),
        style=([1, None, None, 3], tf.float32),
        steps=([], tf.int32),
        style_share=([], tf.float32),
        content_share=([], tf.float32),
    )
    def paint_like(content, style, steps, style_share, content_share):
        shares = {STYLE: style_share, CONTENT: content_share}
        return _painted_like(recipe, limits, content, style, steps, shares)

    return paint_like


def _painted_like(recipe: Recipe, limits: Limits, content, style, steps, shares, where=None):
    weighted = recipe._replace(terms=_weighted(recipe.terms, shares))
    style = COLOR_MODES[recipe.color].style(style, content)
    colors = color_statistics(style) if limits.matched else None
    return _painted(weighted, content, measure(weighted, style), colors, steps, where)


def _stylize(recipe: Recipe, limits: Limits, paint_like):
    @_signature(content_bytes=([None], tf.string), style_bytes=([], tf.string), **_SETTINGS)
    def stylize(content_bytes, style_bytes, steps, size, style_weight, content_weight):
        encoded = admitted(Encoded(content_bytes, style_bytes), limits.bounds)
        settings = _requested(limits, steps, size, style_weight, content_weight)
        style = style_picture(encoded.style, settings.size, limits)

        def answer(picture, _):
            content = content_picture(*picture, settings.size, limits)
            shares = settings.shares[STYLE], settings.shares[CONTENT]
            return _encoded(paint_like(content, style, settings.steps, *shares))

        return _answers(recipe, encoded, answer)

    return stylize


def _stylize_masked(recipe: Recipe, limits: Limits, network: Network):
    @_signature(
        content_bytes=([None], tf.string),
        mask_bytes=([None], tf.string),
        style_bytes=([], tf.string),
        **_SETTINGS,
    )
    def stylize_masked(
        content_bytes, mask_bytes, style_bytes, steps, size, style_weight, content_weight
    ):
        encoded = admitted(Encoded(content_bytes, style_bytes, mask_bytes), limits.bounds)
        settings = _requested(limits, steps, size, style_weight, content_weight)
        style = style_picture(encoded.style, settings.size, limits)

        def answer(picture, mask):
            content = content_picture(*picture, settings.size, limits)
            where = Visible(content_mask(*mask, content, limits), network)
            how = settings.steps, settings.shares, where
            return _encoded(_painted_like(recipe, limits, content, style, *how))

        return _answers(recipe, encoded, answer)

    return stylize_masked


class Settings(NamedTuple):
    """What a request says beside its pictures.

    Attributes:
      steps, size: [] int32.
      shares: {STYLE or CONTENT: [] float32, by what the weights of its terms are multiplied}.
    """

    steps: tf.Tensor
    size: tf.Tensor
    shares: Mapping[str, tf.Tensor]


def _requested(limits: Limits, steps, size, style_weight, content_weight) -> Settings:
    """The settings of a request that brings a style, within the limits."""
    shares = {
        STYLE: checked_weight(style_weight, "style_weight") / limits.style_weight,
        CONTENT: checked_weight(content_weight, "content_weight") / limits.content_weight,
    }
    steps = require_between(steps, "steps", 1, limits.steps)
    return Settings(steps, require_between(size, "size", limits.least, limits.size), shares)


def _stylize_tensor(recipe: Recipe, limits: Limits, paint_like):
    @_signature(content=([None, None, None, 3], tf.float32), style=([1, None, None, 3], tf.float32))
    def stylize_tensor(content, style):
        content = admitted_tensors(content, style, limits.bounds)
        style = small_enough(style, "style", limits)
        steps = tf.constant(limits.steps)

        def answer(picture):
            image = small_enough(picture[0][None], picture[1], limits)
            painted, losses = paint_like(image, style, steps, tf.constant(1.0), tf.constant(1.0))
            return painted[0], losses

        count = tf.shape(content)[0]
        content = require(content, count > 0, "content: expected a picture or more")
        images, losses = tf.map_fn(
            answer,
            (content, numbered("content", count)),
            fn_output_signature=(tf.TensorSpec([None, None, 3]), _losses_of(recipe)),
            parallel_iterations=1,
        )
        return {"images": images, "losses": losses}

    return stylize_tensor


def _losses_of(recipe: Recipe) -> tf.TensorSpec:
    return tf.TensorSpec([len(recipe.terms)], tf.float32)


def _answers(recipe: Recipe, encoded: Encoded, answer) -> dict[str, tf.Tensor]:
    """Each picture painted alone, at its own size, one after the other.

    Args:
      answer: a content and its mask, or None, each with its name -> a PNG and losses.
    """
    pictures = {"content": _numbered(encoded.content, "content_bytes")}
    if encoded.masks is not None:
        pictures["mask"] = _numbered(encoded.masks, "mask_bytes")
    pictures, losses = tf.map_fn(
        lambda each: answer(each["content"], each.get("mask")),
        pictures,
        fn_output_signature=(tf.TensorSpec([], tf.string), _losses_of(recipe)),
        parallel_iterations=1,
    )
    return {"image_bytes": pictures, "losses": losses}


def _numbered(pictures: tf.Tensor, name: str) -> tuple[tf.Tensor, tf.Tensor]:
    """[B] string, and what messages call each of them [B] string."""
    return pictures, numbered(name, tf.size(pictures))


def _painted(recipe: Recipe, content: tf.Tensor, targets: Targets, colors, steps, where=None):
    """The picture [1, H, W, 3] in 0..1 and its losses [terms]."""
    picture, losses, finite = paint(recipe, content, targets, steps, colors, where)
    line = "the loss is not finite: expected finite terms, try smaller weights"
    return require(picture, finite, line), losses


def _encoded(painted: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
    picture, losses = painted
    return encode(picture), losses


def _weighted(terms: Terms, shares: Mapping[str, tf.Tensor]) -> Terms:
    """The terms with their weights times the share of their picture, where it has one."""
    return tuple(term._replace(weight=term.weight * shares.get(term.of, 1.0)) for term in terms)
