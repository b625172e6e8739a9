"""From painted frames to the film, its record and its flag file."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tf_nst.batch.done import digest_of
from tf_nst.batch.flags import with_paths
from tf_nst.cli.flags import config_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.config.fade import styles_at
from tf_nst.config.paths import join_paths, weighted_paths
from tf_nst.io.flag_file import settings_bytes
from tf_nst.io.flag_lines import portable
from tf_nst.io.images import Image, read_image
from tf_nst.io.manifest import check_sidecars, record_bytes, sidecar_files
from tf_nst.io.replacing import Check
from tf_nst.io.writing import write_atomically, write_together
from tf_nst.video.clip import ClipInfo, Frame
from tf_nst.video.look import frame_values, look_of
from tf_nst.video.settings import FilmConfig
from tf_nst.video.stand_ins import stand_in
from tf_nst.video.tasks import Task
from tf_nst.video.work_folder import Film, WorkFolder
from tf_nst.video.writing import ClipWriter

# Frames of a preview side by side.
PREVIEW_COLUMNS = 6
# Of a picture's file, not of a film's.
_OF_PICTURES = ("quality", "bits", "output_profile", "keep_metadata")


def write_film(
    values: Values, film: Film, folder: WorkFolder, info: ClipInfo, check: Check
) -> list[str]:
    """The film of all frames, with the sound of the one that was read; returns notes.

    Raises:
      RunError: it cannot be written; nothing is left.
    """
    height, width = folder.frame(0).size
    info = replace(info, width=width, height=height)
    audio = film.content if info.has_audio else None
    writer = ClipWriter(values.output, info, audio, check)
    with writer:
        for index, (time, picture) in enumerate(frames_of(film, folder)):
            writer.write(Frame(index, time, picture.pixels))
    return writer.notes


def frames_of(film: Film, folder: WorkFolder) -> Iterator[tuple[Fraction, Image]]:
    """Time and picture of each frame; of a missing one that of the frame before, moved along, but
    the film's own where a shot begins."""
    before: Image | None = None
    starts = {shot.start for shot in film.shots}
    config, look = config_from_flags(frame_values(film)), look_of(film)
    for index, time in enumerate(film.times):
        picture = folder.picture(index)
        if picture is None and before is not None and index not in starts:
            frames = folder.frame(index - 1), folder.frame(index)
            picture = stand_in(before, *frames, config, look.places(index))
        before = picture or folder.frame(index)
        yield Fraction(time), before


def failed_frames(film: Film, folder: WorkFolder) -> dict[int, str]:
    """{index: why} of frames that were not painted."""
    records = ((index, folder.record(index)) for index in range(len(film.times)))
    sweeps = FilmConfig(**film.film).sweeps
    return {
        index: record.get("failed", "the process died")
        for index, record in records
        if "failed" in record or not record or record.get("sweep", sweeps) < sweeps
    }


def kept_line(film: Film, folder: WorkFolder) -> list[str]:
    """A line where masks keep whole frames, which may be more than was meant."""
    kept_frames = sum("kept" in folder.record(index) for index in range(len(film.times)))
    if not kept_frames:
        return []
    return [f"--keep: masks leave nothing to paint of {kept_frames} of {len(film.times)} frames"]


def write_sidecars(values: Values, film: Film, folder: WorkFolder, seconds: float) -> None:
    """The record and the flag file beside the film, as `--sidecars` says.

    Raises:
      RunError: they cannot be written.
    """
    path = Path(values.output.rstrip("/" + os.sep))
    first = folder.first()
    record = record_bytes(path, _record(values, film, folder, seconds, first))
    settings = _flags(film, first, path)
    flags = settings_bytes(path, settings, _digests(film, first), "tf-nst video")
    files = sidecar_files(path, record, flags, "all")
    write_together(files, partial(check_sidecars, path, "--output"))


def _record(
    values: Values, film: Film, folder: WorkFolder, seconds: float, first: dict[str, Any]
) -> dict[str, Any]:
    """What the record says: of the film, of its first frame what one says of a picture, and of each
    frame its steps, seconds and final values."""
    folder_of_output = Path(values.output).parent
    frames = [folder.record(index) for index in range(len(film.times))]
    return {
        "film": {
            "name": portable(film.content, folder_of_output).removeprefix("./"),
            "sha256": _digest_of_frames(film.content),
            "frames": len(film.times),
            "shots": [list(shot) for shot in film.shots],
            "failed": failed_frames(film, folder),
            **film.film,
        },
        "seconds": round(seconds, 3),
        "first": first.get("record", {}),
        "frames": [_brief(frame) for frame in frames],
    }


def _brief(frame: dict[str, Any]) -> dict[str, Any]:
    names = ("steps", "seconds", "final", "kept", "failed")
    return {name: frame[name] for name in names if name in frame}


def _digests(film: Film, first: dict[str, Any]) -> dict[str, str]:
    known: dict[str, str] = first.get("digests", {})
    return {**known, "content": _digest_of_frames(film.content)}


def _digest_of_frames(content: str) -> str:
    """sha256 of a film's file; of a folder that of its files' sha256, however many there are."""
    digest = digest_of(content)
    return hashlib.sha256(digest.encode()).hexdigest() if os.path.isdir(content) else digest


def _flags(film: Film, first: dict[str, Any], path: Path) -> dict[str, object]:
    """All that the film depends on, as `flags_of` has it for a picture."""
    folder = path.parent
    known: dict[str, object] = first.get("flags") or _requested(film, folder)
    flags = {name: value for name, value in known.items() if name not in _OF_PICTURES}
    flags |= {"content": portable(film.content, folder), "output": f"./{path.name}", **film.film}
    if film.fade:
        flags.pop("style", None)
        flags["style_fade"] = ",".join(
            f"{join_paths([portable(style.path, folder)])}@{style.seconds!r}s"
            for style in styles_at(film.fade)
        )
        # What was measured of the first style is no size for the others.
        flags["style_size"] = film.flags.get("style_size", "0")
    return flags if film.keep is None else {**flags, "keep": portable(film.keep, folder)}


def _requested(film: Film, folder: Path) -> dict[str, object]:
    """The flags as they were given, of a film whose first frame was not painted."""

    def moved(path: str) -> str:
        return portable(path, folder) if os.path.exists(path) else path

    flags = {name: with_paths(name, text, moved) for name, text in film.flags.items()}
    styles = weighted_paths(film.style, "--style") if film.style else []
    return {"style": join_paths((portable(path, folder), each) for path, each in styles), **flags}


def preview_path(output: str) -> Path:
    """OUTPUT.preview.png."""
    return Path(f"{output.rstrip('/' + os.sep)}.preview.png")


def write_preview(output: str, folder: WorkFolder, tasks: Sequence[Task]) -> Path | None:
    """The small frames of a preview side by side, at `preview_path`; None where there are none.

    Raises:
      RunError: it cannot be written.
    """
    paths = [folder.picture_path(task) for task in tasks]
    small = [read_image(path).pixels for path in paths if path.exists()]
    if not small:
        return None
    columns = min(len(small), PREVIEW_COLUMNS)
    small += [np.zeros_like(small[0])] * (-len(small) % columns)
    rows = [
        np.concatenate(small[start : start + columns], axis=1)
        for start in range(0, len(small), columns)
    ]
    path = preview_path(output)
    write_atomically(path, Image(np.concatenate(rows)).encode(path)[0])
    return path
