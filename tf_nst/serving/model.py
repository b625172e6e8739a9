"""What an export is made of: its recipe, the styles baked in, its signatures and its record."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.config import ObjectiveConfig, StylizeConfig, options_from_config
from tf_nst.config.sizes import Size
from tf_nst.engine.color_modes import COLOR_MODES
from tf_nst.engine.graph import Recipe, Targets, Visible
from tf_nst.engine.graph_targets import bake, bake_colors, measure_all
from tf_nst.io.images import Image
from tf_nst.io.inputs import least_size
from tf_nst.model.keras_on_tensorflow import keras
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.objective import Extractor
from tf_nst.objective.terms import build_terms
from tf_nst.ops.color import ColorStatistics
from tf_nst.optim.optimizers import Settings, make_optimizer, rate_and_decay
from tf_nst.planning.schedule import tabulate
from tf_nst.serving.admission import Bounds
from tf_nst.serving.aliases import Baked, Signatures
from tf_nst.serving.limits import Limits
from tf_nst.serving.options import EXPORT_OPTIONS
from tf_nst.serving.signatures import build_signatures
from tf_nst.version import VERSION


class Model(NamedTuple):
    """What is saved: the functions by name, the variables that they share, and what they are."""

    signatures: Signatures
    variables: list[tf.Variable]
    record: dict[str, Any]


def build_model(
    config: StylizeConfig,
    styles: Sequence[tuple[Image, float]],
    bounds: Bounds,
    report: Callable[[str], None],
) -> Model:
    """Loads the weights, measures the styles and traces the signatures.

    Args:
      config: with its learning rate and average resolved.
      styles: with weights above 0.
      bounds: of requests.
      report: called with plain lines on a download's progress.

    Raises:
      UserError: unusable weights.
      RunError: a download failed.
    """
    weights = _weights(config, report)
    extractor = _extractor(config, weights)
    recipe = _recipe(config, extractor)
    baked, kept = _bake(recipe, styles, weights.network, config.size)
    limits = limits_of(config, bounds)
    return Model(
        build_signatures(recipe, baked, limits, weights.network),
        [*(weight.value for weight in extractor.weights), *kept],
        _record(config, weights, recipe, limits),
    )


def _bake(
    recipe: Recipe, styles: Sequence[tuple[Image, float]], network: Network, size: int
) -> tuple[Baked, list[tf.Variable]]:
    """What is wanted of the styles, and the variables that hold it: measured now; or, where their
    colours depend on the photograph, the styles, which each request measures."""
    pictures = [tf.constant(image.to_float()[None]) for image, _ in styles]
    shares = [weight for _, weight in styles]
    masks = [_mask(image) for image, _ in styles]
    visible = [None if mask is None else Visible(mask, network) for mask in masks]
    to_paint = COLOR_MODES[recipe.color].style_to_paint
    if to_paint is None:
        targets, measured = bake(recipe, pictures, shares, size, visible)
        colors = bake_colors(pictures, shares, masks)
        return lambda photograph: (targets, colors), measured
    kept = [tf.Variable(picture, False) for picture in pictures]

    def baked(photograph: tf.Tensor) -> tuple[Targets, ColorStatistics]:
        pairs = zip(map(tf.convert_to_tensor, kept), masks, strict=True)
        painted = [to_paint(style, photograph, mask, None) for style, mask in pairs]
        targets = measure_all(recipe, painted, shares, visible)
        return targets, bake_colors(painted, shares, masks)

    return baked, kept


def _mask(image: Image) -> tf.Tensor | None:
    """[1, h, w, 1]; None of an opaque picture."""
    return None if image.mask is None else tf.constant(image.mask[None, :, :, None])


def _weights(config: StylizeConfig, report: Callable[[str], None]) -> Weights:
    choice = config.network_config
    network = NETWORKS[choice.network]
    layers = network.up_to(used_layers(config.objective, network))
    return load_weights(choice.weights, network, layers, seed=config.seed, report=report)


def limits_of(config: StylizeConfig, bounds: Bounds) -> Limits:
    """What a request to an export of this config may ask for."""
    return Limits(
        size=config.size,
        steps=config.steps[0],
        least=least_size(config),
        bounds=bounds,
        style_size=_only_size(config.style_size),
        content_weight=config.objective.content_weight,
        style_weight=config.objective.style_weight,
        matched=config.init == "matched",
    )


def _only_size(sizes: int | tuple[Size, ...]) -> Size:
    """That of a request's style, which is one; of several sizes none is."""
    if isinstance(sizes, int):
        return sizes
    return sizes[0] if len(sizes) == 1 else 0


def _extractor(config: StylizeConfig, weights: Weights) -> keras.Model:
    choice = config.network_config
    return build_extractor(
        weights.network,
        used_layers(config.objective, NETWORKS[choice.network]),
        weights.arrays,
        pooling=choice.pooling,
        padding=choice.padding,
        dtype=config.precision,
    )


def _recipe(config: StylizeConfig, extractor: Extractor) -> Recipe:
    network = NETWORKS[config.network_config.network]
    rate, decay = rate_and_decay(config.optimizer, config.learning_rate, config.average)
    settings = Settings(rate, config.lbfgs_pairs, config.precision != "bfloat16")
    return Recipe(
        extractor=extractor,
        terms=build_terms(_smoothed(config), network),
        optimizer=make_optimizer(config.optimizer, settings),
        tables=tabulate(config.size, config.steps[0]),
        decay=decay,
        strength=config.style_strength,
        color=config.color,
    )


def _smoothed(config: StylizeConfig) -> ObjectiveConfig:
    """The loss; what smooths the picture fades with the style, as in the command."""
    smoothing = config.style_strength * config.objective.tv_weight
    return replace(config.objective, tv_weight=smoothing)


def _record(
    config: StylizeConfig, weights: Weights, recipe: Recipe, limits: Limits
) -> dict[str, Any]:
    """What a client may want to know, such as the order of the losses."""
    options = options_from_config(config) | {"weights": weights.source}
    return {
        "tf_nst": VERSION,
        "settings": {name: options[name] for name in EXPORT_OPTIONS},
        "weights_sha256": weights.checksum,
        "losses": [{"name": term.name, "weight": term.weight} for term in recipe.terms],
        "least_side": limits.least,
        "most_pixels": limits.bounds.pixels,
        "most_request_pixels": limits.bounds.request_pixels,
        "most_pictures": limits.bounds.pictures,
    }
