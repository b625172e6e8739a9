"""What pages ask for, checked: pictures by their ids, settings, masks."""

from collections.abc import Mapping
from typing import Any

from tf_nst.config.presets import PRESET
from tf_nst.errors import UserError
from tf_nst.studio.pictures import Pictures
from tf_nst.studio.run import Run
from tf_nst.studio.settings import LIVE, Sources, values_of

MOST_STYLES = 16
# A picture of twice the size begins as a painting: so many of its steps are enough.
SHARE_OF_STEPS = 0.5


def settings_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of a request; none by default. Raises UserError for anything else."""
    settings = body.get("settings") or {}
    if not isinstance(settings, Mapping):
        raise UserError(f"settings: expected names and values, received {settings!r}")
    return settings


def pictures_of(body: Mapping[str, Any], pictures: Pictures) -> tuple[Sources, dict[str, Any]]:
    """The files of a request, and what of it the page is shown again.

    Raises:
      UserError: a picture that is not there, no style, or not one mask for each style.
    """
    content, masks = body.get("content"), body.get("masks") or {}
    styles = names_of(body.get("styles"), "styles")
    if not 1 <= len(styles) <= MOST_STYLES:
        raise UserError(f"styles: expected 1 to {MOST_STYLES} pictures, received {len(styles)}")
    if not isinstance(masks, Mapping):
        raise UserError(f"masks: expected keep, styles or both, received {masks!r}")
    of_styles, keep = names_of(masks.get("styles") or [], "masks"), masks.get("keep")
    if of_styles and len(of_styles) != len(styles):
        raise UserError(
            f"masks: expected one for each of {len(styles)} styles, received {len(of_styles)}"
        )
    sources = Sources(
        str(pictures[content].path),
        tuple(str(pictures[name].path) for name in styles),
        tuple(str(pictures[name].path) for name in of_styles),
        str(pictures[keep].path) if keep else None,
    )
    shown = {"content": content, "styles": styles, "settings": dict(settings_of(body))}
    return sources, {**shown, "masks": {"keep": keep, "styles": of_styles} if masks else None}


def names_of(value: object, what: str) -> list[str]:
    """A list of ids. Raises UserError for anything else."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise UserError(f"{what}: expected a list of ids of pictures, received {value!r}")
    return value


def doubled(run: Run, start: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The request and the arguments of a run's picture at twice its size.

    Args:
      start: the picture, a file.
    """
    values = values_of(run.arguments, run.output)
    changed = {name: run.weights[name] for name in LIVE if name in run.weights}
    changed = {name: it for name, it in changed.items() if it != values[name].value}
    steps = max(1, round(run.steps * SHARE_OF_STEPS))
    settings = {"size": 2 * max(run.size or [int(values.size)]), "steps": steps, **changed}
    given = {name: text for name, text in run.arguments.items() if name != "seconds"}
    texts = {name: repr(value) for name, value in settings.items()}
    arguments = {**given, "init": start, "scales": "1", **texts}
    shown = {**run.request["settings"], **settings}
    shown.pop("seconds", None)
    preset = {PRESET.name: arguments.pop(PRESET.name)} if PRESET.name in arguments else {}
    return {**run.request, "settings": shown}, {**preset, **arguments}
