"""What an exported model answers: the functions that a server calls by name."""

from collections.abc import Mapping
from typing import NamedTuple

import tensorflow as tf

from tf_nst.engine.graph import Recipe, Targets, measure, paint
from tf_nst.objective.terms import CONTENT, STYLE, Terms
from tf_nst.ops.color import ColorStatistics, color_statistics
from tf_nst.serving.admission import Bounds, admitted, admitted_tensors
from tf_nst.serving.checks import require, require_between
from tf_nst.serving.pictures import decode, encode, fitted, large_enough

Signatures = dict[str, tf.types.experimental.ConcreteFunction]


class Limits(NamedTuple):
    """What a request may ask for, and what it gets where it does not ask.

    Attributes:
      size: long side of the picture in pixels; of `stylize` the most.
      steps: of `stylize` the most.
      least: pixels of a shorter side that the layers need.
      bounds: of a request's pictures and pixels.
      style_size: long side at which `stylize` measures a style; 0: the picture's, never enlarged.
      content_weight, style_weight: those that the recipe's terms were made with, above 0.
      matched: whether pictures start in the style's colours.
    """

    size: int
    steps: int
    least: int
    bounds: Bounds
    style_size: int
    content_weight: float
    style_weight: float
    matched: bool


def build_signatures(
    recipe: Recipe, baked: Targets, colors: ColorStatistics, limits: Limits
) -> Signatures:
    """The functions of a server, by their names; none of them changes a variable.

    Args:
      recipe: its tables are those of the limits.
      baked: targets of the style of `serving_default`, at `limits.size`.
      colors: of that style.
      limits: of the requests.
    """
    functions = (
        _serving_default(recipe, baked, colors if limits.matched else None, limits),
        _stylize(recipe, limits),
        _stylize_tensor(recipe, limits),
    )
    names = ("serving_default", "stylize", "stylize_tensor")
    return {
        name: function.get_concrete_function()
        for name, function in zip(names, functions, strict=True)
    }


def _signature(**inputs: tuple[list, tf.DType]):
    """A traced function of these inputs, name=(shape, dtype)."""
    specs = [tf.TensorSpec(shape, dtype, name) for name, (shape, dtype) in inputs.items()]
    return tf.function(input_signature=specs, autograph=False)


def _serving_default(
    recipe: Recipe, baked: Targets, colors: ColorStatistics | None, limits: Limits
):
    @_signature(content_bytes=([None], tf.string))
    def serving_default(content_bytes):
        content_bytes, _ = admitted(content_bytes, None, limits.bounds)

        def answer(data):
            content = _content(data, limits.size, limits)
            return _encoded(_painted(recipe, content, baked, colors, tf.constant(limits.steps)))

        return _answers(recipe, content_bytes, answer)

    return serving_default


def _stylize(recipe: Recipe, limits: Limits):
    @_signature(
        content_bytes=([None], tf.string),
        style_bytes=([], tf.string),
        steps=([], tf.int32),
        size=([], tf.int32),
        style_weight=([], tf.float32),
        content_weight=([], tf.float32),
    )
    def stylize(content_bytes, style_bytes, steps, size, style_weight, content_weight):
        content_bytes, style_bytes = admitted(content_bytes, style_bytes, limits.bounds)
        steps = require_between(steps, "steps", 1, limits.steps)
        size = require_between(size, "size", limits.least, limits.size)
        shares = {
            STYLE: _weight(style_weight, "style_weight") / limits.style_weight,
            CONTENT: _weight(content_weight, "content_weight") / limits.content_weight,
        }
        weighted = recipe._replace(terms=_weighted(recipe.terms, shares))
        style = _style(style_bytes, size, limits)
        colors = _colors(style, limits)

        def answer(data):
            content = _content(data, size, limits)
            return _encoded(_painted(weighted, content, measure(weighted, style), colors, steps))

        return _answers(recipe, content_bytes, answer)

    return stylize


def _stylize_tensor(recipe: Recipe, limits: Limits):
    @_signature(content=([None, None, None, 3], tf.float32), style=([1, None, None, 3], tf.float32))
    def stylize_tensor(content, style):
        content = admitted_tensors(content, style, limits.bounds)
        style = _small_enough(style, "style", limits)
        colors = _colors(style, limits)

        def answer(image):
            image = _small_enough(image[None], "content", limits)
            steps = tf.constant(limits.steps)
            picture, losses = _painted(recipe, image, measure(recipe, style), colors, steps)
            return picture[0], losses

        images, losses = tf.map_fn(
            answer,
            require(content, tf.shape(content)[0] > 0, "content: expected a picture or more"),
            fn_output_signature=(tf.TensorSpec([None, None, 3]), _losses_of(recipe)),
            parallel_iterations=1,
        )
        return {"images": images, "losses": losses}

    return stylize_tensor


def _losses_of(recipe: Recipe) -> tf.TensorSpec:
    return tf.TensorSpec([len(recipe.terms)], tf.float32)


def _answers(recipe: Recipe, content_bytes: tf.Tensor, answer) -> dict[str, tf.Tensor]:
    """Each picture painted alone, at its own size, one after the other."""
    signature = (tf.TensorSpec([], tf.string), _losses_of(recipe))
    pictures, losses = tf.map_fn(
        answer, content_bytes, fn_output_signature=signature, parallel_iterations=1
    )
    return {"image_bytes": pictures, "losses": losses}


def _colors(style: tf.Tensor, limits: Limits) -> ColorStatistics | None:
    return color_statistics(style) if limits.matched else None


def _painted(recipe: Recipe, content: tf.Tensor, targets: Targets, colors, steps: tf.Tensor):
    """The picture [1, H, W, 3] in 0..1 and its losses [terms]."""
    picture, losses, finite = paint(recipe, content, targets, steps, colors)
    line = "the loss is not finite: expected finite terms, try smaller weights"
    return require(picture, finite, line), losses


def _encoded(painted: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
    picture, losses = painted
    return encode(picture), losses


def _content(data: tf.Tensor, size, limits: Limits) -> tf.Tensor:
    image = decode(data, "content_bytes", limits.bounds.pixels)
    return fitted(image, size, "content_bytes", limits.least)


def _style(data: tf.Tensor, size: tf.Tensor, limits: Limits) -> tf.Tensor:
    """At the size at which the command measures a style."""
    image = decode(data, "style_bytes", limits.bounds.pixels)
    longest = tf.reduce_max(tf.shape(image)[1:3])
    size = limits.style_size or tf.minimum(size, longest)
    return fitted(image, size, "style_bytes", limits.least)


def _small_enough(image: tf.Tensor, name: str, limits: Limits) -> tf.Tensor:
    """[1, H, W, 3] in 0..1 and within the limits."""
    image = large_enough(image, name, limits.least)
    longest = tf.reduce_max(tf.shape(image))
    line = f"{name}: expected at most {limits.size} pixels a side, received "
    image = require(image, longest <= limits.size, line, longest)
    inside = tf.reduce_all((image >= 0.0) & (image <= 1.0))
    return require(image, inside, f"{name}: expected finite numbers in 0..1, received others")


def _weight(weight: tf.Tensor, name: str) -> tf.Tensor:
    fine = tf.math.is_finite(weight) & (weight >= 0.0)
    line = f"{name}: expected a finite number of 0 or more, received "
    return require(weight, fine, line, weight)


def _weighted(terms: Terms, shares: Mapping[str, tf.Tensor]) -> Terms:
    """The terms with their weights times the share of their picture, where it has one."""
    return tuple(term._replace(weight=term.weight * shares.get(term.of, 1.0)) for term in terms)
