"""Exports: a SavedModel that paints, for TensorFlow Serving or anything that has TensorFlow."""

import json
import logging
import math
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import tensorflow as tf

from tf_nst.config import StylizeConfig
from tf_nst.errors import RunError, UserError
from tf_nst.io.images import Image
from tf_nst.io.inputs import least_size, read_styles_only
from tf_nst.io.styles import Styles
from tf_nst.io.writing import check_writable
from tf_nst.optim.optimizers import rate_and_decay
from tf_nst.serving.admission import Bounds
from tf_nst.serving.model import Model, build_model
from tf_nst.serving.options import REQUEST_OPTIONS, check_bounds, export_config
from tf_nst.serving.warmup import warmup_requests, write_warmup

RECORD = "tf_nst.json"
_LOGGER = logging.getLogger("tf_nst")


def export(
    output: str | os.PathLike[str],
    style: Styles,
    *,
    max_megapixels: float = 50.0,
    max_request_megapixels: float = 100.0,
    max_pictures: int = 16,
    report: Callable[[str], None] = _LOGGER.warning,
    **options: Any,
) -> Path:
    """Writes `output`/1, or the next free number: a SavedModel that paints in the style's manner.

    Args:
      output: folder of the model's versions, which need not exist.
      style: a path, an Image, Pillow's image or an array as `stylize` takes, or a folder; or
        several, [style, (style, weight), ...], which are blended.
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
    model = build_model(config, styles, bounds, report)
    return _write(Path(output), model, least_size(config))


def _bounds(megapixels: float, request_megapixels: float, pictures: int) -> Bounds:
    values = (megapixels, request_megapixels, pictures)
    check_bounds(dict(zip(REQUEST_OPTIONS, values, strict=True)))
    return Bounds(pictures, math.floor(megapixels * 1e6), math.floor(request_megapixels * 1e6))


def _report_notes(styles: list[tuple[Image, float]], report: Callable[[str], None]) -> None:
    for note in (note for image, _ in styles for note in image.notes):
        report(note)


def _resolved(config: StylizeConfig) -> StylizeConfig:
    rate, decay = rate_and_decay(config.optimizer, config.learning_rate, config.average)
    return replace(config, average=decay, learning_rate=rate)


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


def _read_styles(config: StylizeConfig, style: Styles) -> list[tuple[Image, float]]:
    """The pictures of the styles with their weights; those of a folder share its weight."""
    return [
        (picture, each.weight / len(each.pictures))
        for each in read_styles_only(config, style)
        for picture in each.pictures
    ]


def _write(output: Path, model: Model, least: int) -> Path:
    """The next version, under a temporary name until it is whole."""
    temporary = output / f".tf_nst-{secrets.token_hex(8)}.tmp"
    try:
        temporary.mkdir(parents=True)
        save_model(temporary, model, output.absolute().name, least)
        return _take_next_number(temporary, output)
    except (OSError, tf.errors.OpError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise RunError(f"--output: {output} cannot be written: {reason}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def save_model(folder: Path, model: Model, name: str, least: int) -> None:
    """Writes a model into a folder, its record, and a warm-up of `least` pixels."""
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
