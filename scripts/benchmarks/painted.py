"""Pictures that the command paints, in a folder for each setting, and those found there."""

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tf_nst.errors import RunError, UserError
from tf_nst.io.writing import write_atomically

ROOT = Path(__file__).parents[2]
SUFFIXES = (".png", ".jpg", ".jpeg")
# What the tables and the sheet call the originals.
PHOTOGRAPH, PAINTING = "photograph", "painting"


class Pair(NamedTuple):
    """Paths of a photograph and a painting."""

    content: str
    style: str

    @property
    def name(self):
        """CONTENT_x_STYLE, of the files' names."""
        return f"{Path(self.content).stem}_x_{Path(self.style).stem}"


class Setting(NamedTuple):
    """A name, and the flags of the command; None where its pictures are only measured."""

    name: str
    flags: tuple[str, ...] | None


def parse_pairs(texts):
    """Pairs of CONTENT:STYLE.

    Raises:
      UserError: another form, a file that does not exist, two pairs of one name.
    """
    pairs = []
    for text in texts:
        if not re.fullmatch("[^:]+:[^:]+", text):
            raise UserError(f"--pairs: expected CONTENT:STYLE, received {text!r}")
        pairs.append(Pair(*text.split(":")))
    for path in [path for pair in pairs for path in pair]:
        if not Path(path).is_file():
            raise UserError(f"--pairs: expected two files, received {path}, which does not exist")
    _check_distinct("--pairs", "names of files", [pair.name for pair in pairs])
    return pairs


def parse_settings(texts):
    """Settings of NAME=FLAGS, or NAME alone.

    Raises:
      UserError: none, a name that is no folder's or that another setting or the tables have.
    """
    if not texts:
        raise UserError("--setting: expected NAME=FLAGS, received nothing")
    settings = []
    for text in texts:
        name, equals, flags = text.partition("=")
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise UserError(f"--setting: expected NAME=FLAGS, received {text!r}")
        settings.append(Setting(name, _split(name, flags) if equals else None))
    _check_distinct("--setting", "names", [PHOTOGRAPH, PAINTING, *(each.name for each in settings)])
    return settings


def _split(name, flags):
    try:
        return tuple(shlex.split(flags))
    except ValueError as error:
        raise UserError(
            f"--setting={name}: expected flags as on a command line, received {flags!r}: {error}"
        ) from error


def _check_distinct(flag, what, names):
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{flag}: expected different {what}, received {name} twice")


def find_picture(folder, setting, pair):
    """The path of a setting's picture of a pair, of any of SUFFIXES; None where there is none."""
    paths = (folder / setting.name / f"{pair.name}{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


def check_folder(folder, setting, pairs, size):
    """Refuses pictures that other flags painted; else writes the flags into the folder.

    Raises:
      UserError: the folder has pictures of other flags or of none, of other files by the same
        names, or lacks one to measure.
    """
    if setting.flags is None:
        missing = [pair.name for pair in pairs if find_picture(folder, setting, pair) is None]
        if missing:
            raise UserError(
                f"--setting={setting.name}: expected pictures in {folder / setting.name} to "
                f"measure, received none of {', '.join(missing)}"
            )
        return
    kept, flags = folder / setting.name / "flags.json", [f"--size={size}", *setting.flags]
    if kept.is_file():
        _check_flags(kept, flags, setting)
        for pair in pairs:
            _check_inputs(folder, setting, pair)
        return
    if any(find_picture(folder, setting, pair) for pair in pairs):
        raise UserError(
            f"--setting={setting.name}: expected a folder without pictures, received {kept.parent} "
            f"with pictures of unknown flags; --setting={setting.name} without = measures them"
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, (json.dumps(flags) + "\n").encode())


def _check_flags(kept, flags, setting):
    painted_by = read_json(kept)
    if not isinstance(painted_by, list) or not all(isinstance(flag, str) for flag in painted_by):
        raise UserError(f"--setting={setting.name}: expected a list of flags in {kept}")
    if painted_by != flags:
        raise UserError(
            f"--setting={setting.name}: expected the flags of the pictures in {kept.parent}, "
            f"{shlex.join(painted_by)}, received {shlex.join(flags)}"
        )


def _check_inputs(folder, setting, pair):
    """Refuses a picture whose record is of other files than the pair's."""
    path = find_picture(folder, setting, pair)
    record = read_json(path.with_suffix(".json")) if path else None
    inputs = record.get("inputs") if isinstance(record, dict) else None
    if not isinstance(inputs, dict):
        return
    for role, original in pair._asdict().items():
        with open(original, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if inputs.get(role, {}).get("sha256", digest) != digest:
            raise UserError(
                f"--pairs: expected the file that {path} was painted of, received {original}, "
                "which is another"
            )


def read_json(path):
    """What a file of JSON holds; None where there is no such file or it is damaged."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def paint(folder, setting, pair, size):
    """The path (text) of the picture, which is painted by the command if it is not there.

    Raises:
      RunError: the command failed; its last line.
    """
    if (path := find_picture(folder, setting, pair)) is not None:
        return str(path)
    path, began = folder / setting.name / f"{pair.name}.png", time.perf_counter()
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        output = Path(place) / path.name
        command = [
            *(sys.executable, str(ROOT / "scripts/run.py"), f"--size={size}", *setting.flags),
            *(f"--content={pair.content}", f"--style={pair.style}", f"--output={output}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not output.is_file():
            last = (done.stderr.splitlines() or ["no message"])[-1]
            raise RunError(f"--setting={setting.name}: {pair.name} failed: {last}")
        os.replace(output.with_suffix(".json"), path.with_suffix(".json"))
        os.replace(output, path)
    print(f"{path}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return str(path)
