"""Whether a film can be written where it is to be."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tf_nst.batch.sources import lies_in
from tf_nst.cli.flags import config_from_flags, styles_from_flags
from tf_nst.cli.overwrite import check_again, check_overwrite
from tf_nst.cli.parsing import Values
from tf_nst.cli.run import same_file, sources_of
from tf_nst.cli.terminal import say
from tf_nst.config.fade import styles_at
from tf_nst.errors import UserError
from tf_nst.io.manifest import check_sidecars, names_of
from tf_nst.io.resizing import fit_size
from tf_nst.io.writing import check_replaceable
from tf_nst.video.assembly import preview_path
from tf_nst.video.encoders import container_of
from tf_nst.video.reader import ClipReader
from tf_nst.video.sound import writable_streams
from tf_nst.video.writing import check_clip_output, is_folder


def check_output(values: Values, clip: ClipReader) -> Callable[[], None]:
    """Refuses an output that cannot be written, or would be written over what is read.

    Returns:
      What checks the names again when the film is written.

    Raises:
      UserError: see above, or a file that is there and stays.
    """
    info, size = clip.info, config_from_flags(values).size
    height, width = fit_size(info.height, info.width, size)
    notes = check_clip_output(values.output, replace(info, height=height, width=width))
    for note in notes + _sound_notes(values, clip):
        say(f"note: {note}")
    path = Path(values.output)
    check_sidecars(path)
    if values.preview:
        check_replaceable(preview_path(values.output), "--preview")
    _check_sources(values)
    check_overwrite(values.output, values.overwrite)
    return check_again(names_of(path), values.overwrite)


def _sound_notes(values: Values, clip: ClipReader) -> list[str]:
    """A line for each audio stream that the film will lack."""
    if not clip.info.has_audio or is_folder(values.output):
        return []
    kind = container_of(values.output, "--output").name
    return [f"{values.output}: {line}" for line in writable_streams(values.content, kind)[1]]


def _check_sources(values: Values) -> None:
    """Refuses to write over what is read, or beside it in a folder that a film goes on with."""
    fade = [style.path for style in styles_at(values.style_fade)] if values.style_fade else []
    styles = fade or [path for path, _ in styles_from_flags(values)]
    written = [values.output, *([str(preview_path(values.output))] if values.preview else [])]
    for flag, source in sources_of(values, values.init, styles):
        for path in written:
            if os.path.isdir(source) and lies_in(path, source):
                raise UserError(
                    f"--output and {flag}: expected a folder elsewhere, received {path}, which "
                    f"lies in {source}, whose pictures are read"
                )
            if same_file(path, source):
                raise UserError(
                    f"--output and {flag}: {source} would be overwritten by {path}, expected two "
                    "files"
                )
