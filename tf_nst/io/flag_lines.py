"""The lines of flag files: how a value is spelled, paths that start at the file."""

import json
import os
import re
from typing import NamedTuple

from tf_nst.config.paths import in_folder
from tf_nst.errors import UserError

# Characters of a flag file; one that names the longest paths has some thousands.
MOST_CHARACTERS = 1_000_000
STARTS_HERE = "# Paths that begin with ./ or ../ start at this file's folder."
# Flags of several paths.
LISTS = ("style", "mask", "keep", "style_mask", "labels", "style_fade")
_QUOTED = re.compile(r'(--?[\w-]+=)(".*")')
_FLAG = re.compile(r"(--?[\w-]+=)(.*)", re.DOTALL)
_RELATIVE = re.compile(r"\.\.?/")
_RELATIVE_ITEM = re.compile(r"(?:^|,)\s*\.\.?/")


class FlagFile(NamedTuple):
    """A flag file as it is read: its comments, and its other lines as arguments of a command."""

    comments: list[str]
    arguments: list[str]


def read_flag_file(path: str) -> FlagFile:
    """Reads UTF-8, with or without Windows' byte order mark and line ends.

    A value in double quotes is JSON's text. Where the file has the comment STARTS_HERE, paths that
    begin with ./ or ../ are given the file's folder. Bytes that are not UTF-8 are kept, as in
    arguments of a command (PEP 383).

    Raises:
      UserError: no such file, one that is not text, or one of more than a megabyte.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            text = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise UserError(
            f"--flagfile: expected a file of flags, received {path} ({error.strerror})"
        ) from error
    except ValueError:  # a zero byte in the name
        text = "\0"
    if "\0" in text:
        raise UserError(
            f"--flagfile: expected a text file of flags, received {path}, which is not text"
        )
    if len(text) > MOST_CHARACTERS:
        raise UserError(
            f"--flagfile: expected a file of flags of at most {MOST_CHARACTERS / 1e6:g} MB, "
            f"received {path}, which is larger"
        )
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    comments = [line for line in lines if line.startswith(("#", "//"))]
    arguments = [_unquoted(line) for line in lines if not line.startswith(("#", "//"))]
    if STARTS_HERE in comments:
        arguments = [_in_folder(os.path.dirname(path), line) for line in arguments]
    return FlagFile(comments, arguments)


def _in_folder(folder: str, line: str) -> str:
    match = _FLAG.fullmatch(line)
    if not (match and folder):
        return line
    flag, value = match.groups()
    if flag.strip("-=").replace("-", "_") in LISTS:
        return flag + in_folder(folder, value) if _RELATIVE_ITEM.search(value) else line
    is_relative = _RELATIVE.match(value)
    return flag + os.path.join(folder, value.removeprefix("./")) if is_relative else line


def _unquoted(line: str) -> str:
    match = _QUOTED.fullmatch(line)
    if not match:
        return line
    try:
        text: str = json.loads(match[2])
        return match[1] + text
    except ValueError:
        return line


def spelled(text: str) -> str:
    """A value as a line of a flag file has it: in quotes where it would be read otherwise."""
    printable = re.sub("[\udc80-\udcff]", "", text).isprintable()
    plain = printable and text == text.strip() and not text.startswith('"')
    return text if plain else json.dumps(text, ensure_ascii=False)


def portable(path: str, folder: str | os.PathLike[str]) -> str:
    """A path for a file in `folder`, which can be moved and shows no home folder.

    A relative path starts at the folder, with ./ or ../ on Windows too; one below the home folder
    begins with ~. Any other, such as one of another drive, is returned as it is.
    """
    if path == "-":  # stdin
        return path
    home = os.path.expanduser("~")
    parent, name = os.path.split(path)
    real = os.path.join(os.path.realpath(parent), name)
    start = os.path.realpath(folder)
    one_drive = os.path.splitdrive(real)[0].lower() == os.path.splitdrive(start)[0].lower()
    if one_drive and not os.path.isabs(path) and _below(real, home) <= _below(start, home):
        relative = os.path.relpath(real, start).replace(os.sep, "/")
        return relative if relative.startswith("../") else f"./{relative}"
    path = os.path.abspath(path)
    return "~" + path[len(home) :] if _below(path, home) else path


def _below(path: str, folder: str) -> bool:
    folder = folder.rstrip(os.sep)
    return bool(folder) and (path == folder or path.startswith(folder + os.sep))
