"""`tf-nst-visualize`: the figures that explain style transfer, from a user's own pictures."""

import difflib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import PAINT_FLAGS, Flag
from tf_nst.cli.run import same_file
from tf_nst.errors import UserError
from tf_nst.viz.options import (
    CONTENT_LAYERS,
    DEFAULTS,
    GRID_LAYERS,
    LOOKING,
    RATIOS,
    RUNNING,
    STYLE_LAYERS,
    check_matplotlib,
    figure_config,
    parse_layers,
    parse_numbers,
)

_SHARED = {flag.name: flag for flag in PAINT_FLAGS}
_LAYERS = "by commas; block4_conv2, conv4_2 and relu4_2 are the same layer"
_FILES = {
    "content": _SHARED["content"]._replace(help="photograph; an image file"),
    "style": _SHARED["style"]._replace(help="painting; an image file"),
    "images": Flag("images", "string", None, "folder of pictures; what cannot be read is skipped"),
    "record": Flag("record", "string", None, "NAME.json that tf-nst wrote beside a picture"),
}


def _listed(items) -> str:
    return ",".join(map(str, items))


class Kind(NamedTuple):
    """A kind of figure.

    Attributes:
      what: for --help.
      files: names of _FILES that it needs.
      own: flags of its own, all of them lists.
      options: of painting that it takes.
      suffix: of the file that it writes by itself.
    """

    what: str
    files: tuple[str, ...]
    own: tuple[Flag, ...] = ()
    options: tuple[str, ...] = ()
    suffix: str = ".png"


_CONTENT_LAYERS = Flag("content_layers", "string", _listed(CONTENT_LAYERS), _LAYERS)
_STYLE_LAYERS = Flag("style_layers", "string", _listed(STYLE_LAYERS), _LAYERS)
KINDS = {
    "activations": Kind(
        "the strongest channels of layers, over the photograph",
        ("content",),
        (Flag("layers", "string", _listed(STYLE_LAYERS), _LAYERS),),
        LOOKING,
    ),
    "patches": Kind(
        "the nine patches of a folder's pictures that drive each unit most",
        ("images",),
        (
            Flag("layer", "string", "conv3_1", "block4_conv2, conv4_2 and relu4_2 are the same"),
            Flag("units", "string", "0,1,2,3", "channels of the layer, from 0, by commas"),
        ),
        LOOKING,
    ),
    "content": Kind(
        "what each layer keeps of the photograph", ("content",), (_CONTENT_LAYERS,), RUNNING
    ),
    "style": Kind(
        "textures of the painting, from more and more layers",
        ("style",),
        (_STYLE_LAYERS,),
        RUNNING,
    ),
    "gram": Kind(
        "the Gram matrices of both pictures, and what they do not see",
        ("content", "style"),
        (_STYLE_LAYERS,),
        LOOKING,
    ),
    "tradeoff": Kind(
        "a grid of pictures over content against style, and over the content's layer",
        ("content", "style"),
        (
            Flag("ratios", "string", _listed(RATIOS), "alpha / beta by commas, each above 0"),
            _CONTENT_LAYERS._replace(default=_listed(GRID_LAYERS)),
        ),
        RUNNING,
    ),
    "losses": Kind("the curves of a run, every term in log scale", ("record",)),
    "explain": Kind(
        "all of it for one pair, as a page that reads like a lesson",
        ("content", "style"),
        (),
        RUNNING,
        ".html",
    ),
}
USAGE = """\
tf-nst-visualize KIND [flags]
tf-nst-visualize KIND --help

Draws what the layers of the network see, and writes NAME.json, the numbers of it, beside NAME.png.
KIND is one of

""" + "\n".join(f"  {name:<12} {kind.what}" for name, kind in KINDS.items())


def flags_of(name: str) -> tuple[Flag, ...]:
    """The flags of a kind."""
    kind = KINDS[name]
    output = Flag("output", "string", name + kind.suffix, _output_help(kind))
    options = (_SHARED[it]._replace(**_default(it)) for it in kind.options)
    return (*(_FILES[it] for it in kind.files), output, *kind.own, *options, _SHARED["debug"])


def _output_help(kind: Kind) -> str:
    return "page to write: .html" if kind.suffix == ".html" else "figure to write: .png .jpg .webp"


def _default(option: str) -> dict:
    if option == "steps":
        return {
            "default": str(DEFAULTS["steps"]),
            "help": "evaluations of the loss for each picture, 1 to 1000000",
        }
    return {"default": DEFAULTS[option]} if option in DEFAULTS else {}


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    name = argv[1] if len(argv) > 1 else ""
    if name not in KINDS:
        return run_command(argv[:1] + _help_of(argv), (_SHARED["debug"],), USAGE, _refuse(name))
    usage = f"tf-nst-visualize {name} [flags]\n\nDraws {KINDS[name].what}."
    return run_command(
        [argv[0], *argv[2:]], flags_of(name), usage, lambda values: draw(name, values)
    )


def _help_of(argv: list[str]) -> list[str]:
    return [it for it in argv[1:2] if it.startswith("-h") or it.startswith("--help")]


def _refuse(name: str) -> Callable[[object], int]:
    nearest = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.5)
    hint = f"; nearest: {nearest[0]}" if nearest else ""

    def work(values) -> int:
        received = repr(name) if name else "nothing"
        known = ", ".join(KINDS)
        raise UserError(f"KIND: expected one of {known} first, received {received}{hint}")

    return work


def draw(name: str, values) -> int:
    """Draws by parsed flags. TensorFlow comes only when they are known to be good."""
    kind = KINDS[name]
    options = {it: values[it].value for it in kind.options}
    check_matplotlib()
    _check_lists(kind, values, figure_config(options, kind.options).network_config.network)
    _check_files(kind, values)
    from tf_nst.cli.drawing import draw_kind

    return draw_kind(name, values, options)


def _check_lists(kind: Kind, values, network: str) -> None:
    for flag in kind.own:
        if flag.name == "units":
            parse_numbers(values.units, int, 0, "--units", "channels from 0")
        elif flag.name == "ratios":
            parse_numbers(values.ratios, float, 0.0, "--ratios", "numbers above 0")
        else:
            parse_layers(values[flag.name].value, network, f"--{flag.name}")


def _check_files(kind: Kind, values) -> None:
    for name in kind.files:
        if not values[name].value:
            raise UserError(f"--{name}: expected {_FILES[name].help}, received nothing")
        if not os.path.exists(values[name].value):
            raise UserError(
                f"--{name}: {values[name].value} does not exist; expected {_FILES[name].help}"
            )
    _check_output(kind, values)


def _check_output(kind: Kind, values) -> None:
    from tf_nst.io.manifest import check_record, record_path
    from tf_nst.io.writing import check_output, check_writable

    output = Path(values.output)
    if kind.suffix != ".html":
        check_output(output)
    elif output.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--output: expected a name that ends in .html, received {output}")
    elif not output.parent.is_dir():
        raise UserError(f"--output: expected an existing folder, received {output}")
    else:
        check_writable(output.parent)
    check_record(output)
    for name in kind.files:
        if any(same_file(it, values[name].value) for it in (output, record_path(output))):
            raise UserError(
                f"--output and --{name}: {values[name].value} would be written over, expected two "
                "files"
            )
