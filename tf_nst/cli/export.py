"""`tf-nst-export`: writes a model for TensorFlow Serving."""

import os
import sys

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import PAINT_FLAGS, Flag
from tf_nst.config import MAX_SIDE
from tf_nst.errors import UserError
from tf_nst.serving.options import (
    EXPORT_OPTIONS,
    MAX_MEGAPIXELS,
    MAX_STEPS,
    PRECISIONS,
    STARTS,
    check_megapixels,
    export_config,
)

USAGE = """\
tf-nst-export --style=PAINTING[:WEIGHT][,PAINTING:WEIGHT...] [--output=FOLDER] [flags]
tf-nst-export --flagfile=configs/serve.cfg [flags that override it]

Writes FOLDER/1, or the next free number: a SavedModel that paints what TensorFlow Serving is sent.
It holds the optimisation loop, the weights once, and the style as it was measured."""

_OWN = {
    "size": Flag(
        "size",
        "integer",
        512,
        f"long side of the pictures in pixels, 1 to {MAX_SIDE}; the most that a request may want",
    ),
    "steps": Flag(
        "steps",
        "string",
        "300",
        f"evaluations of the loss, 1 to {MAX_STEPS}; the most that a request may want",
    ),
    "init": Flag("init", "string", STARTS[0], f"start from {'|'.join(STARTS)}"),
    "precision": Flag("precision", "string", PRECISIONS[0], "|".join(PRECISIONS)),
}
_SHARED = {flag.name: flag for flag in PAINT_FLAGS}
EXPORT_FLAGS = (
    Flag(
        "style",
        "string",
        None,
        "painting in whose manner; several by commas are blended, each with :WEIGHT",
    ),
    Flag("output", "string", "models/nst", "folder of the model's versions; its name the model's"),
    Flag(
        "max_megapixels",
        "float",
        50.0,
        f"that an encoded picture of a request may declare, above 0, up to {MAX_MEGAPIXELS:g}",
    ),
    *(_OWN.get(name, _SHARED[name]) for name in EXPORT_OPTIONS),
    _SHARED["debug"],
)


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, EXPORT_FLAGS, USAGE, write)


def write(values) -> int:
    """Exports by parsed flags. TensorFlow comes only when they are known to be good."""
    for name in ("style", "output"):
        if not values[name].value:
            raise UserError(f"--{name}: expected a path, received nothing")
    options = {name: values[name].value for name in EXPORT_OPTIONS}
    export_config(options)
    check_megapixels(values.max_megapixels)
    styles = parse_styles(values.style)
    for path, _ in styles:
        if not os.path.exists(path):
            raise UserError(f"--style: {path} does not exist; expected an image file")
    from tf_nst.serving.export import export

    folder = export(
        values.output,
        styles,
        max_megapixels=values.max_megapixels,
        report=lambda line: print(line, flush=True),
        **options,
    )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"exported {folder} ({size / 1e6:.1f} MB)")
    return 0


def parse_styles(text: str) -> list[tuple[str, float]]:
    """`PATH` or `PATH:WEIGHT` by commas. A path that exists as it is written needs no weight.

    Raises:
      UserError: an empty path, a weight that is not above 0.
    """
    if os.path.exists(text):
        return [(text, 1.0)]
    return [_parse_style(part.strip()) for part in text.split(",")]


def _parse_style(part: str) -> tuple[str, float]:
    path, colon, number = part.rpartition(":")
    if os.path.exists(part) or not colon:
        path, number = part, "1"
    try:
        weight = float(number)
    except ValueError:
        path, weight = part, 1.0
    if not path or not 0 < weight < float("inf"):
        raise UserError(f"--style: expected PATH:WEIGHT with a weight above 0, received {part!r}")
    return path, weight
