"""A monitor that writes the curves, pictures and settings of a run for TensorBoard.

`tf.summary.scalar` needs TensorBoard to be installed; `tf.summary.write` does not.
"""

import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tensorflow as tf

from tf_nst.engine.events import Event, Finished, StepsDone
from tf_nst.io.images import Image
from tf_nst.io.listeners import contributions
from tf_nst.objective.terms import Term

# Long side in pixels up to which a picture is written.
LONGEST_SIDE = 1024
LOSS, RESULT, RATE, PICTURE = "loss/total", "result/total", "speed/steps_per_second", "picture"
_DATA_CLASSES = {"scalars": 1, "text": 2, "images": 3}


class Written(NamedTuple):
    """What a run's folder has: the last step whose loss is there, and whether the run ended."""

    step: int = 0
    is_finished: bool = False


def folder_of_run(root: Path, name: str, *, goes_on: bool) -> tuple[Path, Written]:
    """ROOT/NAME, ROOT/NAME-2 and so on: the first that is free, and what it has.

    Of a run that goes on it is the last that is there, unless the run in it has ended.
    """
    number, folder, last = 1, root / name, None
    while os.path.exists(folder):
        number, last = number + 1, folder
        folder = root / f"{name}-{number}"
    written = read_written(last) if goes_on and last else Written()
    if last and written.step and not written.is_finished:
        return last, written
    return folder, Written()


def read_written(folder: Path) -> Written:
    """What the event files of a folder have; one that was cut off counts up to there."""
    steps = {LOSS: 0}
    for event in read_events(folder):
        for value in event.summary.value:
            steps[value.tag] = max(event.step, steps.get(value.tag, 0))
    return Written(steps[LOSS], RESULT in steps)


def read_events(folder: Path) -> Iterator[Any]:
    """The events (protocol buffers) of a folder's event files, in the order of the files' names."""
    for path in sorted(folder.glob("events.out.tfevents.*")):
        try:
            yield from tf.compat.v1.train.summary_iterator(str(path))
        except tf.errors.DataLossError:
            continue


class TensorBoard:
    """A listener that writes event files.

    Of each step: `loss/ROLE` and `loss/total`, weighted, and `terms/TERM`, weighted, at the number
    of the step, counted from 1 as the progress line does. Of each call of the compiled function:
    `speed/steps_per_second`. Every `every` steps and at the end: `picture`. At the end, of the
    finished picture: `result/ROLE` and `result/total`.

    A file that cannot be written ends the monitor, not the run: it is reported once.

    Args:
      folder: of this run alone.
      terms: of the job.
      finished: the Image of a picture so far, [1, h, w, 3] float32 in 0..1.
      every: steps from one picture to the next, 1 or more.
      written: what is in the folder already is not written again.
      report: called with a plain line.
    """

    def __init__(
        self,
        folder: Path,
        terms: tuple[Term, ...],
        finished: Callable[[tf.Tensor], Image],
        *,
        every: int,
        written: Written = Written(),  # noqa: B008
        report: Callable[[str], None],
    ) -> None:
        self._terms, self._picture, self._every = terms, finished, every
        self._report, self._failed = report, False
        self._after = self._step = self._last_picture = written.step
        self._writer: Any = None
        self._folder = folder

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepsDone):
            self._try(lambda: self._steps_done(event))
        elif isinstance(event, Finished):
            self._try(lambda: self._finish(event))

    def write_settings(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Writes tables {name: {row: value}} as texts, but for rows of None.

        Nothing is written where the folder has steps already.
        """
        if not self._after:
            self._try(lambda: self._write_tables(tables))

    def close(self) -> None:
        """Closes the file."""
        if self._writer is not None:
            self._try(self._writer.close)

    def _try(self, write: Callable[[], object]) -> None:
        if self._failed:
            return
        try:
            if self._writer is None:
                self._writer = tf.summary.create_file_writer(str(self._folder))
            with tf.device("CPU:0"), self._writer.as_default():
                write()
            self._writer.flush()
        except (OSError, tf.errors.OpError) as error:
            self._failed = True
            line = str(error).partition("\n")[0]
            self._report(
                f"--monitor: {self._folder} cannot be written ({line}); the painting continues"
            )

    def _write_tables(self, tables: Mapping[str, Mapping[str, object]]) -> None:
        for name, rows in tables.items():
            known = {row: value for row, value in rows.items() if value is not None}
            lines = [f"| {row} | {_cell(value)} |" for row, value in known.items()]
            _write(
                "text", f"settings/{name}", "\n".join(["| name | value |", "|---|---|", *lines]), 0
            )

    def _steps_done(self, event: StepsDone) -> None:
        count = len(next(iter(event.values.values())))
        for index in range(count):
            step = event.step - count + index + 1
            if step > self._after:
                self._write_losses("loss", {n: v[index] for n, v in event.values.items()}, step)
                for term in self._terms:
                    value = term.weight_of(0) * event.values[term.name][index, 0]
                    _write("scalars", f"terms/{term.name}", value, step)
        self._step = event.step
        if event.step > self._after and event.seconds > 0:
            _write("scalars", RATE, count / event.seconds, event.step)
        if event.step // self._every > self._last_picture // self._every:
            self._write_picture(event.image)

    def _finish(self, event: Finished) -> None:
        self._write_losses("result", event.values, self._step)
        if self._last_picture < self._step:
            self._write_picture(event.image)

    def _write_losses(self, group: str, values: Mapping[str, Any], step: int) -> None:
        """Values {term: [B]}, of which the first picture's count."""
        numbers = {name: float(value[0]) for name, value in values.items()}
        shares = contributions(self._terms, numbers)
        for role, share in (*shares.items(), ("total", sum(shares.values()))):
            _write("scalars", f"{group}/{role}", share, step)

    def _write_picture(self, image: tf.Tensor) -> None:
        self._last_picture = self._step
        picture, buffer = self._picture(image).to_pillow(), io.BytesIO()
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture.save(buffer, "PNG")
        size = (str(side).encode() for side in picture.size)
        _write("images", PICTURE, [*size, buffer.getvalue()], self._step)


def _write(plugin: str, tag: str, value: Any, step: int) -> None:
    """A value for one of TensorBoard's plugins, which knows its own by the metadata."""
    metadata = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name=plugin),
        data_class=_DATA_CLASSES[plugin],
    )
    tensor = tf.constant(value, tf.float32 if plugin == "scalars" else tf.string)
    tf.summary.write(tag, tensor, step, metadata)


def _cell(value: object) -> str:
    """A value in a Markdown table."""
    return str(value).replace("|", "\\|").replace("\n", " ")
