"""`tf-nst export`: writes a model for TensorFlow Serving."""

import os
import sys

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG
from tf_nst.cli.parsing import Values
from tf_nst.cli.terminal import say
from tf_nst.config.options import Option
from tf_nst.config.paths import Paths, weighted_paths
from tf_nst.config.presets import PRESET, accepted_flags, preset_flags
from tf_nst.config.value_types import FilePath
from tf_nst.errors import UserError
from tf_nst.serving.options import EXPORT_OPTIONS, REQUEST_OPTIONS, export_config

USAGE = """\
tf-nst export --style=PAINTING[:WEIGHT][,PAINTING:WEIGHT...] [-o FOLDER] [flags]
tf-nst export --flagfile=configs/serve.cfg [flags that override it]

Writes FOLDER/1, or the next free number: a SavedModel with which TensorFlow
Serving paints. It contains the optimisation loop, the weights once, and the
measured style."""

EXPORT_FLAGS = (
    Option(
        "style",
        None,
        Paths(
            "an image file or a folder of them, or several as PATH:WEIGHT separated by commas",
            "a path",
        ),
        "painting to imitate; several are blended",
        required=True,
        positional=True,
    ),
    Option(
        "output",
        "models/nst",
        FilePath("a folder", "a path"),
        "folder for the versions of the model, whose name is the model's",
        required=True,
    ),
    *REQUEST_OPTIONS.values(),
    PRESET,
    *EXPORT_OPTIONS.values(),
    DEBUG,
)

TABLES = {"": EXPORT_FLAGS}


def console() -> None:
    """The command alone."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, EXPORT_FLAGS, USAGE, write)


def write(values: Values) -> int:
    """Exports by parsed flags. TensorFlow comes only when they are known to be good."""
    options = {name: values[name].value for name in EXPORT_OPTIONS}
    export_config(options)
    styles = weighted_paths(values.style, "--style")
    for path, _ in styles:
        if not os.path.exists(path):
            raise UserError(f"--style: {path} does not exist; expected an image file")
    for line in _notes(values.preset):
        say(f"note: {line}")
    from tf_nst.serving.export import export

    folder = export(
        values.output,
        styles,
        report=say,
        **{name: values[name].value for name in REQUEST_OPTIONS},
        **options,
    )
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    say(f"exported {folder} ({size / 1e6:.1f} MB)")
    return 0


def _notes(preset: str | None) -> list[str]:
    """Such as `--preset=gatys without --scales=1, which an export does not take`; or nothing."""
    if preset is None:
        return []
    taken = accepted_flags(preset, EXPORT_OPTIONS)
    flags = [f"--{flag}={text}" for flag, text in preset_flags(preset).items() if flag not in taken]
    if not flags:
        return []
    return [f"--preset={preset} without {', '.join(flags)}, which an export does not take"]
