"""What an exported model answers: the functions that a server calls by name."""

from typing import Any

import tensorflow as tf

from tf_nst.engine.graph import Recipe, Visible
from tf_nst.model.networks import Network
from tf_nst.objective.terms import CONTENT, STYLE
from tf_nst.serving.admission import Encoded, admitted, admitted_tensors
from tf_nst.serving.aliases import (
    Answer,
    Baked,
    Input,
    Named,
    Outputs,
    Painted,
    PaintLike,
    Settings,
    Signatures,
)
from tf_nst.serving.checks import numbered, require, require_between
from tf_nst.serving.limits import (
    Limits,
    checked_weight,
    content_mask,
    content_picture,
    small_enough,
    style_picture,
)
from tf_nst.serving.painter import painted, painted_like, painter, signature
from tf_nst.serving.pictures import encode


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
        make_serving_default(recipe, baked, limits),
        make_stylize(recipe, limits, paint_like),
        make_stylize_masked(recipe, limits, network),
        make_stylize_tensor(recipe, limits, paint_like),
    )
    names = ("serving_default", "stylize", "stylize_masked", "stylize_tensor")
    return {
        name: function.get_concrete_function()
        for name, function in zip(names, functions, strict=True)
    }


def make_serving_default(recipe: Recipe, baked: Baked, limits: Limits) -> Any:
    """Encoded contents [N], painted in the style of the export."""

    @signature(content_bytes=([None], tf.string))
    def serving_default(content_bytes: tf.Tensor) -> Outputs:
        encoded = admitted(Encoded(content_bytes), limits.bounds)

        def answer(picture: Named, _: Named | None) -> Painted:
            content = content_picture(picture, limits.size, limits)
            steps = tf.constant(limits.steps)
            targets, colors = baked(content)
            start = colors if limits.matched else None
            return _encoded(painted(recipe, content, targets, start, steps))

        return _answers(recipe, encoded, answer)

    return serving_default


# What a request that brings a style says beside its pictures.
_SETTINGS: dict[str, Input] = {
    "steps": ([], tf.int32),
    "size": ([], tf.int32),
    "style_weight": ([], tf.float32),
    "content_weight": ([], tf.float32),
}


def make_stylize(recipe: Recipe, limits: Limits, paint_like: PaintLike) -> Any:
    """Encoded contents [N] and a style, with settings."""

    @signature(content_bytes=([None], tf.string), style_bytes=([], tf.string), **_SETTINGS)
    def stylize(
        content_bytes: tf.Tensor,
        style_bytes: tf.Tensor,
        steps: tf.Tensor,
        size: tf.Tensor,
        style_weight: tf.Tensor,
        content_weight: tf.Tensor,
    ) -> Outputs:
        encoded = admitted(Encoded(content_bytes, style_bytes), limits.bounds)
        size, settings = _requested(limits, steps, size, (style_weight, content_weight))
        style = style_picture(encoded.style, size, limits)

        def answer(picture: Named, _: Named | None) -> Painted:
            content = content_picture(picture, size, limits)
            shares = settings.shares[STYLE], settings.shares[CONTENT]
            return _encoded(paint_like(content, style, settings.steps, *shares))

        return _answers(recipe, encoded, answer)

    return stylize


def make_stylize_masked(recipe: Recipe, limits: Limits, network: Network) -> Any:
    """As `make_stylize`, each content with a mask."""

    @signature(
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
        encoded = admitted(Encoded(content_bytes, style_bytes, mask_bytes), limits.bounds)
        size, settings = _requested(limits, steps, size, (style_weight, content_weight))
        style = style_picture(encoded.style, size, limits)

        def answer(picture: Named, mask: Named | None) -> Painted:
            content = content_picture(picture, size, limits)
            where = mask and Visible(content_mask(mask, content, limits), network)
            return _encoded(painted_like(recipe, limits, (content, style), settings, where))

        return _answers(recipe, encoded, answer)

    return stylize_masked


def _requested(
    limits: Limits, steps: tf.Tensor, size: tf.Tensor, weights: tuple[tf.Tensor, tf.Tensor]
) -> tuple[tf.Tensor, Settings]:
    """The size, and the settings of a request that brings a style, within the limits."""
    style_weight, content_weight = weights
    shares = {
        STYLE: checked_weight(style_weight, "style_weight") / limits.style_weight,
        CONTENT: checked_weight(content_weight, "content_weight") / limits.content_weight,
    }
    settings = Settings(require_between(steps, "steps", 1, limits.steps), shares)
    return require_between(size, "size", limits.least, limits.size), settings


def make_stylize_tensor(recipe: Recipe, limits: Limits, paint_like: PaintLike) -> Any:
    """Contents [N, h, w, 3] and a style [1, h, w, 3], float32 in 0..1."""

    @signature(content=([None, None, None, 3], tf.float32), style=([1, None, None, 3], tf.float32))
    def stylize_tensor(content: tf.Tensor, style: tf.Tensor) -> Outputs:
        content = admitted_tensors(content, style, limits.bounds)
        style = small_enough(style, "style", limits)
        steps = tf.constant(limits.steps)

        def answer(picture: Named) -> Painted:
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


def _encoded(painted: Painted) -> Painted:
    picture, losses = painted
    return encode(picture), losses
