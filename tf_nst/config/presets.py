"""Presets: files of flags that come with the package, one for each paper."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tf_nst.config.conversion import all_options
from tf_nst.config.options import Option
from tf_nst.config.value_types import Choice
from tf_nst.errors import UserError

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class _Names(Choice):
    """Names of presets; what is refused is answered with the nearest."""

    @property
    def expected(self) -> str:
        return " or ".join(self.words)

    def refusal(self, flag: str, value: object) -> UserError:
        nearest = difflib.get_close_matches(str(value), self.words, n=3)
        hint = f"; nearest: {', '.join(nearest)}" if nearest else ""
        return UserError(f"{super().refusal(flag, value)}{hint}")


PRESETS = tuple(sorted(path.stem for path in _FOLDER.glob("*.cfg")))
PRESET = Option(
    "preset",
    None,
    _Names(PRESETS),
    "settings of a paper, from a flag file in the package; flags after it override it",
)


def preset(name: str) -> dict[str, object]:
    """A preset as keyword arguments of `tf_nst.stylize`: numbers, words, and lists as text.

    `tf_nst.stylize("me.jpg", "painting.jpg", **tf_nst.preset("gatys") | {"steps": 500})`.

    Raises:
      UserError: an unknown name.
    """
    options = all_options()
    return {flag: options[flag].read(text) for flag, text in preset_flags(name).items()}


def preset_flags(name: str) -> dict[str, str]:
    """{flag: its value as text} of a preset, in the order of its file.

    Raises:
      UserError: an unknown name.
    """
    path = _FOLDER / f"{PRESET.type.convert(name, PRESET.flag)}.cfg"
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.removeprefix("--").split("=", 1) for line in lines if line.startswith("--"))
    return dict(pairs)


def accepted_flags(name: str, options: Mapping[str, Option]) -> dict[str, str]:
    """Those of a preset's flags that are among these options by name, with values that they accept.

    Raises:
      UserError: an unknown name.
    """
    flags = preset_flags(name).items()
    return {flag: text for flag, text in flags if flag in options and _accepts(options[flag], text)}


def _accepts(option: Option, text: str) -> bool:
    try:
        option.convert(option.read(text))
    except UserError:
        return False
    return True
