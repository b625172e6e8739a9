"""Pictures in file systems that Beam knows, such as gs://: fetched, painted, brought back."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from tf_nst.batch.done import is_record_of
from tf_nst.batch.flags import paths_of, with_paths
from tf_nst.batch.painter import paint
from tf_nst.batch.plan import Job
from tf_nst.batch.report import FAILED, PAINTED, SKIPPED, Result
from tf_nst.batch.sources import PICTURE_SUFFIXES, list_pictures
from tf_nst.cli.command import reason
from tf_nst.config.paths import join_paths, weighted_paths
from tf_nst.engine.engine import Engine
from tf_nst.errors import UserError
from tf_nst.io.flag_lines import portable
from tf_nst.io.manifest import names_of


def is_remote(path: str) -> bool:
    """Whether a path is one of another file system, such as gs://bucket/photo.jpg."""
    return "://" in path


def list_anywhere(text: str, flag: str) -> list[str]:
    """As `list_pictures`, also of other file systems; paths of this one are absolute.

    Raises:
      UserError: as `list_pictures`, or the file system is not installed or refuses.
    """
    if not is_remote(text):
        return [os.path.abspath(path) for path in list_pictures(text, flag)]
    is_pattern = any(character in text for character in "*?[")
    if _is_picture(text) and not is_pattern:
        return [text]
    try:
        paths = _match(text if is_pattern else FileSystems.join(text, "*"))
    except (OSError, ValueError) as error:
        raise UserError(f"{flag}: {text} cannot be read ({_why(error)})") from error
    pictures = sorted(filter(_is_picture, paths))
    if not pictures:
        raise UserError(f"{flag}: expected a folder of pictures, received {text}, without any")
    return pictures


def _is_picture(path: str) -> bool:
    return Path(path).suffix.lower() in PICTURE_SUFFIXES


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).split("\n")[0]


def _match(pattern: str) -> list[str]:
    """Files, not those of folders within."""
    (result,) = FileSystems.match([pattern])
    paths = (item.path for item in result.metadata_list)
    return [
        path for path in paths if fnmatch(path, pattern) and path.count("/") == pattern.count("/")
    ]


def paint_anywhere(job: Job, out: str, engine: Engine) -> Result:
    """As `paint`, of pictures and to a folder in any file system."""
    if not any(map(is_remote, (out, *_paths(job)))):
        return paint(job, out, engine)
    try:
        with tempfile.TemporaryDirectory(prefix="tf_nst-") as folder:
            return _paint_fetched(job, out, engine, os.path.realpath(folder))
    except Exception as error:
        return Result(job.output, FAILED, reason(error))


def _paths(job: Job) -> list[str]:
    """All paths of a job, and words in their place."""
    paths = [job.content, *(path for path, _ in weighted_paths(job.style, "--style"))]
    return paths + [path for flag in job.flags.items() for path in paths_of(*flag)]


def _paint_fetched(job: Job, out: str, engine: Engine, folder: str) -> Result:
    """Paints with copies in a folder of this machine."""
    copies = {path: path for path in _paths(job)}
    for number, path in enumerate(copies):
        if is_remote(path):
            copies[path] = _fetched(path, os.path.join(folder, f"{number}{Path(path).suffix}"))
    local = _with_paths(job, copies)
    if is_remote(out) and _is_done(local, out):
        return Result(job.output, SKIPPED)
    result = paint(local, os.path.join(folder, "out") if is_remote(out) else out, engine)
    names = {portable(copy, folder): path for path, copy in copies.items() if copy != path}
    names |= {copy: path for path, copy in copies.items() if copy != path}
    if result.status == PAINTED and is_remote(out):
        _bring_back(os.path.join(folder, "out"), job.output, out, names)
    notes = tuple(_renamed(note, names) for note in result.notes)
    return result._replace(reason=_renamed(result.reason, names), notes=notes)


def _fetched(path: str, copy: str) -> str:
    try:
        with FileSystems.open(path) as source, open(copy, "wb") as file:
            while data := source.read(1 << 20):
                file.write(data)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({_why(error)})") from error
    return copy


def _with_paths(job: Job, copies: Mapping[str, str]) -> Job:
    """A job with other paths."""
    styles = [(copies[path], weight) for path, weight in weighted_paths(job.style, "--style")]
    flags = {name: with_paths(name, text, copies.__getitem__) for name, text in job.flags.items()}
    return Job(copies[job.content], join_paths(styles), job.output, flags)


def _is_done(local: Job, out: str) -> bool:
    """As `is_done`, in another file system, of a job with copies."""
    picture, record, settings = (_join(out, name) for name in _names(local.output))
    if not all(map(FileSystems.exists, (picture, record, settings))):
        return False
    try:
        with FileSystems.open(record) as file:
            return is_record_of(file.read(), local)
    except OSError:
        return False


def _names(output: str) -> list[str]:
    return [path.as_posix() for path in names_of(output)]


def _join(folder: str, name: str) -> str:
    path: str = FileSystems.join(folder, *name.split("/"))
    return path


def _bring_back(folder: str, output: str, out: str, names: Mapping[str, str]) -> None:
    """The files of a picture; the record, by which it is known as painted, comes last."""
    picture, record, settings = _names(output)
    for name in (settings, picture, record):
        data = Path(folder, name).read_bytes()
        if name != picture:
            text = data.decode("utf-8", "surrogateescape")
            data = _renamed(text, names).encode("utf-8", "surrogateescape")
        _write(_join(out, name), data)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A text with the addresses of pictures in the place of their copies."""
    for copy, path in names.items():
        text = text.replace(copy, path)
    return text


def _write(path: str, data: bytes) -> None:
    """A file that has its name once it is whole."""
    parent = path.rpartition("/")[0]
    if not FileSystems.exists(parent):
        try:
            FileSystems.mkdirs(parent)
        except OSError:  # another process made it, or it needs none
            pass
    temporary = f"{path}.{hashlib.sha256(os.urandom(16)).hexdigest()[:8]}.tmp"
    with FileSystems.create(temporary) as file:
        file.write(data)
    FileSystems.rename([temporary], [path])
