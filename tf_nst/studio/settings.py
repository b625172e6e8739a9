"""The settings of the page: which options it shows, and the flags that they stand for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags
from tf_nst.cli.output_flags import check_encoding
from tf_nst.cli.parsing import Values, parse_flags
from tf_nst.cli.run import quoted
from tf_nst.config import all_options
from tf_nst.config.objective import STYLE_STATISTICS
from tf_nst.config.options import Option
from tf_nst.config.paths import in_folder, join_paths
from tf_nst.config.presets import PRESET, PRESETS
from tf_nst.config.stylize import COLORS
from tf_nst.config.value_types import to_float
from tf_nst.errors import UserError
from tf_nst.studio.help_texts import HELP

_OPTIONS = {**all_options(), PRESET.name: PRESET}
_DEFAULT_STATISTIC = str(_OPTIONS["style_statistic"].plain_default)
STROKES = ("0.33x", "0.5x", "0.75x", "1x", "1.5x", "2x")


class Setting(NamedTuple):
    """An option as the page shows it.

    Attributes:
      name: of the option.
      label: for people.
      group: "picture", "look", "time" or "masks".
      minimum, maximum: of a slider; larger numbers may be typed.
      logarithmic: whether equal ways of the slider are equal factors.
      choices: words, of which the first is the default; empty for numbers.
      live: whether it acts on the running picture.
    """

    name: str
    label: str
    group: str
    minimum: float = 0
    maximum: float = 0
    logarithmic: bool = False
    choices: tuple[str, ...] = ()
    live: bool = False

    @property
    def option(self) -> Option:
        """Its parser, unit and default."""
        return _OPTIONS[self.name]

    def shown(self) -> dict[str, Any]:
        """For the page."""
        default = self.choices[0] if self.choices else self.option.plain_default
        return {
            "name": self.name,
            "label": self.label,
            "group": self.group,
            "kind": "choice" if self.choices else "number",
            "default": default if self.name != "steps" else int(str(default)),
            "minimum": self.minimum,
            "maximum": self.maximum,
            "scale": "log" if self.logarithmic else "linear",
            "choices": sorted(self.choices, key=_order),
            "help": HELP[self.name],
            "unit": self.option.unit,
            "live": self.live,
        }


def _order(choice: str) -> float:
    """Sizes of strokes by their size; words as they are."""
    return float(choice.removesuffix("x")) if choice in STROKES else 0.0


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("size", "Size", "picture", 64, 4096, logarithmic=True),
        Setting("preset", "Recipe", "picture", choices=("", *PRESETS)),
        Setting("style_weight", "Strength", "look", 1, 1e4, logarithmic=True, live=True),
        Setting("content_weight", "Likeness", "look", 0.01, 100, logarithmic=True, live=True),
        Setting("tv_weight", "Smoothness", "look", 1e-6, 10, logarithmic=True, live=True),
        Setting("style_size", "Strokes", "look", choices=("1x", *STROKES[:3], *STROKES[4:])),
        Setting("color", "Colours", "look", choices=COLORS),
        Setting(
            "style_statistic", "Style is", "look", choices=(_DEFAULT_STATISTIC, *STYLE_STATISTICS)
        ),
        Setting("steps", "Steps", "time", 1, 1000, logarithmic=True),
        Setting("seconds", "Seconds", "time", 5, 3600, logarithmic=True),
        Setting("feather", "Soft edge of masks", "masks", 0, 64),
    )
}
LIVE = tuple(name for name, setting in SETTINGS.items() if setting.live)


def flags_of(settings: object) -> dict[str, str]:
    """{flag: its text} of the page's settings, those left out that are empty.

    Raises:
      UserError: a setting that the page does not have, or a value that its option refuses.
    """
    if not isinstance(settings, Mapping):
        raise UserError(f"settings: expected names and values, received {settings!r}")
    given = {name: value for name, value in settings.items() if value not in (None, "")}
    flags = {str(name): _text(str(name), value) for name, value in given.items()}
    # Those after the recipe override it.
    return {**({"preset": flags["preset"]} if "preset" in flags else {}), **flags}


def _text(name: str, value: object) -> str:
    if name not in SETTINGS:
        raise UserError(f"settings: expected some of {', '.join(SETTINGS)}, received {name!r}")
    setting = SETTINGS[name]
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise UserError(f"{name}: expected {setting.option.type.expected}, received {value!r}")
    text = str(value) if isinstance(value, str) else repr(value).removesuffix(".0")
    # A statistic may be a function of any module, which no page is to name.
    if name == "style_statistic" and text not in setting.choices:
        raise UserError(f"{name}: expected {' or '.join(setting.choices)}, received {text!r}")
    setting.option.convert(setting.option.read(text))
    return text


def checked_weights(weights: object) -> dict[str, float]:
    """The weights of a request, to act on a running picture.

    Raises:
      UserError: another setting than those that are live, or a number that is not above 0.
    """
    if not isinstance(weights, Mapping) or not weights:
        raise UserError(f"weights: expected some of {', '.join(LIVE)}, received {weights!r}")
    numbers = {str(name): to_float(value) for name, value in weights.items()}
    for name, number in numbers.items():
        if name not in LIVE:
            raise UserError(f"weights: expected some of {', '.join(LIVE)}, received {name!r}")
        if not 0 < number < float("inf"):
            raise UserError(f"{name}: expected a number above 0, received {weights[name]!r}")
    return numbers


class Sources(NamedTuple):
    """Files that are painted from.

    Attributes:
      content: the photograph.
      styles: the paintings.
      masks: one for each style, white where it is painted; empty: everywhere.
      keep: white where the photograph stays, or None.
      start: the picture that it starts from, or None.
    """

    content: str
    styles: tuple[str, ...]
    masks: tuple[str, ...] = ()
    keep: str | None = None
    start: str | None = None


def arguments_of(sources: Sources, flags: Mapping[str, str]) -> dict[str, str]:
    """{flag: text} of the painting command, without its output."""
    preset = {name: text for name, text in flags.items() if name == PRESET.name}
    paths = {"content": sources.content, "style": join_paths(sources.styles)}
    if sources.masks:
        paths["mask"] = join_paths(sources.masks)
    if sources.keep:
        paths["keep"] = join_paths([sources.keep])
    if sources.start:
        paths["init"] = sources.start
    return {**preset, **paths, **{name: flags[name] for name in flags if name != PRESET.name}}


def values_of(arguments: Mapping[str, str], output: str | Path) -> Values:
    """The values of the painting command's flags.

    Raises:
      UserError: a value that its flag does not accept, or flags that contradict each other.
    """
    given = {**arguments, "output": str(output)}
    argv: Sequence[str] = [f"--{name}={text}" for name, text in given.items()]
    values = parse_flags(["tf-nst", *argv], PAINT_FLAGS)
    config_from_flags(values)
    check_encoding(values)
    return values


def command_of(arguments: Mapping[str, str], folder: Path) -> str:
    """The line that paints with these arguments; paths start at a folder."""
    texts = {name: _absolute(name, text, folder) for name, text in arguments.items()}
    return " ".join(map(quoted, ["tf-nst", *(f"--{name}={it}" for name, it in texts.items())]))


def _absolute(name: str, text: str, folder: Path) -> str:
    if not text.startswith("./"):
        return text
    listed = name in ("style", "mask", "keep")
    return in_folder(str(folder), text) if listed else str(folder / text)
