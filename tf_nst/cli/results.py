"""What a run of the painting command writes: the picture, its record, its flag file, previews."""

import sys
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.cli.monitor import folder_of
from tf_nst.cli.parsing import Values
from tf_nst.cli.records import digests, flags_of, record_of
from tf_nst.cli.streams import output_name, picture_path, write_picture, write_stdout
from tf_nst.cli.terminal import say
from tf_nst.config import options_from_config
from tf_nst.engine.failures import UnfinishedError
from tf_nst.errors import NstError, RunError
from tf_nst.io.durations import duration
from tf_nst.io.encoding import Encoded
from tf_nst.io.flag_file import settings_bytes
from tf_nst.io.images import Image
from tf_nst.io.listeners import History, Previews, Progress, contributions
from tf_nst.io.manifest import (
    check_preview,
    preview_path,
    record_bytes,
    sidecar_files,
    sidecar_names,
)
from tf_nst.io.moved import Moved, moved_by_masks
from tf_nst.io.outcome import notes_on_loss
from tf_nst.io.replacing import Check
from tf_nst.io.tensorboard import TensorBoard, folder_of_run
from tf_nst.io.writing import Files, write_atomically
from tf_nst.painting import Painting, finished

# Of a run without --preview_every.
MONITOR_PICTURES = 10
# [1, h, w, 3] float32 in 0..1.
Picture: TypeAlias = tf.Tensor | NDArray[np.float32]


class Results:
    """Writes what comes of a painting, by the command's flags.

    `history` and `progress` are listeners for its events. `check_names` raises where files that are
    there by now are not to be written over.
    """

    def __init__(self, values: Values, painting: Painting, check_names: Check) -> None:
        self.values, self.painting, self.check_names = values, painting, check_names
        self.history = History(painting.job.scales)
        self.progress = Progress(
            painting.job.terms, painting.job.scales, sys.stdout, verbose=values.verbose
        )
        self.exif = painting.inputs.content.exif
        self.preview_failed = False
        self.record: bytes | None = None

    def write(self, image: Picture, ending: str, seconds: float) -> None:
        """The picture, its record and its flag file, all of them or none; then the last line.

        Raises:
          RunError: they cannot be written; the message says where the picture is.
        """
        self._write(image, seconds, with_flags=True)
        loss = f"loss {self.loss(self.history.final):.4g}, " if self.history.final else ""
        say(f"{ending} {self._named(f'{loss}{duration(seconds)}')}")

    def write_last_good(self, failure: UnfinishedError, seconds: float) -> None:
        """The picture and the record of a run that failed; its flags would only fail again.

        Raises:
          RunError: they cannot be written; the message says why the run failed, too.
        """
        try:
            self._write(failure.image, seconds, with_flags=False)
        except RunError as error:
            raise RunError(f"{failure}; {error}") from failure
        say(f"the last good picture is {self._named('', with_flags=False)}")

    def print_record(self) -> None:
        """What --json asks for, where a picture was written.

        Raises:
          RunError: stdout cannot be written; the message says that the picture is there.
        """
        if not self.values.json or self.record is None:
            return
        try:
            write_stdout(self.record)
        except RunError as error:
            raise RunError(f"{error}; the picture is {self.values.output}") from error

    def previews(self) -> Previews:
        """Writes NAME.preview as often as --preview_every says."""
        return Previews(self.values.preview_every, self._write_preview)

    def monitor(self, *, goes_on: bool) -> TensorBoard:
        """Writes what --monitor asks for, in a folder of the run's own, and says where.

        Args:
          goes_on: whether the run does.
        """
        values, job = self.values, self.painting.job
        root, name = folder_of(values.monitor), picture_path(values.output).stem
        folder, written = folder_of_run(root, name, goes_on=goes_on)
        steps = sum(scale.steps for scale in job.scales)
        monitor = TensorBoard(
            folder,
            job.terms,
            self._finished,
            every=values.preview_every or max(1, steps // MONITOR_PICTURES),
            written=written,
            report=self._note,
        )
        given = {"content": values.content, "style": values.style}
        options = given | options_from_config(self.painting.config)
        weights = {term.name: term.weight_of(0) for term in job.terms}
        monitor.write_settings({"options": options, "weights": weights})
        say(f"monitor  {folder} (tensorboard --logdir {root})")
        return monitor

    def loss(self, values: dict[str, float]) -> float:
        """The weighted sum of the terms' values."""
        return sum(contributions(self.painting.job.terms, values).values())

    def _write(self, image: Picture | None, seconds: float, *, with_flags: bool) -> None:
        picture = self._finished(image)
        notes: list[str] = []

        def files_of(path: Path) -> Files:
            data, notes[:] = self._encoded(picture, path)
            flags = self._flag_bytes(path) if with_flags else None
            record = self._record_bytes(path, picture, seconds)
            return {path: data, **sidecar_files(path, record, flags, self.values.sidecars)}

        write_picture(self.values.output, files_of, self.check_names)
        self.record = self._record_bytes(Path(self.values.output), picture, seconds)
        for line in _lines_on_masks(moved_by_masks(self.painting.inputs, picture)):
            say(line)
        for note in (*notes, *notes_on_loss(self.painting.job.terms, self.history)):
            say(f"note: {note}")

    def _write_preview(self, image: Picture) -> None:
        """A preview that cannot be written is no reason to lose the picture."""
        path = preview_path(self.values.output)
        try:
            data, _ = self._encoded(self._finished(image), path)
            write_atomically(path, data, partial(check_preview, self.values.output))
        except (NstError, OSError) as error:
            if not self.preview_failed:
                self._note(f"{error}; the painting continues")
            self.preview_failed = True

    def _note(self, line: str) -> None:
        self.progress.close()
        say(f"note: {line}")

    def _finished(self, image: Picture) -> Image:
        bits = self.values.bits
        return finished(self.painting, image, int(bits) if bits else None)

    def _encoded(self, picture: Image, path: Path) -> Encoded:
        values = self.values
        return picture.encode(path, values.output_profile, self.exif, values.quality)

    def _named(self, about: str, *, with_flags: bool = True) -> str:
        """The picture and, in brackets, what there is to say of it and the files beside it."""
        output, sidecars = self.values.output, self.values.sidecars
        names = sidecar_names(Path(output), sidecars, with_flags=with_flags)
        brackets = "; ".join(filter(None, [about, ", ".join(names)]))
        name = output_name(output)
        return f"{name} ({brackets})" if brackets else name

    def _record_bytes(self, path: Path, picture: Image, seconds: float) -> bytes:
        run = self.values, self.painting, self.history
        return record_bytes(path, record_of(*run, picture, seconds, path))

    def _flag_bytes(self, path: Path) -> bytes:
        flags = flags_of(self.values, self.painting, self.history, path)
        return settings_bytes(path, flags, digests(self.painting))


def _lines_on_masks(masks: tuple[Moved, ...]) -> list[str]:
    """Such as `mask     sky.png, 41% of the picture; 99% of it differs from the photograph`."""
    return [
        f"mask     {name}, {share:.0%} of the picture; {moved / share:.0%} of it differs from the "
        "photograph"
        for name, share, moved in masks
        if share
    ]
