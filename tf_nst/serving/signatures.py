"""What an exported model answers: the functions that a server calls by name."""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.graph import Recipe, Targets, Visible, paint
from tf_nst.engine.graph_targets import measure
from tf_nst.model.networks import Network
from tf_nst.objective.terms import CONTENT, STYLE, Terms
from tf_nst.ops.color import ColorStatistics, color_statistics
from tf_nst.serving.admission import Encoded, admitted, admitted_tensors
from tf_nst.serving.aliases import Answer, Baked, Input, Named, Outputs, Settings, Signatures
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


def build_signatures(recipe: Recipe, baked: Baked, limits: Limits, network: Network) -> Signatures:
    """The functions of a server, by their names; none of them changes a variable.

    Args:
      recipe: its tables are those of the limits.
      baked: of the style of `serving_default`, at `limits.size`.
      limits: of the requests.
      network: of the recipe's extractor.
    """
    functions = (
        make_serving_default(recipe, baked, limits),
        make_stylize(recipe, limits),
        make_stylize_masked(recipe, limits, network),
        make_stylize_tensor(recipe, limits),
    )
    names = ("serving_default", "stylize", "stylize_masked", "stylize_tensor")
    return {
        name: function.get_concrete_function()
        for name, function in zip(names, functions, strict=True)
    }


def _signature(**inputs: Input) -> Callable[[Callable[..., Outputs]], Any]:
    """A traced function of these inputs, name=(shape, dtype)."""
    specs = [tf.TensorSpec(shape, dtype, name) for name, (shape, dtype) in inputs.items()]
    traced: Callable[[Callable[..., Outputs]], Any] = tf.function(
        input_signature=specs, autograph=False
    )
    return traced


def make_serving_default(recipe: Recipe, baked: Baked, limits: Limits) -> Any:
    """Encoded contents [N], painted in the style of the export."""

    @_signature(content_bytes=([None], tf.string))
    def serving_default(content_bytes: tf.Tensor) -> Outputs:
        encoded = admitted(Encoded(content_bytes), limits.bounds)

        def answer(picture: Named, _: Named | None) -> tuple[tf.Tensor, tf.Tensor]:
            content = content_picture(picture, limits.size, limits)
            steps = tf.constant(limits.steps)
            targets, colors = baked(content)
            start = colors if limits.matched else None
            return _encoded(_painted(recipe, content, targets, start, steps))

        return _answers(recipe, encoded, answer)

    return serving_default


# What a request that brings a style says beside its pictures.
_SETTINGS: dict[str, Input] = {
    "steps": ([], tf.int32),
    "size": ([], tf.int32),
    "style_weight": ([], tf.float32),
    "content_weight": ([], tf.float32),
}


def make_stylize(recipe: Recipe, limits: Limits) -> Any:
    """Encoded contents [N] and a style, with settings."""

    @_signature(content_bytes=([None], tf.string), style_bytes=([], tf.string), **_SETTINGS)
    def stylize(
        content_bytes: tf.Tensor,
        style_bytes: tf.Tensor,
        steps: tf.Tensor,
        size: tf.Tensor,
        style_weight: tf.Tensor,
        content_weight: tf.Tensor,
    ) -> Outputs:
        settings = (steps, size, style_weight, content_weight)
        return _requested(recipe, limits, Encoded(content_bytes, style_bytes), settings)

    return stylize


def make_stylize_masked(recipe: Recipe, limits: Limits, network: Network) -> Any:
    """As `make_stylize`, each content with a mask."""

    @_signature(
        content_bytes=([None], tf.string),
        mask_bytes=([None], tf.string),
        style_bytes=([], tf.string),
        **_SETTINGS,
    )
    def stylize_masked(
        content_bytes: tf.Tensor,
        mask_bytes: tf.Tensor,
        style_bytes: tf.Tensor,
        steps: tf.Tensor,
        size: tf.Tensor,
        style_weight: tf.Tensor,
        content_weight: tf.Tensor,
    ) -> Outputs:
        encoded = Encoded(content_bytes, style_bytes, mask_bytes)
        settings = (steps, size, style_weight, content_weight)
        return _requested(recipe, limits, encoded, settings, network)

    return stylize_masked


def _requested(
    recipe: Recipe,
    limits: Limits,
    encoded: Encoded,
    settings: Settings,
    network: Network | None = None,
) -> Outputs:
    """The answer to a request that brings a style; the network is that of masks."""
    encoded = admitted(encoded, limits.bounds)
    steps, size, style_weight, content_weight = settings
    steps = require_between(steps, "steps", 1, limits.steps)
    size = require_between(size, "size", limits.least, limits.size)
    shares = {
        STYLE: checked_weight(style_weight, "style_weight") / limits.style_weight,
        CONTENT: checked_weight(content_weight, "content_weight") / limits.content_weight,
    }
    weighted = recipe._replace(terms=_weighted(recipe.terms, shares))
    style = style_picture(encoded.style, size, limits)

    def answer(picture: Named, mask: Named | None) -> tuple[tf.Tensor, tf.Tensor]:
        content = content_picture(picture, size, limits)
        where = None
        if mask is not None and network is not None:
            where = Visible(content_mask(mask, content, limits), network)
        painted = COLOR_MODES[recipe.color].style(style, content)
        colors, targets = _colors(painted, limits), measure(weighted, painted)
        return _encoded(_painted(weighted, content, targets, colors, steps, where))

    return _answers(recipe, encoded, answer)


def make_stylize_tensor(recipe: Recipe, limits: Limits) -> Any:
    """Contents [N, h, w, 3] and a style [1, h, w, 3], float32 in 0..1."""

    @_signature(content=([None, None, None, 3], tf.float32), style=([1, None, None, 3], tf.float32))
    def stylize_tensor(content: tf.Tensor, style: tf.Tensor) -> Outputs:
        content = admitted_tensors(content, style, limits.bounds)
        style = small_enough(style, "style", limits)

        def answer(picture: Named) -> tuple[tf.Tensor, tf.Tensor]:
            image = small_enough(picture[0][None], picture[1], limits)
            steps = tf.constant(limits.steps)
            painted = COLOR_MODES[recipe.color].style(style, image)
            colors = _colors(painted, limits)
            targets = measure(recipe, painted)
            result, losses = _painted(recipe, image, targets, colors, steps)
            return result[0], losses

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


def _answers(recipe: Recipe, encoded: Encoded, answer: Answer) -> Outputs:
    """Each picture painted alone, at its own size, one after the other."""
    pictures = {"content": _numbered(encoded.content, "content_bytes")}
    if encoded.masks is not None:
        pictures["mask"] = _numbered(encoded.masks, "mask_bytes")
    images, losses = tf.map_fn(
        lambda each: answer(each["content"], each.get("mask")),
        pictures,
        fn_output_signature=(tf.TensorSpec([], tf.string), _losses_of(recipe)),
        parallel_iterations=1,
    )
    return {"image_bytes": images, "losses": losses}


def _numbered(pictures: tf.Tensor, name: str) -> Named:
    """[B] string, and what messages call each of them [B] string."""
    return pictures, numbered(name, tf.size(pictures))


def _colors(style: tf.Tensor, limits: Limits) -> ColorStatistics | None:
    return color_statistics(style) if limits.matched else None


def _painted(
    recipe: Recipe,
    content: tf.Tensor,
    targets: Targets,
    colors: ColorStatistics | None,
    steps: tf.Tensor,
    where: Visible | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The picture [1, H, W, 3] in 0..1 and its losses [terms]."""
    picture, losses, finite = paint(recipe, content, targets, steps, colors, where)
    line = "the loss is not finite: expected finite terms, try smaller weights"
    return require(picture, finite, line), losses


def _encoded(painted: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
    picture, losses = painted
    return encode(picture), losses


def _weighted(terms: Terms, shares: Mapping[str, tf.Tensor]) -> Terms:
    """The terms with their weights times the share of their picture, where it has one."""
    return tuple(
        term._replace(weight=term.weight * shares.get(term.of or "", 1.0)) for term in terms
    )
