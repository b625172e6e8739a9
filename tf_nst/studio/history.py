"""The folder of finished pictures: each with its record and its flag file. No TensorFlow here."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.errors import UserError
from tf_nst.io.flag_file import settings_path
from tf_nst.io.manifest import record_path
from tf_nst.io.state_file import state_path
from tf_nst.io.writing import check_writable
from tf_nst.studio.lessons import Pair
from tf_nst.studio.settings import command_of
from tf_nst.studio.sources import check_arguments

STUDIO = "studio"  # what the studio adds to a record, and to a state
_NAME = re.compile(r"[a-z0-9-]{1,80}")


def waiting_path(picture: Path) -> Path:
    """Of the file of a picture that is still to be painted."""
    return picture.with_suffix(".waiting")


class Entry(NamedTuple):
    """A finished picture.

    Attributes:
      id: the name of its files, without their extension.
      about: for the page.
    """

    id: str
    about: dict[str, Any]


class Origin(NamedTuple):
    """What a picture was painted of.

    Attributes:
      arguments: {flag: text}, whose pictures are kept in the folder.
      names: of the photograph and of the paintings, for people.
    """

    arguments: dict[str, str]
    names: list[str]


class History:
    """The finished pictures of a folder, the latest first.

    Raises:
      UserError: the folder cannot be made or written to.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"--folder: the folder {folder} cannot be made ({error.strerror})"
            ) from error
        check_writable(folder, "--folder")
        self.folder = folder
        self._entries: dict[str, Entry] = {}
        for record in sorted(folder.glob("*.json")):
            self.read(record.stem)

    def read(self, name: str) -> None:
        """Adds the picture of a name, where its record can be read."""
        picture = self.folder / f"{name}.png"
        if not _NAME.fullmatch(name) or not picture.is_file():
            return
        try:
            record = json.loads(record_path(picture).read_bytes())
            self._entries[name] = Entry(name, _about(picture, record))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return  # another program's

    def shown(self) -> list[dict[str, Any]]:
        """For the page."""
        return [entry.about for _, entry in sorted(self._entries.items(), reverse=True)]

    def path(self, name: str, extension: str) -> Path:
        """A file of an entry.

        Raises:
          UserError: there is no such entry.
        """
        if name not in self._entries:
            raise UserError(f"expected the id of a finished picture, received {name!r}")
        return self.folder / f"{name}.{extension}"

    def about(self, name: str) -> dict[str, Any]:
        """What is shown of an entry. Raises as `path`."""
        self.path(name, "png")
        return self._entries[name].about

    def pair(self, name: str) -> Pair:
        """What a picture was painted of, for its lesson.

        Raises:
          UserError: there is no such entry, or its record does not say.
        """
        try:
            inputs = json.loads(self.path(name, "json").read_bytes())["inputs"]
            style = inputs["style"][0] if isinstance(inputs["style"], list) else inputs["style"]
            paths = (self.folder / inputs["content"]["name"], self.folder / style["name"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise UserError(f"{name}: its record does not say what it was painted of") from error
        return Pair(*map(str, paths))

    def origin(self, name: str) -> Origin:
        """What the studio painted a picture of.

        Raises:
          UserError: there is no such entry, another program painted it, or its pictures are gone.
        """
        record = self.path(name, "json")
        try:
            studio = json.loads(record.read_bytes())[STUDIO]
            arguments = dict(studio["arguments"])
            check_arguments(arguments, self.folder)
            names = [str(it) for it in (studio["name"], *studio.get("style_names", []))]
        except (UserError, OSError, ValueError, LookupError, TypeError) as error:
            raise UserError(f"{name}: its photograph and paintings are not kept here") from error
        return Origin(arguments, names)

    def remove(self, name: str) -> None:
        """Removes a picture with its record and its flag file. Raises as `path`."""
        picture = self.path(name, "png")
        for path in (record_path(picture), settings_path(picture), picture):
            path.unlink(missing_ok=True)
        del self._entries[name]

    def new_name(self, content: str, taken: set[str]) -> str:
        """A name for a picture of now, after a photograph's, which leaves it only its letters.

        Args:
          taken: by pictures that are not finished.
        """
        stem = content.rpartition(".")[0] or content
        letters = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "picture"
        first = f"{time.strftime('%Y%m%d-%H%M%S')}-{letters}"
        names = (first, *(f"{first}-{number}" for number in range(2, 10_000)))
        return next(name for name in names if name not in taken and not self._is_there(name))

    def _is_there(self, name: str) -> bool:
        picture = self.folder / f"{name}.png"
        beside = record_path, settings_path, state_path, waiting_path
        return any(map(os.path.lexists, (picture, *(path_of(picture) for path_of in beside))))


def _about(picture: Path, record: dict[str, Any]) -> dict[str, Any]:
    width, height = record["sizes"]["picture"]
    studio, flags = record.get(STUDIO, {}), settings_path(picture)
    arguments = studio.get("arguments") or {"flagfile": str(flags)}
    return {
        "id": picture.stem,
        "name": str(studio.get("name", record["inputs"]["content"]["name"])),
        "when": _when(picture),
        "width": int(width),
        "height": int(height),
        "seconds": record["seconds"],
        "steps": record["steps_made"],
        "settings": dict(studio.get("settings", {})),
        "command": command_of(arguments, picture.parent),
        "has_flags": flags.is_file(),
        "notes": list(studio.get("notes", [])),
    }


def _when(picture: Path) -> str:
    """ISO 8601, from the name, or from the file's time where it is not the studio's."""
    try:
        moment = time.strptime(picture.stem[:15], "%Y%m%d-%H%M%S")
    except ValueError:
        moment = time.localtime(picture.stat().st_mtime)
    return time.strftime("%Y-%m-%dT%H:%M:%S", moment)
