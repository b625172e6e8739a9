"""Exports: a SavedModel that paints, for TensorFlow Serving or anything that has TensorFlow."""

import json
import logging
import math
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from tf_nst.config import StylizeConfig, options_from_config
from tf_nst.engine.graph import Recipe, Visible, bake, bake_colors
from tf_nst.errors import RunError, UserError
from tf_nst.io.images import Image
from tf_nst.io.inputs import Source, least_size, read_style
from tf_nst.io.writing import check_writable
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import Weights, load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.terms import build_terms
from tf_nst.optim.optimizers import OPTIMIZERS, Settings, make_optimizer
from tf_nst.planning.schedule import tabulate
from tf_nst.serving.admission import Bounds
from tf_nst.serving.options import EXPORT_OPTIONS, REQUEST_OPTIONS, check_bounds, export_config
from tf_nst.serving.signatures import Limits, Signatures, build_signatures
from tf_nst.serving.warmup import warmup_requests, write_warmup
from tf_nst.version import VERSION

RECORD = "tf_nst.json"
_LOGGER = logging.getLogger("tf_nst")


class Model(NamedTuple):
    """What is saved: the functions by name, the variables that they share, and what they are."""

    signatures: Signatures
    variables: list[tf.Variable]
    record: dict


def export(
    output: str | os.PathLike,
    style: Source | Sequence[tuple[Source, float]],
    *,
    max_megapixels: float = 50.0,
    max_request_megapixels: float = 100.0,
    max_pictures: int = 16,
    report: Callable[[str], None] = _LOGGER.warning,
    **options,
) -> Path:
    """Writes `output`/1, or the next free number: a SavedModel that paints in the style's manner.

    Args:
      output: folder of the model's versions, which need not exist.
      style: a path, an Image, Pillow's image or an array as `stylize` takes; or several with
        weights, [(style, weight), ...], which are blended.
      max_megapixels, max_request_megapixels: that one and all pictures of a request may declare.
      max_pictures: that a request may have painted.
      report: called with plain lines on a download's progress.
      **options: the export command's flags without their dashes; `size` and `steps` are those of
        `serving_default`, and the most that a request to `stylize` may ask for.

    Returns:
      The folder of the version.

    Raises:
      UserError: an argument that cannot be used; the message says which and what was expected.
      RunError: the version cannot be written.
    """
    bounds = _bounds(max_megapixels, max_request_megapixels, max_pictures)
    config = _resolved(export_config(options))
    _check_size(config)
    _check_output(Path(output))
    styles = _read_styles(config, style)
    _report_notes(styles, report)
    model = _build(config, styles, bounds, report)
    return _write(Path(output), model, least_size(config))


def _bounds(megapixels: float, request_megapixels: float, pictures: int) -> Bounds:
    values = (megapixels, request_megapixels, pictures)
    check_bounds(dict(zip(REQUEST_OPTIONS, values, strict=True)))
    return Bounds(pictures, math.floor(megapixels * 1e6), math.floor(request_megapixels * 1e6))


def _report_notes(styles: list[tuple[Image, float]], report: Callable[[str], None]) -> None:
    for note in (note for image, _ in styles for note in image.notes):
        report(note)


def _resolved(config: StylizeConfig) -> StylizeConfig:
    row = OPTIMIZERS[config.optimizer]
    average = row.decay if config.average is None else config.average
    rate = config.learning_rate or row.learning_rate
    return replace(config, average=average, learning_rate=rate)


def _check_size(config: StylizeConfig) -> None:
    least = least_size(config)
    if config.size < least:
        raise UserError(
            f"--size: expected at least {least} pixels for these layers, received {config.size}"
        )


def _check_output(output: Path) -> None:
    """Refuses what cannot become a folder before the work is done, and makes none yet."""
    way = (output, *output.absolute().parents)
    there = next(path for path in way if os.path.exists(path))
    if not there.is_dir():
        raise UserError(f"--output: {there} is a file; expected a folder for the versions")
    check_writable(there)


def _read_styles(config: StylizeConfig, style) -> list[tuple[Image, float]]:
    several = isinstance(style, Sequence) and not isinstance(style, str)
    pairs = style if several else [(style, 1.0)]
    if not pairs or not all(isinstance(pair, Sequence) and len(pair) == 2 for pair in pairs):
        raise UserError(f"--style: expected a picture or (picture, weight) pairs, received {style}")
    for _, weight in pairs:
        if not (isinstance(weight, int | float) and 0 < weight < math.inf):
            raise UserError(f"--style: expected weights above 0, received {weight!r}")
    return [(read_style(config, source), weight) for source, weight in pairs]


def _build(config: StylizeConfig, styles, bounds: Bounds, report) -> Model:
    weights = _weights(config, report)
    recipe = _recipe(config, weights)
    pictures = [tf.constant(image.to_float()[None]) for image, _ in styles]
    shares = [weight for _, weight in styles]
    masks = [_mask(image) for image, _ in styles]
    visible = [None if mask is None else Visible(mask, weights.network) for mask in masks]
    baked, measured = bake(recipe, pictures, shares, config.size, visible)
    limits = _limits(config, bounds)
    return Model(
        build_signatures(recipe, baked, bake_colors(pictures, shares, masks), limits),
        [*(weight.value for weight in recipe.extractor.weights), *measured],
        _record(config, weights, recipe, limits),
    )


def _mask(image: Image) -> tf.Tensor | None:
    """[1, h, w, 1]; None of an opaque picture."""
    return None if image.mask is None else tf.constant(image.mask[None, :, :, None])


def _weights(config: StylizeConfig, report) -> Weights:
    choice = config.network_config
    network = NETWORKS[choice.network]
    layers = network.up_to(used_layers(config.objective, network))
    return load_weights(choice.weights, network, layers, seed=config.seed, report=report)


def _limits(config: StylizeConfig, bounds: Bounds) -> Limits:
    return Limits(
        size=config.size,
        steps=config.steps[0],
        least=least_size(config),
        bounds=bounds,
        style_size=config.style_size,
        content_weight=config.objective.content_weight,
        style_weight=config.objective.style_weight,
        matched=config.init == "matched",
    )


def _recipe(config: StylizeConfig, weights: Weights) -> Recipe:
    choice, network = config.network_config, NETWORKS[config.network_config.network]
    settings = Settings(config.learning_rate, config.lbfgs_pairs, config.precision != "bfloat16")
    return Recipe(
        extractor=build_extractor(
            weights.network,
            used_layers(config.objective, network),
            weights.arrays,
            pooling=choice.pooling,
            padding=choice.padding,
            dtype=config.precision,
        ),
        terms=build_terms(config.objective, network),
        optimizer=make_optimizer(config.optimizer, settings),
        tables=tabulate(config.size, config.steps[0]),
        decay=config.average,
    )


def _record(config: StylizeConfig, weights: Weights, recipe: Recipe, limits: Limits) -> dict:
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


def _write(output: Path, model: Model, least: int) -> Path:
    """The next version, under a temporary name until it is whole."""
    temporary = output / f".tf_nst-{secrets.token_hex(8)}.tmp"
    try:
        temporary.mkdir(parents=True)
        _save(temporary, model, output.absolute().name, least)
        return _take_next_number(temporary, output)
    except (OSError, tf.errors.OpError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise RunError(f"--output: {output} cannot be written: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _save(folder: Path, model: Model, name: str, least: int) -> None:
    module = tf.Module()
    module.weights = model.variables
    tf.saved_model.save(module, str(folder), signatures=model.signatures)
    write_warmup(folder, name, warmup_requests(least))
    text = json.dumps(model.record, indent=2) + "\n"
    (folder / "assets.extra" / RECORD).write_text(text, encoding="utf-8")


def _take_next_number(temporary: Path, output: Path) -> Path:
    """Renames it to one more than the highest version; whoever was faster keeps theirs."""
    while True:
        taken = [int(path.name) for path in output.iterdir() if path.name.isdecimal()]
        version = output / str(1 + max(taken, default=0))
        try:
            temporary.rename(version)
            return version
        except OSError:
            if not version.exists():
                raise
