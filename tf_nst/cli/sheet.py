"""`tf-nst sheet`: one photograph by many styles or settings, as one small picture and a page."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG, OUTPUT_FILE, OVERWRITE, PAINT_FLAGS, PLACES, places_from_flags
from tf_nst.cli.imports import import_tensorflow
from tf_nst.cli.output_flags import QUIET
from tf_nst.cli.overwrite import check_again, check_overwrite
from tf_nst.cli.parsing import Values
from tf_nst.cli.run import same_file, sources_of
from tf_nst.cli.sheet_plan import SheetPlan, painting_command, plan_sheet
from tf_nst.cli.streams import STREAM, check_stdin, check_stdout, lines
from tf_nst.cli.terminal import answer, printable
from tf_nst.config import all_options
from tf_nst.config.options import Option
from tf_nst.config.paths import Paths, split_paths
from tf_nst.config.presets import PRESET
from tf_nst.config.value_types import Boolean, Integer
from tf_nst.config.variations import Variations
from tf_nst.errors import UserError

USAGE = """\
tf-nst sheet PHOTOGRAPH STYLES... [--vary=NAME=VALUE,...] [-o PICTURE] [flags]
tf-nst sheet PHOTOGRAPH --styles=FOLDER [the same flags] --pick=NUMBER

Paints the photograph small, in each style and with each combination of the
options that vary, and puts the pictures on one sheet, PICTURE.png.
PICTURE.html beside it has the command that paints each of them large; --pick
prints it."""

SIZE = 192
# More pictures are painted only with --yes.
MOST_CELLS = 100
_PAINT = {option.name: option for option in PAINT_FLAGS}
_NUMBER = Integer(1, 10**9)

SHEET_FLAGS = (
    _PAINT["content"],
    Option(
        "styles",
        None,
        Paths(
            "image files or folders of them separated by commas", "image files or folders of them"
        ),
        "paintings to imitate, each in a picture of its own",
        required=True,
        positional=True,
    ),
    Option(
        "vary",
        None,
        Variations(),
        "painting options and their values; with a single style, --style_size is varied by "
        "default; a backslash escapes a comma inside a value",
    ),
    *(_PAINT[name] for name in PLACES),
    Option("output", "sheet.png", OUTPUT_FILE, "sheet to write", required=True),
    PRESET,
    *(
        replace(option, default=SIZE, help="long side of each picture", preset=False)
        if name == "size"
        else option
        for name, option in all_options().items()
    ),
    Option("pick", None, _NUMBER, "print the command that paints this picture large, and exit"),
    Option("yes", False, Boolean(), f"allow more than {MOST_CELLS} pictures"),
    OVERWRITE,
    QUIET,
    DEBUG,
)

TABLES = {"": SHEET_FLAGS}


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, SHEET_FLAGS, USAGE, make_sheet)


def make_sheet(values: Values) -> int:
    """Paints the sheet of parsed flags. TensorFlow comes only when they are known to be good."""
    plan = plan_sheet(values)
    if values.pick is not None:
        answer(printable(_picked(values, plan)))
        return 0
    check_stdin(values)
    if values.output == STREAM:
        check_stdout()
    with lines(values.output, quiet=values.quiet):
        return _paint(values, plan)


def _paint(values: Values, plan: SheetPlan) -> int:
    check_names = _check_output(values, plan)
    from tf_nst.io.areas import Places
    from tf_nst.io.images import read_image

    content = read_image(values.content)
    given: dict[str, Any] = places_from_flags(values)
    places = Places(**given)
    too_many = plan.cell_count > MOST_CELLS and not values.yes
    if not too_many:
        plan.check(content)
    import_tensorflow()
    from tf_nst.cli.sheet_painter import make_run, paint_sheet

    run = make_run(values, plan, content, places, check_names)
    if too_many:
        raise UserError(
            f"--yes: {run.description}; expected --yes, or at most {MOST_CELLS} pictures"
        )
    return paint_sheet(run)


def _picked(values: Values, plan: SheetPlan) -> str:
    """The command of the picture of --pick."""
    if values.pick > plan.cell_count:
        raise UserError(
            f"--pick: expected a picture from 1 to {plan.cell_count}, received {values.pick}"
        )
    return next(painting_command(values, it) for it in plan.cells() if it.number == values.pick)


def _check_output(values: Values, plan: SheetPlan) -> Callable[[], None]:
    """Returns what checks the names again when the sheet is written."""
    from tf_nst.io.writing import check_output

    if values.output == STREAM:
        return lambda: None
    check_output(values.output)
    check_names = _later_check(values)
    sources = sources_of(values, values.init, [])
    for flag, source in [*sources, *(("--styles", it) for it in plan.styles)]:
        if same_file(values.output, source):
            raise UserError(
                f"--output and {flag}: {source} would be overwritten, expected two files"
            )
    folder = os.path.realpath(Path(values.output).parent)
    for item in split_paths(values.styles):
        if os.path.isdir(item) and os.path.realpath(item) == folder:
            raise UserError(
                f"--output and --styles: {values.output} would be one of the styles of {item}, "
                "expected another folder"
            )
    check_overwrite(values.output, values.overwrite)
    return check_names


def _later_check(values: Values) -> Callable[[], None]:
    """Checks the page's name, and returns what refuses what is written over it from now on."""
    from tf_nst.io.manifest import check_page, page_path

    check_files = check_again([values.output, page_path(values.output)], values.overwrite)
    check_page(values.output)

    def check() -> None:
        check_page(values.output)
        check_files()

    return check
