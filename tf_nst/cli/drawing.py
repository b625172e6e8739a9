"""One run of the figures' command, from checked flags to written files."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_nst import viz
from tf_nst.cli.parsing import Values
from tf_nst.cli.terminal import say
from tf_nst.engine.job import Job
from tf_nst.io.durations import counted, duration
from tf_nst.io.flag_lines import portable
from tf_nst.io.images import Image
from tf_nst.io.listeners import Progress
from tf_nst.io.manifest import record_bytes, record_path
from tf_nst.io.replacing import Check
from tf_nst.io.rescue import write_or_rescue
from tf_nst.io.writing import Files
from tf_nst.viz.figures import rendered

Options = dict[str, Any]
_FILES = ("content", "style", "images", "record", "output")


# Of each kind the function of tf_nst.viz that draws it, and which listeners it takes.
_FUNCTIONS = {
    "activations": ("strongest_channels", ("report",)),
    "patches": ("top_patches", ("report", "progress")),
    "content": ("reconstruct_content", ("report", "watch")),
    "style": ("reconstruct_style", ("report", "watch")),
    "gram": ("compare_grams", ("report",)),
    "tradeoff": ("paint_tradeoff", ("report", "watch")),
    "losses": ("read_curves", ()),
    "explain": ("explain_pair", ("report", "watch")),
}


def draw_kind(
    name: str, arguments: Sequence[str], values: Values, options: Options, check_names: Check
) -> int:
    """Draws, shows progress, writes the figure and its record.

    Args:
      arguments: the flags whose values the kind's function takes, in its order.
      check_names: raises UserError where files that are there by now are not to be written over.

    Raises:
      UserError: an option or a picture that cannot be used.
      RunError: a loss is not finite, or a file cannot be written.
    """
    began = time.perf_counter()
    drawing = _drawn(name, [values[it].value for it in arguments], options)
    output = Path(values.output)
    if name == "explain":
        data = drawing.page().encode()
    else:
        data, _ = Image(rendered(drawing.figure())).encode(output)
    seconds = time.perf_counter() - began
    record = {"figure": name, "settings": _settings(values, output.parent), **_weights(drawing)}
    record |= {"seconds": round(seconds, 3), "numbers": drawing.numbers()}

    def files_of(path: Path) -> Files:
        return {path: data, record_path(path): record_bytes(path, record)}

    write_or_rescue(output, files_of, check_names)
    say(f"drew {output} ({duration(seconds)}; {record_path(output).name})")
    return 0


def _drawn(name: str, arguments: list[str], options: Options) -> Any:
    """What the kind's function returns."""
    function, taken = _FUNCTIONS[name]
    watch = _RunProgress()
    listeners = {"report": say, "progress": _pictures_done, "watch": watch}
    try:
        drawing = getattr(viz, function)(
            *arguments, **{listener: listeners[listener] for listener in taken}, **options
        )
    finally:
        watch.close()
    if name == "patches":
        skipped = f", {counted(len(drawing.skipped), 'file')} skipped" if drawing.skipped else ""
        say(f"looked at {counted(drawing.picture_count, 'picture')}{skipped}")
    return drawing


class _RunProgress:
    """Prints the title of each run and its progress, as the painting command does."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __call__(self, title: str, job: Job) -> tuple[Progress]:
        say(title)
        self._progress = Progress(job.terms, job.scales, sys.stdout)
        return (self._progress,)

    def close(self) -> None:
        """Ends a line that is still being overwritten."""
        if self._progress:
            self._progress.close()


def _pictures_done(done: int, total: int) -> None:
    """A line for each tenth."""
    if done * 10 // total > (done - 1) * 10 // total:
        say(f"pictures {done}/{total}")


def _settings(values: Values, folder: Path) -> dict[str, Any]:
    """The flags of a figure; files as a record in `folder` names them."""
    left_out = ("debug", "flagfile", "overwrite")
    settings = {name: values[name].value for name in values if name not in left_out}
    files = {name: settings[name] for name in _FILES if settings.get(name)}
    if os.path.isabs(settings.get("weights", "")):
        files["weights"] = settings["weights"]
    return settings | {
        name: portable(path, folder).removeprefix("./") for name, path in files.items()
    }


def _weights(drawing: object) -> dict[str, Any]:
    """Where the network is from; nothing for curves, which are of a record."""
    weights = getattr(drawing, "weights", None)
    if weights is None:
        return {}
    return {"weights": {"source": weights.source, "sha256": weights.checksum}}
