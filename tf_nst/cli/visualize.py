"""`tf-nst visualize`: the figures that explain style transfer, from a user's own pictures."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG, IMAGE_FILE, OVERWRITE
from tf_nst.cli.help import entry
from tf_nst.cli.overwrite import check_again, check_overwrite
from tf_nst.cli.parsing import Values
from tf_nst.cli.run import same_file
from tf_nst.config.options import Option
from tf_nst.config.value_types import FilePath, Text
from tf_nst.errors import UserError, nearest
from tf_nst.viz.options import (
    CONTENT_LAYERS,
    FIGURE_OPTIONS,
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

_LAYER = "block4_conv2, conv4_2 and relu4_2 are the same layer"
_FILES = {
    "content": Option("content", None, IMAGE_FILE, "photograph", required=True, positional=True),
    "style": Option("style", None, IMAGE_FILE, "painting", required=True, positional=True),
    "images": Option(
        "images",
        None,
        FilePath("a folder", "a folder of pictures"),
        "folder of pictures; files that cannot be read are skipped",
        required=True,
    ),
    "record": Option(
        "record",
        None,
        FilePath("a file", "a record of a run"),
        "NAME.json that tf-nst wrote beside a picture",
        required=True,
    ),
}


def _list_option(name: str, default: Sequence[object], values: str, help_text: str) -> Option:
    """An option whose text `_check_lists` reads: layers are checked by the network."""
    return Option(name, ",".join(map(str, default)), Text(values), help_text)


def _layers_option(name: str, default: Sequence[str]) -> Option:
    return _list_option(name, default, "layers separated by commas", f"layers to draw; {_LAYER}")


class Kind(NamedTuple):
    """A kind of figure.

    Attributes:
      summary: for --help.
      files: names of _FILES that it needs; its function takes them first.
      lists: the flags that no other kind has, all of them lists; its function takes them next.
      options: names of FIGURE_OPTIONS that it takes.
      suffix: of the file that it writes by default.
    """

    summary: str
    files: tuple[str, ...]
    lists: tuple[Option, ...] = ()
    options: tuple[str, ...] = ()
    suffix: str = ".png"


KINDS = {
    "activations": Kind(
        "the strongest channels of layers, over the photograph",
        ("content",),
        (_layers_option("layers", STYLE_LAYERS),),
        LOOKING,
    ),
    "patches": Kind(
        "the nine patches of a folder's pictures that activate each unit most",
        ("images",),
        (
            _list_option("layer", ["conv3_1"], "a layer", f"layer of the units; {_LAYER}"),
            _list_option("units", range(4), "numbers separated by commas", "channels, from 0"),
        ),
        LOOKING,
    ),
    "content": Kind(
        "what each layer keeps of the photograph",
        ("content",),
        (_layers_option("content_layers", CONTENT_LAYERS),),
        RUNNING,
    ),
    "style": Kind(
        "textures of the painting, from more and more layers",
        ("style",),
        (_layers_option("style_layers", STYLE_LAYERS),),
        RUNNING,
    ),
    "gram": Kind(
        "the Gram matrices of both pictures, and what they ignore",
        ("content", "style"),
        (_layers_option("style_layers", STYLE_LAYERS),),
        LOOKING,
    ),
    "tradeoff": Kind(
        "a grid of pictures over content against style, and over the content's layer",
        ("content", "style"),
        (
            _list_option("ratios", RATIOS, "numbers above 0 separated by commas", "alpha / beta"),
            _layers_option("content_layers", GRID_LAYERS),
        ),
        RUNNING,
    ),
    "losses": Kind("the curves of a run, every term on a logarithmic scale", ("record",)),
    "explain": Kind(
        "all of these for one pair, as a lesson on one page",
        ("content", "style"),
        (),
        RUNNING,
        ".html",
    ),
}
USAGE = """\
tf-nst visualize KIND [flags]
tf-nst visualize KIND --help

Draws what the layers of the network see, and writes its numbers to NAME.json
beside NAME.png. KIND is one of

""" + "\n".join(entry(name, "", kind.summary) for name, kind in KINDS.items())


def flags_of(name: str) -> tuple[Option, ...]:
    """The flags of a kind."""
    kind = KINDS[name]
    values = "a page: .html" if kind.suffix == ".html" else "a figure: .png .jpg .webp"
    output = Option("output", name + kind.suffix, FilePath(values, "a file"), "what to write")
    files = (_FILES[it] for it in kind.files)
    options = (FIGURE_OPTIONS[it] for it in kind.options)
    return (*files, output, *kind.lists, *options, OVERWRITE, DEBUG)


TABLES = {name: flags_of(name) for name in KINDS}


def console() -> None:
    """The command alone."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    name = argv[1] if len(argv) > 1 else ""
    if name not in KINDS:
        answered = [it for it in argv[1:2] if it.startswith(("-h", "--help", "--version"))]
        return run_command([*argv[:1], *answered], (DEBUG,), USAGE, _refuse(name))
    usage = f"tf-nst visualize {name} [flags]\n\nDraws {KINDS[name].summary}."
    return run_command([argv[0], *argv[2:]], TABLES[name], usage, partial(draw, name))


def _refuse(name: str) -> Callable[[Values], int]:
    hint = nearest(name, KINDS, count=1, likeness=0.5)

    def work(values: Values) -> int:
        received = repr(name) if name else "nothing"
        raise UserError(
            f"KIND: expected one of {', '.join(KINDS)} first, received {received}{hint}"
        )

    return work


def draw(name: str, values: Values) -> int:
    """Draws by parsed flags. TensorFlow comes only when they are known to be good."""
    kind = KINDS[name]
    options = {it: values[it].value for it in kind.options}
    check_matplotlib()
    _check_lists(kind, values, figure_config(options, kind.options).network_config.network)
    check_names = _check_files(kind, values)
    from tf_nst.cli.drawing import draw_kind

    arguments = (*kind.files, *(option.name for option in kind.lists))
    return draw_kind(name, arguments, values, options, check_names)


def _check_lists(kind: Kind, values: Values, network: str) -> None:
    for option in kind.lists:
        if option.name == "units":
            parse_numbers(values.units, int, 0, "--units", "channels from 0")
        elif option.name == "ratios":
            parse_numbers(values.ratios, float, 0.0, "--ratios", "numbers above 0")
        else:
            parse_layers(values[option.name].value, network, option.flag)


def _check_files(kind: Kind, values: Values) -> Callable[[], None]:
    """Returns what checks the names again when the figure is written."""
    for name in kind.files:
        if not os.path.exists(values[name].value):
            expected = _FILES[name].type.expected
            raise UserError(f"--{name}: {values[name].value} does not exist; expected {expected}")
    return _check_output(kind, values)


def _sources(path: str) -> list[str]:
    """The file that an input is, or those of the folder."""
    return [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else [path]


def _check_output(kind: Kind, values: Values) -> Callable[[], None]:
    from tf_nst.io.manifest import check_record, record_path
    from tf_nst.io.writing import check_output, check_replaceable, check_writable

    output = Path(values.output)
    if kind.suffix != ".html":
        check_output(values.output)
    elif output.suffix.lower() not in (".html", ".htm"):
        raise UserError(f"--output: expected a name that ends in .html, received {output}")
    elif not output.parent.is_dir():
        raise UserError(f"--output: expected an existing folder, received {output}")
    else:
        check_replaceable(values.output)
        check_writable(output.parent)
    check_files = check_again((output, record_path(output)), values.overwrite)
    check_record(output)
    for name in kind.files:
        for source in _sources(values[name].value):
            if any(same_file(it, source) for it in (output, record_path(output))):
                raise UserError(
                    f"--output and --{name}: {source} would be overwritten, expected two files"
                )
    check_overwrite(values.output, values.overwrite)

    def check() -> None:
        check_record(output)
        check_files()

    return check
