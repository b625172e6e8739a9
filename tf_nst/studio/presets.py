"""Presets with pictures, as the page offers them."""

from functools import cache
from pathlib import Path
from typing import Any

from tf_nst.config.presets import PRESETS, preset_flags, preset_pictures, preset_title
from tf_nst.studio.settings import SETTINGS

# Lists, of which the recipe has the whole.
_IN_RECIPE = ("steps", "style_statistic", "style_size")


@cache
def shown_presets() -> list[dict[str, Any]]:
    """For the page; a paper's recipe has no pictures, and so no thumbnail."""
    return [
        {
            "name": name,
            "summary": preset_title(name),
            "thumbnail": f"/api/presets/{name}.jpg" if preset_pictures(name) else None,
            "values": recipe_values(name),
        }
        for name in PRESETS
    ]


def recipe_values(name: str) -> dict[str, Any]:
    """What a preset's recipe has of the page's settings, as the page shows it.

    Left out is a word that the page does not offer; of steps it is the sum of all scales.

    Raises:
      UserError: an unknown name.
    """
    flags = preset_flags(name).items()
    shown = {flag: _shown(flag, text) for flag, text in flags if flag in SETTINGS}
    return {flag: value for flag, value in shown.items() if value is not None}


def _shown(flag: str, text: str) -> object:
    if SETTINGS[flag].choices:
        return text if text in SETTINGS[flag].choices else None
    return sum(map(int, text.split(","))) if flag == "steps" else _number(text)


def preset_settings(name: str) -> dict[str, Any]:
    """The settings of a preset: its recipe, and what of it the page has sliders for.

    Raises:
      UserError: an unknown name.
    """
    flags = preset_flags(name).items()
    shown = {flag: text for flag, text in flags if flag in SETTINGS and flag not in _IN_RECIPE}
    return {"preset": name, **{flag: _number(text) for flag, text in shown.items()}}


def _number(text: str) -> object:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def picture_paths(name: str) -> dict[str, Path]:
    """{"content" and "style": path} of an example; empty of a paper's recipe.

    Raises:
      UserError: an unknown name.
    """
    return {flag: Path(path) for flag, path in preset_pictures(name).items()}
