"""`tf-nst`: paints one picture."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tf_nst.cli.command import Terminated, run_command
from tf_nst.cli.flags import (
    PAINT_FLAGS,
    config_from_flags,
    places_from_flags,
    styles_from_flags,
)
from tf_nst.cli.imports import import_tensorflow
from tf_nst.cli.monitor import check_monitor
from tf_nst.cli.output_flags import check_encoding
from tf_nst.cli.overwrite import check_again, check_overwrite
from tf_nst.cli.parsing import Values
from tf_nst.cli.streams import STREAM, check_streams, lines, picture_path
from tf_nst.cli.terminal import printable, say
from tf_nst.cli.verbs import VERBS
from tf_nst.config import StylizeConfig
from tf_nst.errors import UserError

if TYPE_CHECKING:
    from tf_nst.io.resume import Resumed

_VERBS = "\n".join(f"  {name:<14}{verb.summary}" for name, verb in VERBS.items())
USAGE = f"""\
tf-nst [paint] PHOTOGRAPH PAINTING [PAINTING ...] [-o PICTURE] [flags]
tf-nst --content=PHOTOGRAPH --style=PAINTING [--output=PICTURE] [flags]
tf-nst --flagfile=configs/monet.cfg [flags that override it]
tf-nst VERB --help

Paints the photograph in the manner of the painting, and writes beside
PICTURE.png the record of the run, PICTURE.json, and a flag file that paints the
same picture again, PICTURE.cfg. - is stdin or stdout. Dashes and underscores in
names of flags are equivalent: --style-size, --style_size.

Verbs, of which paint is the default:
{_VERBS}
If the name of a photograph is a verb, write ./info or --content=info."""

TABLES = {"": PAINT_FLAGS}


def console() -> None:
    """The installed command."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, PAINT_FLAGS, USAGE, partial(_work, resuming_command(argv)))


def _work(command: str, values: Values) -> int:
    check_streams(values)
    check_encoding(values)
    with lines(values.output, quiet=values.quiet, json=values.json):
        return paint(command, values)


def paint(command: str, values: Values) -> int:
    """Paints the picture of parsed flags.

    Args:
      command: a line that goes on where this run ends early.
      values: of the flags.
    """
    try:
        return _paint(command, values)
    except (Terminated, KeyboardInterrupt) as error:
        if _goes_on(values):
            error.add_note(f"stopped before the run continued; to continue: {command}")
        raise


def _paint(command: str, values: Values) -> int:
    """TensorFlow comes only when the flags are known to be good."""
    began = time.perf_counter()
    config = config_from_flags(values)
    styles = styles_from_flags(values)
    places: dict[str, Any] = places_from_flags(values)
    check_names = _check_output(values, config.init)
    check_monitor(values.monitor)
    resumed = find_state(values, config)
    from tf_nst.io.areas import Places
    from tf_nst.io.inputs import read_inputs
    from tf_nst.io.writing import check_size

    inputs = read_inputs(
        resumed.config if resumed else config,
        values.content,
        styles,
        Places(**places),
        keep_metadata=values.keep_metadata,
    )
    check_size(picture_path(values.output), inputs.content.height, inputs.content.width)
    if resumed:
        from tf_nst.io.resume import check_digests, picture_digests

        check_digests(resumed, picture_digests(inputs))
    if "tensorflow" not in sys.modules:
        say("starting TensorFlow")
    import_tensorflow()
    from tf_nst.cli.painter import paint_picture

    return paint_picture(values, config, inputs, began, command, resumed, check_names)


def resuming_command(argv: list[str]) -> str:
    """The line that goes on with what `argv`, the program's name first, began."""
    program, *arguments = argv
    called = _called(program)
    if arguments[:1] and arguments[0] in VERBS:  # a file that is called like one
        called.append("paint")
    arguments = [argument for argument in arguments if argument != "--resume"]
    flags_end = arguments.index("--") if "--" in arguments else len(arguments)
    arguments.insert(flags_end, "--resume")
    return " ".join(map(quoted, [*called, *arguments]))


def _called(program: str) -> list[str]:
    """How a program is called from the same directory, where its environment is not active too."""
    if program.endswith(".py"):
        python = sys.executable or "python"
        python = "python" if _is_found("python", python) else python
        is_module = os.path.basename(program) == "__main__.py"
        return [python, *(["-m", "tf_nst"] if is_module else [program])]
    # `python -c` has no file.
    is_apart = os.path.isfile(program) and not _is_found(os.path.basename(program), program)
    return [program if is_apart else "tf-nst"]


def _is_found(name: str, program: str) -> bool:
    """Whether a shell finds a program by its name."""
    found = shutil.which(name)
    return found is not None and os.path.abspath(found) == os.path.abspath(program)


def quoted(argument: str, windows: bool = os.name == "nt") -> str:
    """For a shell, in characters that can be shown, `$'caf\\xe9.png'`; for Windows too."""
    if windows:
        return subprocess.list2cmdline([printable(argument)])
    if argument.isprintable():
        return shlex.quote(argument)
    escaped = argument.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{printable(escaped)}'"


def find_state(values: Values, config: StylizeConfig) -> "Resumed | None":
    """The run to go on with; None where that is not asked for, or there is no state."""
    if not _goes_on(values):
        return None
    from tf_nst.io.resume import resume_run
    from tf_nst.io.state_file import state_path

    return resume_run(state_path(values.output), config)


def _goes_on(values: Values) -> bool:
    from tf_nst.io.state_file import state_path

    return bool(values.resume) and state_path(values.output).exists()


def _check_output(values: Values, init: str) -> Callable[[], None]:
    """Returns what checks the names again when the picture is written."""
    from tf_nst.io.manifest import check_preview, check_sidecars, check_state, preview_path
    from tf_nst.io.writing import check_output

    if values.output == STREAM:
        return lambda: None
    check_output(values.output)
    check_names = _later_check(values)
    check_sidecars(values.output, sidecars=values.sidecars)
    if values.checkpoint_seconds or values.resume:
        check_state(values.output, resume=values.resume)
    if values.preview_every:
        check_preview(values.output)
    styles = [path for path, _ in styles_from_flags(values)]
    for flag, source in sources_of(values, init, styles):
        if same_file(values.output, source):
            raise UserError(
                f"--output and {flag}: {source} would be overwritten, expected two files"
            )
        if values.preview_every and same_file(preview_path(values.output), source):
            raise UserError(
                f"--preview_every and {flag}: {source} would be overwritten by previews, "
                "expected another --output"
            )
    _check_folders(values)
    # The picture that is there may be the one so far.
    if not _goes_on(values):
        check_overwrite(values.output, values.overwrite)
    return check_names


def _check_folders(values: Values) -> None:
    """Refuses to write into the folder of a style, where the picture would be one of its own."""
    for path, _ in styles_from_flags(values):
        if os.path.isdir(path) and same_file(os.path.dirname(values.output) or ".", path):
            raise UserError(
                f"--output and --style: {values.output} would be one of the pictures of the folder "
                f"{path}, expected another folder"
            )


def _later_check(values: Values) -> Callable[[], None]:
    """What refuses to write over files that other runs and programs write from now on."""
    from tf_nst.io.manifest import check_sidecars, names_of

    check_files = check_again(names_of(values.output), values.overwrite)

    def check() -> None:
        check_sidecars(values.output, sidecars=values.sidecars)
        check_files()

    return check


def sources_of(values: Values, init: str, styles: Sequence[str]) -> list[tuple[str, str]]:
    """(flag, path) of all pictures that are read, and of what stands in the place of a path."""
    sources = [("--content", values.content), ("--init", init)]
    sources += [("--style", path) for path in styles]
    for name, paths in places_from_flags(values).items():
        listed = paths if isinstance(paths, list) else [paths]
        sources += [(f"--{name}", path) for path in listed if path]
    return sources


def same_file(one: str | Path, other: str) -> bool:
    """Whether both paths exist and lead to one file."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):  # such as a name that is too long
        return False
