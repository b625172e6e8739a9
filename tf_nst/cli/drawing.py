"""One run of the figures' command, from checked flags to written files."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tf_nst import viz
from tf_nst.cli.parsing import Values
from tf_nst.cli.terminal import say
from tf_nst.engine.job import Job
from tf_nst.io.durations import duration
from tf_nst.io.flag_lines import portable
from tf_nst.io.images import Image
from tf_nst.io.listeners import Progress
from tf_nst.io.manifest import record_bytes, record_path
from tf_nst.io.replacing import Check
from tf_nst.io.rescue import write_or_rescue
from tf_nst.io.writing import Files
from tf_nst.viz.figures import rendered
from tf_nst.viz.patches import counted

Options = dict[str, Any]
_FILES = ("content", "style", "images", "record", "output")


class Drawing(Protocol):
    """What a figure's function returns; a lesson has a page in the place of a figure."""

    def numbers(self) -> dict[str, Any]: ...


def draw_kind(name: str, values: Values, options: Options, check_names: Check) -> int:
    """Draws, shows progress, writes the figure and its record.

    Args:
      check_names: raises UserError where files that are there by now are not to be written over.

    Raises:
      UserError: an option or a picture that cannot be used.
      RunError: a loss is not finite, or a file cannot be written.
    """
    began = time.perf_counter()
    watch = _RunProgress()
    try:
        drawing = _FIGURES[name](values, options, watch)
    finally:
        watch.close()
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


def _activations(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    return viz.strongest_channels(values.content, values.layers, report=say, **options)


def _patches(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    patches = viz.top_patches(
        values.images, values.layer, values.units, report=say, progress=_pictures_done, **options
    )
    skipped = f", {counted(len(patches.skipped), 'file')} skipped" if patches.skipped else ""
    say(f"looked at {counted(patches.picture_count, 'picture')}{skipped}")
    return patches


def _content(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    layers = values.content_layers
    return viz.reconstruct_content(values.content, layers, watch=watch, report=say, **options)


def _style(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    layers = values.style_layers
    return viz.reconstruct_style(values.style, layers, watch=watch, report=say, **options)


def _gram(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    layers = values.style_layers
    return viz.compare_grams(values.content, values.style, layers, report=say, **options)


def _tradeoff(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    files = values.content, values.style
    grid = values.ratios, values.content_layers
    return viz.paint_tradeoff(*files, *grid, watch=watch, report=say, **options)


def _losses(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    return viz.read_curves(values.record)


def _explain(values: Values, options: Options, watch: _RunProgress) -> Drawing:
    return viz.explain_pair(values.content, values.style, watch=watch, report=say, **options)


_FIGURES: dict[str, Callable[[Values, Options, _RunProgress], Any]] = {
    "activations": _activations,
    "patches": _patches,
    "content": _content,
    "style": _style,
    "gram": _gram,
    "tradeoff": _tradeoff,
    "losses": _losses,
    "explain": _explain,
}
