"""NAME.cfg: a flag file that paints a picture again, and what has changed since it was written."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tf_nst.config.value_types import expanded_path
from tf_nst.io.flag_lines import STARTS_HERE, read_flag_file, spelled

MARK = "# Written by tf_nst:"
_DIGEST = re.compile(r"# sha256 of (?:the )?(\w+): ([0-9a-f]{64})")
_FLAG = re.compile(r"--?([\w-]+)=(.*)", re.DOTALL)


class Recorded(NamedTuple):
    """An input as a flag file records it.

    Attributes:
      flag_file: path of that file.
      value: of the input's flag in that file.
      sha256: of the input's file when the flag file was written, in hexadecimal.
    """

    flag_file: str
    value: str
    sha256: str


def settings_path(picture: str | Path) -> Path:
    """NAME.cfg beside NAME.png."""
    return Path(picture).with_suffix(".cfg")


def settings_bytes(
    picture: str | Path,
    flags: Mapping[str, object],
    digests: Mapping[str, str],
    command: str = "tf-nst",
) -> bytes:
    """What NAME.cfg holds: a comment on each file that went in, and a line for each flag.

    Bytes of paths that are not UTF-8 are written as they are.

    Args:
      picture: its path.
      flags: {flag: value}, paths as `portable` returns them.
      digests: {flag: sha256 of its file in hexadecimal}.
      command: that takes the flags.
    """
    names = spelled(settings_path(picture).name), spelled(Path(picture).name)
    lines = [f"{MARK} {command} --flagfile={names[0]} paints {names[1]} again.", STARTS_HERE]
    lines += [f"# sha256 of {_subject(flag)}: {digest}" for flag, digest in digests.items()]
    lines += [f"--{flag}={_spelled(value)}" for flag, value in flags.items()]
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _subject(flag: str) -> str:
    return "the weights" if flag == "weights" else flag


def _spelled(value: object) -> str:
    """As a flag's value; floats by all their digits, NumPy's scalars as Python's numbers."""
    if isinstance(value, np.generic):
        value = value.item()
    return repr(value) if isinstance(value, float) else spelled(str(value))


def recorded_inputs(paths: Iterable[str]) -> dict[str, Recorded]:
    """{flag: its input} as flag files and those that they include record it.

    A comment concerns the flag's last line in the same file. Of several files that record a flag,
    the last one counts; one that includes others comes after them.
    """
    recorded: dict[str, Recorded] = {}
    for path in paths:
        recorded |= _recorded_by(path, ())
    return recorded


def _recorded_by(path: str, including: tuple[str, ...]) -> dict[str, Recorded]:
    """What one flag file records, `including` being those that led to it."""
    # What is not a regular file, such as a pipe, was consumed when the flags were parsed.
    if path in including or not os.path.isfile(path):
        return {}
    comments, arguments = read_flag_file(path)
    included: dict[str, Recorded] = {}
    values = {}
    for flag, value in (match.groups() for match in map(_FLAG.fullmatch, arguments) if match):
        value = expanded_path(value)
        if flag == "flagfile":
            included |= _recorded_by(value, (*including, path))
        values[flag.replace("-", "_")] = value
    digests = {match[1]: match[2] for match in map(_DIGEST.fullmatch, comments) if match}
    return included | {
        flag: Recorded(path, values[flag], digest)
        for flag, digest in digests.items()
        if flag in values
    }


def changed_inputs(
    recorded: Mapping[str, Recorded], flags: Mapping[str, str], digests: Mapping[str, str]
) -> list[str]:
    """A line for each file that is not the one of which a flag file was written.

    Args:
      recorded: by flag, as `recorded_inputs` returns it.
      flags: {flag: value} of this run; one that names another path than the flag file is left out.
      digests: {flag: sha256 of the file that this run read, in hexadecimal}.
    """
    return [
        f"--{flag}: {value} has changed since {flag_file} was written "
        f"(sha256 {sha256[:12]}… then, {digests[flag][:12]}… now)"
        for flag, (flag_file, value, sha256) in recorded.items()
        if flag in digests
        and digests[flag] != sha256
        and os.path.abspath(flags[flag]) == os.path.abspath(value)
    ]
