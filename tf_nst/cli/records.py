"""What a record and a flag file say of a painting."""

from pathlib import Path
from typing import Any

from tf_nst.cli.flags import WEIGHTED_BY, places_from_flags, styles_from_flags
from tf_nst.cli.parsing import Values
from tf_nst.config import options_from_config
from tf_nst.config.paths import join_paths
from tf_nst.config.tiles import tile_of
from tf_nst.engine.strategy import strategy_name
from tf_nst.io.flag_lines import portable
from tf_nst.io.images import Image
from tf_nst.io.listeners import History
from tf_nst.io.moved import moved_by_masks
from tf_nst.io.resume import picture_digests
from tf_nst.io.segmentation import regions_wanted
from tf_nst.painting import Painting


def digests(painting: Painting) -> dict[str, str]:
    """sha256 of the weights and of each picture that goes in, by flag."""
    return {"weights": painting.weights.checksum, **picture_digests(painting.inputs)}


def record_of(
    values: Values, painting: Painting, history: History, picture: Image, seconds: float, path: Path
) -> dict[str, Any]:
    """What the record beside a picture at `path` says of a run of so many seconds."""
    inputs = painting.inputs
    masks = [
        each._asdict() | {"name": _name(each.name, path.parent)}
        for each in moved_by_masks(inputs, picture)
    ]
    return {
        "device": strategy_name(painting.job.strategy),
        "settings": _settings(values, painting, history, path.parent),
        "weights": {"source": painting.weights.source, "sha256": painting.weights.checksum},
        "inputs": {
            flag: _one_or_all([_input(picture, path.parent) for picture in pictures])
            for flag, pictures in inputs.pictures.items()
        },
        "sizes": {
            "picture": [inputs.content.width, inputs.content.height],
            "content": list(inputs.sources[0][::-1]),
            "style": _one_or_all([list(size[::-1]) for size in inputs.sources[1:]]),
            "style_measured": _one_or_all(
                [[picture.width, picture.height] for picture in inputs.style_pictures]
            ),
        },
        "scales": [
            {"width": scale.width, "height": scale.height, "steps": steps}
            for scale, steps in zip(painting.job.scales, history.steps_of_scales, strict=True)
        ],
        **({"masks": masks} if masks else {}),
        "steps_made": history.steps,
        "seconds": round(seconds, 3),
        "seconds_in_steps": round(history.seconds, 3),
        "term_weights": {term.name: term.weight for term in painting.job.terms},
        "final": history.final,
        "losses": history.values,
    }


def _input(picture: Image, folder: Path) -> dict[str, Any]:
    return {"name": _name(picture.name, folder), "sha256": picture.sha256}


def _name(name: str, folder: Path) -> str:
    return portable(name, folder).removeprefix("./")


def _one_or_all(items: list[Any]) -> object:
    return items[0] if len(items) == 1 else items


def _settings(values: Values, painting: Painting, history: History, folder: Path) -> dict[str, Any]:
    """The options that paint the same again, but those of None, such as seconds that became steps.

    The windows are those that the run ended in where memory was shorter than planned.
    """
    options = options_from_config(painting.config)
    if painting.config.strategy != "workers":
        pairs = zip(history.cores_of_scales, painting.plan.cores, strict=True)
        cores = (planned if core is None else core for core, planned in pairs)
        options["tile"] = tile_of(tuple(cores))
    if painting.weights.source == "file":
        options["weights"] = portable(values.weights, folder)
    if painting.inputs.start is not None:
        options["init"] = portable(values.init, folder)
    return {name: value for name, value in options.items() if value is not None}


def flags_of(values: Values, painting: Painting, history: History, path: Path) -> dict[str, object]:
    """All that the picture `path` depends on, for the flag file beside it.

    A path that was given relative to the working directory is relative to the flag file, the
    picture's is its name: the folder can be moved. The steps are those of each scale, fewer than
    requested where a signal ended the run. Flags without effect are left out: the command refuses
    them.
    """
    paths = {"content": portable(values.content, path.parent), **_lists(values, path.parent)}
    steps = ",".join(map(str, history.steps_of_scales))
    scales = {"steps": steps, "scales": len(history.steps_of_scales)}
    options = _settings(values, painting, history, path.parent) | scales
    for name, weight in WEIGHTED_BY.items():
        if options[weight] == 0:
            del options[name]
    beside = {"output": f"./{path.name}", "output_profile": values.output_profile}
    written = {name: values[name].value for name in ("quality", "bits")}
    given = {name: value for name, value in written.items() if value is not None}
    return {**paths, **options, **beside, **given, "keep_metadata": values.keep_metadata}


def _lists(values: Values, folder: Path) -> dict[str, str]:
    """{flag: its paths as a flag file in a folder has them} of styles and masks."""
    styles = [(portable(path, folder), weight) for path, weight in styles_from_flags(values)]
    lists = {"style": join_paths(styles)}
    for flag, paths in places_from_flags(values).items():
        if regions_wanted(paths):
            lists[flag] = str(paths)
        elif paths:
            listed = paths if isinstance(paths, list) else [paths]
            lists[flag] = join_paths(portable(path, folder) for path in listed)
    return lists
