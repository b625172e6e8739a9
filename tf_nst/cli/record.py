"""What stands beside a picture: its record and its flag file."""

import os

from tf_nst.cli.flags import WEIGHTED_BY
from tf_nst.config import options_from_config
from tf_nst.config.tiles import tile_of
from tf_nst.engine.strategy import strategy_name
from tf_nst.io.listeners import History
from tf_nst.io.resume import picture_digests
from tf_nst.painting import Painting


def run_digests(painting: Painting) -> dict[str, str]:
    """sha256 of the weights and of each picture that goes in, by flag."""
    return {"weights": painting.weights.checksum, **picture_digests(painting.inputs)}


def run_record(painting: Painting, history: History, seconds: float) -> dict:
    """What NAME.json holds besides versions; `seconds` is what the command took."""
    inputs = painting.inputs
    return {
        "device": strategy_name(painting.job.strategy),
        "settings": _settings(painting, history),
        "weights": {"source": painting.weights.source, "sha256": painting.weights.checksum},
        "inputs": {
            name: {"name": picture.name, "sha256": picture.sha256}
            for name, picture in painting.inputs.pictures.items()
        },
        "sizes": {
            "picture": [inputs.content.width, inputs.content.height],
            "content": list(inputs.sources[0][::-1]),
            "style": list(inputs.sources[1][::-1]),
            "style_measured": [inputs.style.width, inputs.style.height],
        },
        "scales": [
            {"width": scale.width, "height": scale.height, "steps": steps}
            for scale, steps in zip(painting.job.scales, history.steps_of_scales, strict=True)
        ],
        "steps_made": history.steps,
        "seconds": round(seconds, 3),
        "seconds_in_steps": round(history.seconds, 3),
        "term_weights": {term.name: term.weight for term in painting.job.terms},
        "final": history.final,
        "losses": history.values,
    }


def _settings(painting: Painting, history: History) -> dict:
    """The options that paint the same again, but those of None, such as seconds that became steps.

    The windows are those that the run ended in where memory was shorter than planned.
    """
    options = options_from_config(painting.config)
    if painting.config.strategy != "workers":
        pairs = zip(history.cores_of_scales, painting.plan.cores, strict=True)
        cores = (planned if core is None else core for core, planned in pairs)
        options["tile"] = tile_of(tuple(cores))
    return {name: value for name, value in options.items() if value is not None}


def run_flags(values, painting: Painting, history: History) -> dict[str, object]:
    """All that the picture depends on, paths made absolute so that it works from any folder.

    The steps are those of each scale, fewer than requested where a signal ended the run. Flags
    without effect are left out: the command refuses them.
    """
    paths = {name: os.path.abspath(values[name].value) for name in ("content", "style", "output")}
    steps = ",".join(map(str, history.steps_of_scales))
    scales = {"steps": steps, "scales": len(history.steps_of_scales)}
    options = _settings(painting, history) | scales
    for name, weight in WEIGHTED_BY.items():
        if options[weight] == 0:
            del options[name]
    if painting.inputs.start is not None:
        options["init"] = os.path.abspath(options["init"])
    return {**paths, **options, "output_profile": values.output_profile}
