"""Which pictures a folder, a pattern or a path stands for, and where paintings may be written."""

import glob
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tf_nst.batch.report import JOURNAL
from tf_nst.errors import UserError
from tf_nst.io.folders import is_picture, pictures_in

# The pictures that a flag's text stands for, by the text and the flag.
ListPaths = Callable[[str, str], list[str]]
# A file of such a name is painted, or reported if it cannot be read; others count if they begin as
# pictures do.
PICTURE_SUFFIXES = frozenset(
    ".jpg .jpeg .png .webp .tif .tiff .gif .bmp .avif .heic .heif .jp2 .ppm .pgm".split()
)


def list_pictures(text: str, flag: str) -> list[str]:
    """The pictures of a folder (not of folders in it), of a pattern, or the one, by name.

    Raises:
      UserError: nothing is there, a folder without pictures, or a pattern that no file matches.
    """
    if os.path.isdir(text):
        return sorted([*pictures_in(text, flag, counts), *_gone_from(text)])
    if os.path.exists(text):
        return [text]
    if not glob.has_magic(text):
        raise UserError(
            f"{flag}: expected a folder, a pattern or a picture, received {text}, which does not "
            "exist"
        )
    matches = glob.glob(text, recursive=True)
    paths = sorted(path for path in matches if os.path.isfile(path) or _is_gone(Path(path)))
    if not paths:
        raise UserError(f"{flag}: expected a pattern that files match, received {text}")
    return paths


def list_new(text: str, flag: str, out: str, list_paths: ListPaths = list_pictures) -> list[str]:
    """The pictures of a folder or the one; of a pattern those that are no paintings of its batch.

    Args:
      out: the folder of the batch.
      list_paths: as `list_pictures`, also of other file systems.

    Raises:
      UserError: as `list_pictures`, or a pattern that paintings alone match.
    """
    paths = list_paths(text, flag)
    if os.path.exists(text) or not glob.has_magic(text):
        return paths
    if not (left := without_paintings(paths, out)):
        raise UserError(
            f"{flag}: expected a pattern that files out of {out} match, received {text}"
        )
    return left


def without_paintings(paths: Iterable[str], out: str) -> list[str]:
    """Those that are not in the folder of a batch, whose pictures a pattern matches when the same
    command goes on."""
    is_of_batch = os.path.exists(os.path.join(out, JOURNAL))
    return [path for path in paths if not (is_of_batch and lies_in(path, out))]


def _gone_from(folder: str) -> list[str]:
    """Pictures whose links lead nowhere, such as to a disk that is not there."""
    return [str(path) for path in Path(folder).iterdir() if path.name[0] != "." and _is_gone(path)]


def _is_gone(path: Path) -> bool:
    is_dangling = path.is_symlink() and not path.exists()
    return is_dangling and path.suffix.lower() in PICTURE_SUFFIXES


def counts(path: Path) -> bool:
    """Whether a file counts as a picture, be it one that cannot be read. Raises as `is_picture`."""
    return path.suffix.lower() in PICTURE_SUFFIXES or is_picture(path)


def stem_of(path: str) -> str:
    """The name of what a path leads to, `..` too, without what follows its last dot."""
    return os.path.splitext(os.path.basename(os.path.abspath(path)))[0]


def check_stems(paths: Iterable[str], flag: str, becomes: str) -> None:
    """Refuses two pictures of one name.

    Args:
      becomes: where a picture called {} is painted, such as "{}.png".

    Raises:
      UserError: two have the same name before the ending.
    """
    known: dict[str, str] = {}
    for path in paths:
        stem = stem_of(path)
        if stem in known:
            raise UserError(
                f"{flag}: expected names that differ before their endings, received "
                f"{known[stem]} and {path}, which would both be painted to {becomes.format(stem)}"
            )
        known[stem] = path


def check_out(out: str, given: Sequence[tuple[str, str]]) -> None:
    """Refuses a folder to write to among the pictures that are read.

    Args:
      given: (flag, text) of folders, patterns and pictures that are read.

    Raises:
      UserError: a file of that name, or a folder within one whose pictures are read, or one of
        which a pattern matches files.
    """
    if os.path.exists(out) and not os.path.isdir(out):
        raise UserError(f"--out: expected a folder, received {out}, which is a file")
    for flag, text in given:
        if os.path.isdir(text) and lies_in(out, text):
            raise UserError(
                f"--out and {flag}: expected a folder elsewhere, received {out}, which lies in "
                f"{text}, whose pictures are read"
            )
        matched = glob.glob(text, recursive=True) if glob.has_magic(text) else []
        matched = without_paintings(matched, out)
        if inside := [path for path in matched if lies_in(path, out)]:
            raise UserError(
                f"--out and {flag}: expected a pattern that matches no paintings, received {text}, "
                f"which matches {inside[0]} in {out}"
            )


def lies_in(path: str, folder: str) -> bool:
    """Whether a path, of what is there or not, is a folder's or leads into it."""
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    return path == folder or path.startswith(os.path.join(folder, ""))
