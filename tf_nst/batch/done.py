"""What is painted already: the job of a record, and whether all files of a picture are there."""

import functools
import hashlib
import json
import os
from pathlib import Path

from tf_nst.batch.flags import paths_of
from tf_nst.batch.plan import Job
from tf_nst.batch.sources import counts
from tf_nst.config.paths import weighted_paths
from tf_nst.errors import UserError
from tf_nst.io.folders import pictures_in
from tf_nst.io.manifest import names_of, record_path

# The key of a record under which the job's digest stands.
JOB = "job"


def job_digest(job: Job) -> str:
    """A sha256 of what the files of a job hold and of its flags, wherever the files lie."""
    flags = {name: _flag(name, text) for name, text in job.flags.items()}
    styles = [(digest_of(path), weight) for path, weight in weighted_paths(job.style, "--style")]
    whole = {"content": digest_of(job.content), "style": styles, "flags": flags}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def is_done(job: Job, out: str) -> bool:
    """Whether picture, record and flag file of a job are there, and the record is of the job."""
    picture = Path(out, job.output)
    if not all(path.is_file() for path in names_of(picture)):
        return False
    try:
        return is_record_of(record_path(picture).read_bytes(), job)
    except OSError:
        return False


def is_record_of(record: bytes, job: Job) -> bool:
    """Whether the bytes of a record are those of a job's picture."""
    try:
        known = json.loads(record)
        return (known["file"], known[JOB]) == (Path(job.output).name, job_digest(job))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _flag(name: str, text: str) -> object:
    """A flag's text; of a flag of files what they hold."""
    return [digest_of(path) for path in paths_of(name, text)] or text


def digest_of(path: str) -> str:
    """sha256 of a file, or of the pictures in a folder, separated by commas.

    Other files in a folder do not count, such as those in which file managers keep their views.
    What leads to no file, such as a word, stays.
    """
    if os.path.isdir(path):
        return ",".join(map(digest_of, _pictures_in(path)))
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return path
    return _file_digest(path, status.st_size, status.st_mtime_ns)


def _pictures_in(folder: str) -> list[str]:
    """None of a folder that cannot be read or has none: whoever paints it refuses it."""
    try:
        return pictures_in(folder, "", counts)
    except UserError:
        return []


@functools.lru_cache(maxsize=4096)
def _file_digest(path: str, size: int, changed: int) -> str:
    """Of a file that has not changed since, as far as its size and time tell."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return path
