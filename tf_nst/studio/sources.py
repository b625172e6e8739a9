"""Pictures that are painted from, kept in the folder of the history: they can be used again."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tf_nst.config.paths import split_paths
from tf_nst.errors import RunError, UserError
from tf_nst.io.formats import HEAD_BYTES, format_of
from tf_nst.io.writing import write_atomically
from tf_nst.studio.pictures import Pictures, digest_of
from tf_nst.studio.settings import Sources, flags_of

SOURCES = "sources"
_SOURCE = re.compile(rf"\./{SOURCES}/[0-9a-f]{{16}}\.[a-z0-9]+")
_PATHS = ("content", "style", "mask", "keep", "init")


def keep_source(path: Path, folder: Path) -> Path:
    """Copies a picture's file into a folder, named by what it holds; the copy's path.

    Raises:
      RunError: it cannot be written.
    """
    try:
        data = path.read_bytes()
        kept = folder / f"{digest_of(path)}{_extension(data)}"
        folder.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            write_atomically(kept, data)
        return kept
    except OSError as error:
        raise RunError(f"{folder} cannot be written to: {error.strerror or error}") from error


def kept_path(path: str | Path, folder: Path) -> str:
    """Keeps a picture; its path from the folder of the history, which can be moved.

    Raises:
      RunError: it cannot be written.
    """
    return f"./{SOURCES}/{keep_source(Path(path), folder / SOURCES).name}"


def kept_sources(sources: Sources, folder: Path) -> Sources:
    """The same pictures, kept in the folder of the history. Raises as `kept_path`."""
    keep = partial(kept_path, folder=folder)
    styles, masks = (tuple(map(keep, paths)) for paths in (sources.styles, sources.masks))
    return Sources(keep(sources.content), styles, masks, sources.keep and keep(sources.keep))


def _extension(data: bytes) -> str:
    return f".{format_of(data[:HEAD_BYTES]).plugins[0].lower()}".replace(".jpeg", ".jpg")


def check_arguments(arguments: Mapping[str, str], folder: Path) -> None:
    """Arguments in a file may be anyone's: they say no more than a page may, of kept pictures.

    Args:
      folder: of the history.

    Raises:
      UserError, LookupError, TypeError, ValueError: they do.
    """
    for name in {"content", "style", *_PATHS} & {"content", "style", *arguments}:
        for source in split_paths(arguments[name]):
            if not (_SOURCE.fullmatch(source) and (folder / source).is_file()):
                raise UserError(f"--{name}: expected a picture of {SOURCES}, received {source!r}")
    int(arguments.get("scales", 1))
    flags_of({name: it for name, it in arguments.items() if name not in (*_PATHS, "scales")})


def take_sources(
    arguments: Mapping[str, str], names: Sequence[str], folder: Path, pictures: Pictures
) -> dict[str, Any]:
    """The pictures of checked arguments among those of the studio: {content, styles, masks}.

    Args:
      names: of the photograph and of the paintings, for people.
      folder: of the history.

    Raises:
      UserError: a picture that cannot be read, or one too many.
    """

    def masks(flag: str) -> list[str]:
        paths = split_paths(arguments[flag]) if flag in arguments else []
        return [pictures.take(folder / path, flag, is_mask=True).id for path in paths]

    paths = [arguments["content"], *split_paths(arguments["style"])]
    called = [*names, *(Path(path).name for path in paths[len(names) :])]
    ids = [pictures.take(folder / path, name).id for path, name in zip(paths, called, strict=False)]
    keep, of_styles = masks("keep"), masks("mask")
    shown = {"keep": keep[0] if keep else None, "styles": of_styles}
    return {"content": ids[0], "styles": ids[1:], "masks": shown if any(shown.values()) else None}
