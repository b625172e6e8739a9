"""The options of an export. No TensorFlow here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tf_nst.config import StylizeConfig, all_options, config_from_options
from tf_nst.config.lengths import StepsOfOneScale
from tf_nst.config.options import Option, check_options
from tf_nst.config.value_types import Choice, Integer, Real

# Those of painting that have no meaning in a graph: it takes as many scales as fit, makes all its
# steps, and does not know its server's memory, compiler or devices.
LEFT_OUT = (
    "scales",
    "seconds",
    "stop",
    "memory",
    "tile",
    "xla",
    "strategy",
    "deterministic",
    "feather",
)
MAX_STEPS = 5000

# What a server has to do for a request: bounds that its sender cannot change.
REQUEST_OPTIONS = {
    "max_megapixels": Option(
        "max_megapixels",
        50.0,
        Real(positive=True, most=500.0),
        "size that an encoded picture of a request may declare",
        "megapixels",
    ),
    "max_request_megapixels": Option(
        "max_request_megapixels",
        100.0,
        Real(positive=True, most=10_000.0),
        "size that the pictures of a request may declare together, including its style and masks",
        "megapixels",
    ),
    "max_pictures": Option("max_pictures", 16, Integer(1, 1024), "number of pictures in a request"),
}
_PAINTING = all_options()
_NARROWED: dict[str, dict[str, Any]] = {
    "size": {"help": "long side of the pictures; the most that a request may ask for"},
    "steps": {
        "default": (300,),
        "type": StepsOfOneScale(MAX_STEPS),
        "help": "evaluations of the loss; the most that a request may ask for",
    },
    "init": {
        "default": "matched",
        "type": Choice(("matched", "content")),
        "help": "what the picture starts from",
    },
    # The server may be another machine than this one: no "auto".
    "precision": {"default": "float32", "type": Choice(("float32", "bfloat16"))},
    "style_strength": {
        "type": Real(positive=True, most=1.0),
        "help": "target between the photograph's own statistics (near 0) and the style's (1)",
    },
    "content_weight": {"type": Real(positive=True)},
    "style_weight": {"type": Real(positive=True)},
}
EXPORT_OPTIONS = {
    name: replace(option, **_NARROWED.get(name, {}))
    for name, option in _PAINTING.items()
    if name not in LEFT_OUT
}


def export_config(options: Mapping[str, Any]) -> StylizeConfig:
    """The config of an export's options by name, as `config_from_options` takes them.

    Raises:
      UserError: an unknown name, or a value of the wrong type or out of its range.
    """
    check_options(options, EXPORT_OPTIONS, "an export")
    defaults = {name: option.default for name, option in EXPORT_OPTIONS.items()}
    return config_from_options({**defaults, **options})


def check_bounds(bounds: Mapping[str, object]) -> None:
    """Raises UserError unless the values of REQUEST_OPTIONS by name are of their types."""
    for name, value in bounds.items():
        REQUEST_OPTIONS[name].convert(value)
