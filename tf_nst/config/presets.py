"""Presets: files of flags that come with the package, of papers and of examples.

An example has pictures too, which come with the package and stand for those that are not given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tf_nst.config.conversion import all_options
from tf_nst.config.options import Option
from tf_nst.config.value_types import Choice
from tf_nst.errors import UserError, nearest

_FOLDER = Path(__file__).parent / "data"
# The flags of pictures that an example has.
PICTURES = ("content", "style")


@dataclass(frozen=True)
class _Names(Choice):
    """Names of presets; what is refused is answered with the nearest."""

    @property
    def expected(self) -> str:
        return " or ".join(self.words)

    def refusal(self, flag: str, value: object) -> UserError:
        return UserError(f"{super().refusal(flag, value)}{nearest(str(value), self.words)}")


PRESETS = tuple(sorted(path.stem for path in _FOLDER.glob("*.cfg")))
PRESET = Option(
    "preset",
    None,
    _Names(PRESETS),
    "settings of a paper or an example, from a flag file in the package; flags after it override "
    "it",
)


def preset(name: str) -> dict[str, Any]:
    """A preset's settings as keyword arguments of `tf_nst.stylize`: numbers, words, lists as text.

    `tf_nst.stylize("me.jpg", "painting.jpg", **tf_nst.preset("gatys") | {"steps": 500})`.

    Raises:
      UserError: an unknown name.
    """
    options = all_options()
    flags = preset_flags(name).items()
    return {flag: options[flag].read(text) for flag, text in flags if flag not in PICTURES}


def preset_pictures(name: str) -> dict[str, str]:
    """{flag: path} of an example's pictures in the package; empty of a paper's preset.

    Raises:
      UserError: an unknown name.
    """
    flags = preset_flags(name).items()
    return {flag: str(_FOLDER / path) for flag, path in flags if flag in PICTURES}


def preset_title(name: str) -> str:
    """The first sentence of a preset's file. Raises UserError for an unknown name."""
    return _text(name).partition("\n")[0].removeprefix("# ")


def preset_flags(name: str) -> dict[str, str]:
    """{flag: its value as text} of a preset, in the order of its file.

    Raises:
      UserError: an unknown name.
    """
    lines = _text(name).splitlines()
    pairs = (line.removeprefix("--").split("=", 1) for line in lines if line.startswith("--"))
    return dict(pairs)


def _text(name: str) -> str:
    path = _FOLDER / f"{PRESET.type.convert(name, PRESET.flag)}.cfg"
    return path.read_text(encoding="utf-8")


def accepted_flags(name: str, options: Mapping[str, Option]) -> dict[str, str]:
    """Those of a preset's flags that these options take from one, with values that they accept.

    Paths of pictures are as the file has them, relative to its folder.

    Raises:
      UserError: an unknown name.
    """
    flags = preset_flags(name).items()
    return {flag: text for flag, text in flags if _accepts(options.get(flag), text)}


def _accepts(option: Option | None, text: str) -> bool:
    if option is None or not option.preset:
        return False
    try:
        option.convert(option.read(text))
    except UserError:
        return False
    return True
