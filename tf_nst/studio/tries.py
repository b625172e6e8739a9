"""Which small pictures a sheet of the studio tries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tf_nst.cli.sheet_plan import BY_DEFAULT
from tf_nst.config.presets import PRESET, preset_flags
from tf_nst.config.variations import Variation, combination_count, combinations
from tf_nst.errors import UserError
from tf_nst.studio.settings import SETTINGS, flags_of

MOST_TRIES = 9
# Pixels and steps of each: enough to choose by.
SIZE, STEPS = 192, 50
# Beside the sizes of strokes, factors of the strength.
STRENGTHS = (0.1, 1.0, 10.0)


class Try(NamedTuple):
    """A small picture.

    Attributes:
      styles: ids of its paintings.
      settings: by which it is painted large.
      caption: what is special about it.
    """

    styles: tuple[str, ...]
    settings: dict[str, Any]
    caption: str

    @property
    def small(self) -> dict[str, Any]:
        """The settings by which it is tried."""
        settings = {name: it for name, it in self.settings.items() if name != "seconds"}
        return settings | {"size": SIZE, "steps": STEPS}


def plan_tries(styles: Sequence[str], settings: Mapping[str, Any], vary: object) -> list[Try]:
    """At most nine: each style alone, by each combination of what varies.

    Args:
      vary: {setting: its values}; None: sizes of strokes, and of one style alone its strength too.

    Raises:
      UserError: more than nine, or a setting or a value that cannot be used.
    """
    variations = _default(len(styles), settings) if vary is None else _checked(vary)
    count = len(styles) * combination_count(variations)
    if not 1 <= count <= MOST_TRIES:
        raise UserError(f"vary: expected up to {MOST_TRIES} tries in all, received {count}")
    tries = [
        Try((style,), {**settings, **_plain(changed)}, _caption(number, len(styles), changed))
        for number, style in enumerate(styles, 1)
        for changed in combinations(variations)
    ]
    for each in tries:
        flags_of(each.settings)
    return tries


def _default(styles: int, settings: Mapping[str, Any]) -> tuple[Variation, ...]:
    """Sizes of strokes as the sheet's command has them, as many as there is room for."""
    each = max(1, MOST_TRIES // styles)
    if styles > 1:
        return (_sizes(each),) if each > 1 else ()
    strength = _strength(settings)
    strengths = tuple(f"{strength * factor:g}" for factor in STRENGTHS)
    return _sizes(MOST_TRIES // len(STRENGTHS)), Variation("style_weight", strengths)


def _strength(settings: Mapping[str, Any]) -> float:
    """By which it would be painted: the one that is set, the recipe's, or the default."""
    name, flags = "style_weight", flags_of(settings)
    recipe = preset_flags(flags[PRESET.name]) if PRESET.name in flags else {}
    given = {**recipe, **flags}.get(name)
    return (given and float(given)) or float(str(SETTINGS[name].option.plain_default))


def _sizes(count: int) -> Variation:
    """So many of the sheet's sizes, the least and the largest among them."""
    sizes = BY_DEFAULT.values
    last, gaps = len(sizes) - 1, max(1, count - 1)
    chosen = sizes if count >= len(sizes) else [sizes[n * last // gaps] for n in range(count)]
    return Variation(BY_DEFAULT.name, tuple(chosen))


def _checked(vary: object) -> tuple[Variation, ...]:
    if not isinstance(vary, Mapping):
        raise UserError(f"vary: expected settings and their values, received {vary!r}")
    variations = []
    for name, values in vary.items():
        if name not in SETTINGS or not isinstance(values, list) or not values:
            raise UserError(f"vary: expected settings and their values, received {name!r}")
        variations.append(Variation(str(name), tuple(map(str, values))))
    return tuple(variations)


def _plain(changed: Mapping[str, str]) -> dict[str, Any]:
    """Values as the page has them: numbers of sliders, words of choices."""
    return {name: _value(name, text) for name, text in changed.items()}


def _value(name: str, text: str) -> object:
    if SETTINGS[name].choices:
        return text
    try:
        return float(text)
    except ValueError:
        raise SETTINGS[name].option.type.refusal(name, text) from None


def _caption(number: int, styles: int, changed: Mapping[str, str]) -> str:
    first = [f"painting {number}"] if styles > 1 else []
    return ", ".join([*first, *(f"{SETTINGS[it].label} {text}" for it, text in changed.items())])
